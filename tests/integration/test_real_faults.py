"""Real faults under load: servers killed, stopped, restarted; every second that was acknowledged is there in the end.

Players report from several processes, and send again what was not acknowledged. Meanwhile the database is killed as if
by a power cut, hangs, or is gone together with the queue; the throttle is killed; a process is killed between claim and
merge. Only SQS itself is never killed with messages in it: the real one keeps them, the local one has them in memory.
"""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pymongo import MongoClient

from local.ministack import starting_ministack, wait_for_ministack
from local.mongodb import starting_mongod, wait_for_mongod
from local.processes import Child, free_port
from local.template import queue_definition, table_definition
from playhead.adapters.mongo_indexes import ensure_indexes
from playhead.adapters.mongo_progress import COLLECTION
from tests.builders import HOUR, report_event, session_id, wire_report
from tests.handlers import Backend, QueueProbe
from tests.workers import Workers

DATABASE, TABLE = "faults", "faults"
USER = "learner-1"
PROCESSES, VIDEOS, SECONDS = 3, 4, 10
BURST = 18
ACKNOWLEDGED = {"applied", "queued"}
HELD = "throttled"  # where two processes read the clock in one order and asked in the other
PATIENCE_SECONDS = 60


class Database:
    """A mongod of our own, always at the same address and on the same files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._running = ExitStack()
        self.child: Child
        self.patient_uri = f"mongodb://127.0.0.1:{self._port}/?directConnection=true"
        self.uri = f"{self.patient_uri}&timeoutMS=1500"

    def start(self) -> None:
        """Start it, on what is there."""
        self.child, _ = self._running.enter_context(starting_mongod(self._folder, port=self._port))
        wait_for_mongod(self.child, self._port)

    def stop(self) -> None:
        """Stop it for good."""
        self._running.close()

    def restart(self) -> None:
        """Kill it as a power cut does, and start it again on its journal."""
        os.kill(self.child.pid, signal.SIGKILL)
        self._running.close()
        self.start()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Let it hang until the block has ended: it takes connections, and says nothing."""
        os.kill(self.child.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.child.pid, signal.SIGCONT)


class Emulator:
    """A local AWS of our own, for one service."""

    def __init__(self, folder: Path) -> None:
        self._running = ExitStack()
        self.child, self.aws = self._running.enter_context(starting_ministack(folder, enforce_iam=False))
        wait_for_ministack(self.child, self.aws)

    def kill(self) -> None:
        """Kill it, and with it all that it has in memory."""
        self._running.close()


@dataclass
class Players:
    """Learners whose every report is a viewing of its own, of seconds that no other one has."""

    workers: Workers
    count: int = 0
    unacknowledged: list[dict[str, Any]] = field(default_factory=list)

    def watch(self, count: int) -> None:
        """Watch on: so many reports more to be sent, each of ten seconds."""
        now = time.time_ns() // 1_000_000
        for number in range(self.count, self.count + count):
            start = number // VIDEOS * SECONDS
            watched = {
                "position": start,
                "watched": [[start, start + SECONDS]],
                "session": session_id(now - HOUR, number),
            }
            viewing = {"videoId": f"video-{number % VIDEOS}", "event": "pause", "duration": 100_000, "at": now}
            self.unacknowledged.append(wire_report(**viewing, **watched))
        self.count += count

    def send(self) -> Counter[str]:
        """Send everything once; keep what is not acknowledged. Return how many had which outcome."""
        sent, now = self.unacknowledged, time.time_ns() // 1_000_000
        requests = [{"sentAt": now, "reports": [one]} for one in sent]
        answers = self.workers.race([("report_progress", report_event(USER, one)) for one in requests])
        outcomes = [_outcome(one) for one in answers]
        self.unacknowledged = [one for one, outcome in zip(sent, outcomes, strict=True) if outcome not in ACKNOWLEDGED]
        return Counter(outcomes)

    def send_until_acknowledged(self) -> None:
        """Send again what was not acknowledged, as a player does, until everything is."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.unacknowledged:
            assert time.monotonic() < deadline, f"{len(self.unacknowledged)} reports are never acknowledged"
            self.send()

    def send_while(self, fault: Callable[[Callable[[], bool]], None]) -> Counter[str]:
        """Send everything once, and let a fault happen meanwhile; it is told whether all is sent."""
        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(self.send)
            fault(sending.done)
            return sending.result()

    def seconds(self) -> dict[str, list[dict[str, int]]]:
        """Return what was watched by now of each video, as it is stored."""
        return {
            f"video-{video}": [{"start": 0, "end": len(range(video, self.count, VIDEOS)) * SECONDS}]
            for video in range(VIDEOS)
        }


def _outcome(answer: dict[str, Any]) -> str:
    """Return what became of a report; a problem is named by its status."""
    body = json.loads(answer["body"])
    return str(body["results"][0]["outcome"]) if "results" in body else str(int(answer["statusCode"]))


@dataclass
class World:
    """Everything that a fault may hit, and the players."""

    database: Database
    client: MongoClient[dict[str, Any]]
    throttle: Emulator
    queue: Emulator
    backend: Backend
    players: Players

    def stored(self) -> dict[str, list[dict[str, int]]]:
        """Return what is stored of each video."""
        found = self.client[DATABASE][COLLECTION].find({}, {"videoId": 1, "playback.watched": 1})
        return {one["videoId"]: one["playback"]["watched"] for one in found}

    def replay(self) -> None:
        """Let the queue be replayed until it is empty."""
        while self.backend.replay():
            pass
        assert self.backend.queue.counts == (0, 0)

    def once_merging(self, act: Callable[[], None]) -> Callable[[Callable[[], bool]], None]:
        """Return an act that waits until there is something new in the database, or there will be nothing."""
        before = self.stored()

        def wait(is_over: Callable[[], bool]) -> None:
            while not is_over() and self.stored() == before:
                time.sleep(0.005)
            act()

        return wait


@pytest.fixture
def world(make_backend: Callable[..., Any], put_secret: Callable[[str], str], tmp_path: Path) -> Iterator[World]:
    """Start servers of this test's own, and processes that run the handlers on them."""
    with ExitStack() as stack:
        database = Database(tmp_path)
        database.start()
        stack.callback(database.stop)
        # Who looks on has no budget: after a hang the driver takes the way for longer than that, and asks nothing.
        client = stack.enter_context(MongoClient[dict[str, Any]](database.patient_uri))
        ensure_indexes(client[DATABASE])
        throttle, queue = Emulator(tmp_path / "dynamodb"), Emulator(tmp_path / "sqs")
        stack.callback(throttle.kill)
        stack.callback(queue.kill)
        with closing(throttle.aws.client("dynamodb")) as dynamodb:
            dynamodb.create_table(TableName=TABLE, **table_definition("ThrottleTable"))
        sqs = stack.enter_context(closing(queue.aws.client("sqs")))
        url = sqs.create_queue(QueueName="reports", **queue_definition("ReportQueue"))["QueueUrl"]
        environment = {
            "MONGODB_URI_SECRET_ARN": put_secret(database.uri),
            "MONGODB_DATABASE": DATABASE,
            "THROTTLE_TABLE": TABLE,
            "REPORT_QUEUE_URL": url,
            "AWS_ENDPOINT_URL_DYNAMODB": throttle.aws.endpoint,
            "AWS_ENDPOINT_URL_SQS": queue.aws.endpoint,
        }
        backend: Backend = stack.enter_context(make_backend(environment, UrgentSpacingMs=0))
        backend.queue = QueueProbe(sqs, url)
        workers = stack.enter_context(Workers(PROCESSES, backend.environment))
        yield World(database, client, throttle, queue, backend, Players(workers))


