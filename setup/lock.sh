#!/usr/bin/env bash
# Regenerates every lock from its .in file; `lock.sh --upgrade` also takes newer releases.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$(setup/find-uv.sh)

lock() { # inside the folder, so that the comments in the lock name no other place
  (cd "$1" && "$uv" pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-emit-index-url --no-header \
    "${@:3}" "$2.in" --output-file "$2.txt")
}

for name in requirements cryptography; do lock layers/dependencies "$name" "$@"; done # first: the tests' lock is held to them
for name in uv emulators sam node schemathesis audit dev; do lock requirements "$name" "$@"; done
