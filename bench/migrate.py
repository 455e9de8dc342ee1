"""Documents a second of `playhead check` and `playhead migrate`, on old documents of which a fifth are faulty."""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from itertools import batched
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from local.mongodb import running_mongod
from tests.old_documents import old_documents

DATABASE = "bench"
COMMANDS = (
    ("check",),
    ("migrate", "plan"),
    ("migrate", "apply", "--write"),
    ("migrate", "undo", "--write"),
    ("migrate", "apply", "--write", "--ahead"),
)


def main() -> None:
    """Measure on a mongod of our own and print documents a second of each command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000)
    count = parser.parse_args().documents
    with tempfile.TemporaryDirectory() as folder, running_mongod(Path(folder)) as uri:
        with MongoClient[dict[str, Any]](uri) as client:
            for batch in batched(old_documents(count), 1000, strict=False):
                client[DATABASE]["progresses"].insert_many(batch)
        for command in COMMANDS:
            started = time.perf_counter()
            told = run(command, uri)
            seconds = time.perf_counter() - started
            print(f"{' '.join(command)}: {count / seconds:.0f} documents/s ({seconds:.1f} s{changed(told, seconds)})")


def run(command: Iterable[str], uri: str) -> dict[str, Any]:
    """Run a command as an operator does, its start included; return what it printed."""
    playhead = Path(sys.executable).with_name("playhead")
    given = ["--uri", uri, "--database", DATABASE, "--json"]
    # a check that finds faults says so by its exit status
    result = subprocess.run([playhead, *command, *given], capture_output=True, check=False)
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def changed(told: dict[str, Any], seconds: float) -> str:
    """Return how many documents were written, and how many a second."""
    written = told.get("restored") or (sum(told["changes"].values()) if told.get("written") else 0)
    estimate = f", estimates {told['estimatedSeconds']} s for apply" if "estimatedSeconds" in told else ""
    return f", {written} written, {written / seconds:.0f}/s" if written else estimate


if __name__ == "__main__":
    main()