def _the_database_is_killed(world: World) -> None:
    """A power cut in the middle of merges, and a restart on the journal."""
    world.players.watch(BURST)
    outcomes = world.players.send_while(world.once_merging(world.database.restart))
    assert outcomes.keys() <= ACKNOWLEDGED | {HELD}, "nobody is refused: what cannot be merged is queued"


def _the_database_hangs(world: World) -> None:
    """It accepts connections and answers nothing: the driver's budgets end the waiting."""
    world.players.watch(BURST)
    with world.database.hanging():
        outcomes = world.players.send()
    assert outcomes.keys() <= {"queued", HELD}
    assert outcomes["queued"]


def _database_and_queue_hang(world: World) -> None:
    """Nothing is acknowledged, so the players keep it and send it again."""
    world.players.watch(PROCESSES)
    os.kill(world.queue.child.pid, signal.SIGSTOP)
    with world.database.hanging():
        outcomes = world.players.send()
    os.kill(world.queue.child.pid, signal.SIGCONT)
    assert outcomes.keys() <= {"503", HELD}
    assert outcomes["503"]


def _a_process_is_killed_at_its_merge(world: World) -> None:
    """Between claim and merge; another process is sent the same report again."""
    world.players.watch(1)
    (lost,) = world.players.unacknowledged[-1:]
    now = time.time_ns() // 1_000_000
    with Workers(1, world.backend.environment) as doomed:
        job = ("report_progress", report_event(USER, {"sentAt": now, "reports": [lost]}))
        assert doomed.die_at_merge(job, now) == [-signal.SIGKILL]


def _the_throttle_is_killed(world: World) -> None:
    """Then everybody has a turn."""
    world.players.watch(BURST)
    outcomes = world.players.send_while(world.once_merging(world.throttle.kill))
    assert outcomes.keys() <= ACKNOWLEDGED | {HELD}


def _all_is_there(world: World) -> None:
    """Send again what was not acknowledged, replay what waits; then every second is stored, and none besides."""
    world.players.send_until_acknowledged()
    world.replay()
    assert world.stored() == world.players.seconds()


REPEATED = (_the_database_is_killed, _the_database_hangs, _database_and_queue_hang, _a_process_is_killed_at_its_merge)


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=[pytest.mark.long, pytest.mark.timeout(3600)])])
def test_every_acknowledged_second_is_there_in_the_end(world: World, times: int) -> None:
    """Each fault as often as told, in an order that a seed draws; the throttle last, since it forgets its table."""
    faults = [fault for fault in REPEATED for _ in range(times)]
    Random(times).shuffle(faults)  # noqa: S311 - an order, no secret
    for fault in (*faults, _the_throttle_is_killed):
        fault(world)
    _all_is_there(world)


def test_a_second_that_is_lost_would_be_missed(world: World) -> None:
    """What is taken from the queue and thrown away is not in the document: the test above can fail."""
    world.players.watch(VIDEOS)
    with world.database.hanging():
        world.players.send_until_acknowledged()
    world.backend.queue.finish(world.backend.queue.receive(), {"batchItemFailures": []})
    world.replay()
    assert world.stored() != world.players.seconds()
