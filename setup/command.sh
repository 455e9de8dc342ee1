#!/usr/bin/env bash
# Puts the `playhead` command into .venv, running from the sources here; returns at once when it is there already.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p .tools
exec 9> .tools/command.lock
if command -v flock >/dev/null; then flock 9; fi

stamp="$(cksum < pyproject.toml)"
if [ "$(cat .venv/command-stamp 2>/dev/null)" = "$stamp" ]; then exit 0; fi

# what it needs, its builder included, is in the environment by the lock already
VIRTUAL_ENV="$PWD/.venv" "$(setup/find-uv.sh)" pip install --quiet --no-deps --no-build-isolation --offline --editable .
echo "$stamp" > .venv/command-stamp
