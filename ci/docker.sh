#!/usr/bin/env bash
# Sees to a Docker engine and the Lambda image for `sam local`; prints the variables that its caller must export, if any.
set -euo pipefail
cd "$(dirname "$0")/.."
version=3.13

offline=../shared/tools/docker-up.sh # beside the clone where no container registry can be reached
if [ -x "$offline" ]; then
  "$offline" "$version" >&2
  echo "SAM_SKIP_PULL_IMAGE=1"
elif ! docker info >/dev/null 2>&1; then
  echo "sam local invoke needs a running Docker engine: install one (https://docs.docker.com/engine/install) or start it" >&2
  exit 1
fi
