#!/usr/bin/env bash
# Prints the path of uv: the one on PATH, else the pinned one, which the first pip found puts under .tools/uv.
set -euo pipefail
cd "$(dirname "$0")/.."

if uv=$(command -v uv) && "$uv" --version >/dev/null 2>&1; then echo "$uv"; exit 0; fi

lock=requirements/uv.txt
target=$PWD/.tools/uv
stamp=$(cksum < "$lock")
if [ ! -x "$target/bin/uv" ] || [ "$(cat "$target/stamp" 2>/dev/null)" != "$stamp" ]; then
  for python in python3.13 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python3.13; do
    "$python" -m pip --version >/dev/null 2>&1 && break
    python=""
  done
  if [ -z "${python:-}" ]; then echo "setup: no uv, and no Python with pip to install it: install either" >&2; exit 1; fi
  rm -rf "$target"
  "$python" -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --require-hashes --only-binary :all: --target "$target" -r "$lock" >&2
  echo "$stamp" > "$target/stamp"
fi
echo "$target/bin/uv"
