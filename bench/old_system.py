"""An old update through Playhead against the same in a reproduction of the old application, on one mongod.

What each costs the database is read from the server's own counters; both are called one update after the other.
"""

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from bench.service import DATABASE, Context, Handler, event, handler_on, quiet
from local.mongodb import running_mongod
from local.processes import bare_environment
from local.seed import COURSE, LEARNERS, VIDEOS, seed
from local.template import ROOT

ROLE = "serve_old_api"
LEARNER, VIDEO = LEARNERS[0]["_id"], VIDEOS[1]
COMMANDS = ("find", "aggregate", "findAndModify", "update", "insert", "getMore")
MINUTE_MS = 60_000
WARM_UP, ROUNDS = 50, 5
BODY = {
    "userId": str(LEARNER),
    "courseId": str(COURSE),
    "videoId": str(VIDEO["_id"]),
    "totalDuration": VIDEO["duration"],
}

type Update = Callable[[int, bool], float]
"""Does so many updates, which are accepted or skipped, and returns the seconds that they took."""


@dataclass
class Cost:
    """What updates cost: commands and CPU of the server for each, and how many were done in a second."""

    commands: Counter[str] = field(default_factory=Counter)
    cpu_ms: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    def told(self, count: int) -> str:
        """Return the cost of each of so many updates."""
        each = {name: round(number / count, 2) for name, number in self.commands.items() if number >= count / 2}
        spelt = ", ".join(f"{number:g} {name}" for name, number in sorted(each.items()))
        cpu, rate = statistics.median(self.cpu_ms), statistics.median(self.rates)
        return f"{sum(each.values()):g} commands ({spelt}), {cpu:.2f} ms of mongod, {rate:.0f} a second"


def main() -> None:
    """Measure and print the two side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    count = parser.parse_args().count
    subprocess.run([ROOT / "setup/node-modules.sh", "tests/mongoose"], check=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_mongod(Path(folder)) as uri,
        _old_application(uri) as old,
        _playhead(uri) as new,
    ):
        for accepted in (True, False):
            print(f"an update that is {'accepted' if accepted else 'skipped'}:")
            tell(measure(uri, {"old application": old, "Playhead": new}, count, accepted=accepted), count * ROUNDS)


def tell(costs: dict[str, Cost], count: int) -> None:
    """Print what so many updates cost on either side, and the ratios."""
    for name, cost in costs.items():
        print(f"  {name}: {cost.told(count)}")
    rates = [statistics.median(cost.rates) for cost in costs.values()]
    cpus = [statistics.median(cost.cpu_ms) for cost in costs.values()]
    print(f"  Playhead: {rates[1] / rates[0]:.2f} times the updates a second, {cpus[1] / cpus[0]:.2f} of mongod's CPU")


def measure(uri: str, updates: dict[str, Update], count: int, *, accepted: bool) -> dict[str, Cost]:
    """Let each do `count` updates in turn, some rounds long, and return what they cost."""
    costs = {name: Cost() for name in updates}
    with MongoClient[dict[str, Any]](uri) as client:
        for update in updates.values():
            update(WARM_UP, accepted)
        for _ in range(ROUNDS):
            for name, update in updates.items():
                before, cpu = _counters(client)
                seconds = update(count, accepted)
                after, cpu_after = _counters(client)
                costs[name].commands += after - before
                costs[name].cpu_ms.append((cpu_after - cpu) / 1000 / count)
                costs[name].rates.append(count / seconds)
    return costs


def _counters(client: MongoClient[dict[str, Any]]) -> tuple[Counter[str], int]:
    """Return how often the server ran each command, and the microseconds of CPU that it has taken."""
    status = client.admin.command("serverStatus")
    commands = status["metrics"]["commands"]
    cpu = status["extra_info"]["user_time_us"] + status["extra_info"]["system_time_us"]
    return Counter({name: commands[name]["total"] for name in COMMANDS}), cpu


@contextlib.contextmanager
def _old_application(uri: str) -> Iterator[Update]:
    """Give the updates of the reproduction, in a database of its own."""
    seed(uri, "old")
    node = subprocess.run([ROOT / "setup/find-node.sh"], capture_output=True, text=True, check=True).stdout.strip()
    process = subprocess.Popen(
        [f"{node}/node", "old-update.mjs"],
        cwd=ROOT / "tests/mongoose",
        env=bare_environment(MONGODB_URI=uri, MONGODB_DATABASE="old"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    to, answers = process.stdin, process.stdout

    def update(count: int, accepted: bool) -> float:  # noqa: FBT001 - as Update has it
        print(json.dumps({"count": count, "accepted": accepted, "body": BODY}), file=to, flush=True)
        told = json.loads(answers.readline())
        assert told["skipped"] in ({0} if accepted else {count - 1, count}), told
        return float(told["seconds"])

    try:
        yield update
    finally:
        process.communicate(timeout=30)


@contextlib.contextmanager
def _playhead(uri: str) -> Iterator[Update]:
    """Give the updates of the handler, with the claim in a local DynamoDB."""
    seed(uri, DATABASE)
    now = time.time_ns() // 1_000_000
    with handler_on(uri, ROLE) as handler:
        clock = [now]
        real_clock = vars(sys.modules["playhead.bootstrap"])["now_ms"]
        for module in [one for one in sys.modules.values() if vars(one).get("now_ms") is real_clock]:
            vars(module)["now_ms"] = lambda: clock[0]
        yield lambda count, accepted: _updates(handler, clock, count, accepted=accepted)


def _updates(handler: Handler, clock: list[int], count: int, *, accepted: bool) -> float:
    sent = event(str(LEARNER), ROLE)
    skipped = 0
    started = time.perf_counter()
    with quiet():
        for number in range(1, count + 1):
            clock[0] += MINUTE_MS if accepted else 0
            body = {**BODY, "watchedDuration": number * 7 % (0.8 * VIDEO["duration"]) if accepted else 7}
            answer = json.loads(handler(sent | {"body": json.dumps(body)}, Context())["body"])
            skipped += "skipped" in answer["data"]
    seconds = time.perf_counter() - started
    assert skipped in ({0} if accepted else {count - 1, count}), skipped
    return seconds


if __name__ == "__main__":
    main()
