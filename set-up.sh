#!/usr/bin/env bash
# set-up.sh FOLDER [EXTRAS]: a virtual environment with this package in it.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit("news-cleaner needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; set PYTHON to a newer one") if sys.version_info < (3, 11) else None'
[ -x "$1/bin/python" ] || "$python" -m venv "$1"
# The pip that comes with older Pythons stumbles over the extras of two dependencies.
"$1/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=24'
"$1/bin/python" -m pip install --quiet --disable-pip-version-check -e ".${2:-}"
