#!/usr/bin/env bash
# Builds the local stack's page into frontend/dist-page; returns at once when its sources have not changed.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=$(find frontend/page frontend/src frontend/*.ts frontend/package-lock.json -type f | LC_ALL=C sort | xargs cksum | cksum)
if [ "$(cat frontend/dist-page/.stamp 2>/dev/null)" = "$stamp" ]; then exit 0; fi

setup/node-modules.sh frontend
echo "setup: the page from frontend/page" >&2
PATH="$(setup/find-node.sh):$PATH" npm --prefix frontend --silent run build:page >&2
echo "$stamp" > frontend/dist-page/.stamp
