#!/usr/bin/env bash
# Makes frontend/node_modules hold exactly what the lock says; returns at once when it already does.
set -euo pipefail
cd "$(dirname "$0")/.."
node=$(setup/find-node.sh)

mkdir -p .tools
exec 9> .tools/frontend.lock
if command -v flock >/dev/null; then flock 9; fi

stamp="$PWD $("$node/node" --version) $(cksum < frontend/package-lock.json)"
if [ "$(cat frontend/node_modules/.stamp 2>/dev/null)" = "$stamp" ]; then exit 0; fi

echo "setup: frontend/node_modules from frontend/package-lock.json" >&2
PATH="$node:$PATH" npm --prefix frontend ci --silent --no-audit --no-fund
echo "$stamp" > frontend/node_modules/.stamp
