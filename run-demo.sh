#!/usr/bin/env bash
# Sets up an environment of its own and cleans the demo documents of this repository into ./demo-out.
set -euo pipefail
cd "$(dirname "$0")"
bash set-up.sh .venv
rm -rf demo-out
.venv/bin/cleaner batch fixtures/demo demo-out
echo
echo "The cleaned documents lie in demo-out, the record of every removal in demo-out/_cleaner. One of them, explained:"
.venv/bin/cleaner explain fixtures/demo/bridge.txt
