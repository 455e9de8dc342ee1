#!/usr/bin/env bash
# Prints the path of a Python 3.13 that really runs (a pyenv shim may not); looks on PATH, under pyenv, then asks uv for one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

runs() { # prints the interpreter behind $1, or fails
  "$1" -c 'import os, sys; assert sys.version_info[:2] == (3, 13); print(os.path.realpath(sys.executable))' 2>/dev/null
}

for candidate in "$(command -v python3.13 || true)" "$(command -v python3 || true)" \
                 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python3.13; do
  if [ -x "$candidate" ] && runs "$candidate"; then exit 0; fi
done

uv=$("$here/find-uv.sh")
"$uv" python find --no-project 3.13 2>/dev/null && exit 0
"$uv" python install --quiet 3.13 >&2
"$uv" python find --no-project 3.13
