#!/usr/bin/env bash
# Makes the environment $1 hold exactly what the lock $2 says, checked by hash; returns at once when it already does.
#   usage: environment.sh .venv requirements/dev.txt
set -euo pipefail
cd "$(dirname "$0")/.."
target=$1 lock=$2

# Two `make` at once must not build one environment twice; where there is no flock (macOS) that is the caller's care.
mkdir -p .tools
exec 9> ".tools/$(basename "$target").lock"
if command -v flock >/dev/null; then flock 9; fi

# A moved clone makes every script's first line wrong, so the place is part of what the stamp remembers.
stamp="$PWD $(cksum < "$lock")"
if [ "$(cat "$target/stamp" 2>/dev/null)" = "$stamp" ] && "$target/bin/python" -c '' 2>/dev/null; then exit 0; fi

echo "setup: $target from $lock" >&2
python=$(setup/find-python.sh)
uv=$(setup/find-uv.sh)
"$uv" venv --quiet --clear --python "$python" "$target"
VIRTUAL_ENV="$PWD/$target" "$uv" pip sync --quiet --require-hashes "$lock"
echo "$stamp" > "$target/stamp"
