#!/usr/bin/env bash
# Makes $1/node_modules hold exactly what $1/package-lock.json says; returns at once when it already does.
#   usage: node-modules.sh frontend
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$1
node=$(setup/find-node.sh)

mkdir -p .tools
exec 9> ".tools/$(basename "$folder").lock"
if command -v flock >/dev/null; then flock 9; fi

stamp="$PWD $("$node/node" --version) $(cksum < "$folder/package-lock.json")"
if [ "$(cat "$folder/node_modules/.stamp" 2>/dev/null)" = "$stamp" ]; then exit 0; fi

echo "setup: $folder/node_modules from $folder/package-lock.json" >&2
PATH="$node:$PATH" npm --prefix "$folder" ci --silent --no-audit --no-fund
echo "$stamp" > "$folder/node_modules/.stamp"
