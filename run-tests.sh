#!/usr/bin/env bash
# Sets up an environment of its own and runs the tests in it.
set -euo pipefail
cd "$(dirname "$0")"
bash set-up.sh .venv-test '[test]'
.venv-test/bin/python -m pytest -n auto --dist worksteal "$@"
