"""Follows what the running stack's functions log: one line each, oldest first; `make logs` prints them until Ctrl-C."""

import contextlib
import json
import re
import sys
import time
from collections.abc import Iterator
from typing import Any

from local.ministack import LocalAws
from local.settings import Settings

PAUSE_SECONDS = 0.5
RUNTIME_LINE = re.compile(r"(START|END|REPORT) RequestId: ")


def main() -> int:
    """Print log lines as they come; the runtime's own and the metrics (`--metrics` shows them) are left out."""
    note = Settings.from_environment().folder / "stack.json"
    if not note.exists():
        print(f"playhead: no stack is running that would have written {note}", file=sys.stderr)
        return 1
    wanted = "--metrics" in sys.argv
    with contextlib.suppress(KeyboardInterrupt):
        for line in _follow(LocalAws(json.loads(note.read_text())["aws"]).client("logs")):
            if not RUNTIME_LINE.match(line) and (wanted or '"_aws":' not in line):
                print(line, flush=True)
    return 0


def _follow(logs: Any) -> Iterator[str]:  # noqa: ANN401 (a boto3 client)
    """Give each message once."""
    seen: set[tuple[str, int, str]] = set()
    newest = 0
    while True:
        for group in logs.describe_log_groups()["logGroups"]:
            events = logs.filter_log_events(logGroupName=group["logGroupName"], startTime=newest)["events"]
            for event in sorted(events, key=lambda one: int(one["timestamp"])):
                key = (event["logStreamName"], event["timestamp"], event["message"])
                if key not in seen:
                    yield event["message"].rstrip()
                seen.add(key)
                newest = max(newest, event["timestamp"])
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
