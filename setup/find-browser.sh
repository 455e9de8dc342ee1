#!/usr/bin/env bash
# Prints the path of a Chromium: the one on PATH, else Debian's package where it may be installed, else playwright's own.
set -euo pipefail
cd "$(dirname "$0")/.."

on_path() {
  for name in chromium chromium-browser google-chrome google-chrome-stable; do command -v "$name" && return; done
  return 1
}

on_path && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "setup: chromium from Debian's packages" >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >&2 || true
  on_path && exit 0
fi

# playwright's download knows where it is, and does nothing when it is already there
.venv/bin/python -m playwright install chromium >&2
.venv/bin/python -c 'from playwright.sync_api import sync_playwright
with sync_playwright() as driver: print(driver.chromium.executable_path)'
