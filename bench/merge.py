"""What the merge costs against a bare `$set` upsert of where the learner is: p50 alone, throughput on one hot document.

Both are sent as they are in earnest: the upsert with the driver's defaults, which let it be retried, and the merge
without, since it may simply be sent again. What the upsert does without is printed beside it.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from pymongo import MongoClient, ReturnDocument
from pymongo.collection import Collection

from bench.measure import medians
from local.mongodb import running_mongod
from playhead.adapters.mongo_client import connect
from playhead.adapters.mongo_documents import identity, to_date
from playhead.adapters.mongo_indexes import INDEXES
from playhead.adapters.mongo_progress import PUBLISHED, MongoProgressStore
from playhead.domain.playback import playback_of
from playhead.domain.progress import Contribution
from playhead.domain.report import Event, Key, Report

THREADS = 16
LEARNERS = 20
WARM_UP = 100
SESSION = "01M82XFA6WFBDKQ1PDHMNZMN3W"
NOW = 1_795_394_300_000
VIDEO_SECONDS = 3600

type Action = Callable[[Contribution], object]
type Progresses = Collection[dict[str, Any]]


def main() -> None:
    """Measure on a mongod of our own and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=1500)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, running_mongod(Path(folder)) as uri:
        plain: MongoClient[dict[str, Any]] = MongoClient(uri, tz_aware=True, maxPoolSize=THREADS)
        ours = connect(f"{uri}&maxPoolSize={THREADS}", retry_writes=False)
        actions: dict[str, Action] = {
            "merge": MongoProgressStore(ours["bench"]["merge"]).merge,
            "bare": setting(plain["bench"]["bare"]),
            "once": setting(ours["bench"]["once"]),
            "least": touching(ours["bench"]["merge"]),
        }
        for name in ("merge", "bare", "once"):
            plain["bench"][name].create_indexes(list(INDEXES))
        for name, said in (("bare", "of a bare $set upsert"), ("once", "of one that is not retried either")):
            alone = in_turns({each: actions[each] for each in ("merge", name)}, rounds)
            print(f"merge p50 {alone['merge'] * 1e3:.2f} ms, that {said} {alone[name] * 1e3:.2f} ms: ", end="")
            print(
                f"{alone['merge'] / alone[name]:.2f} times", "(aim: at most 1.6)" if name == "bare" else "", flush=True
            )
        hot = at_once(actions, 2 * rounds)
        print(f"{THREADS} threads on one document: merge {hot['merge']:.0f}/s, bare {hot['bare']:.0f}/s: ", end="")
        print(f"{hot['merge'] / hot['bare']:.2f} of its throughput (aim: at least 0.7)", end="; ")
        print(f"{hot['merge'] / hot['once']:.2f} of one that is not retried either", end="; ")
        print(f"a pipeline that sets two fields of the same document reaches {hot['least'] / hot['bare']:.2f}")
        plain.close()
        ours.close()


def half_minute(learner: str, number: int) -> Contribution:
    """Return what a learner's report of the number-th half minute of a video says, watched over and over."""
    start = number * 30 % VIDEO_SECONDS
    at = NOW + number * 30_000
    report = Report(
        key=Key(learner, "course", "video"),
        event=Event.TIMEUPDATE,
        position=start + 30,
        duration=VIDEO_SECONDS,
        watched=((start, start + 30),),
        session=SESSION,
        seq=number,
        at=at,
        session_at=NOW,
        device="laptop",
    )
    return Contribution(report.key, playback_of(report), received_at=at, threshold=90, session_at=NOW)


def setting(collection: Progresses) -> Action:
    """Return the least that any tracker does: one upsert that sets where the learner is, under the same indexes."""

    def bare(new: Contribution) -> object:
        at = to_date(new.received_at)
        position = new.playback.position.seconds
        return collection.find_one_and_update(
            identity(new.key),
            {"$set": {"watchedDuration": position, "isCompleted": False, "lastWatchedAt": at, "updatedAt": at}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )

    return bare


def touching(collection: Progresses) -> Action:
    """Return the least that a pipeline update of a progress document can do: two fields, nothing computed."""

    def touch(new: Contribution) -> object:
        return collection.find_one_and_update(
            identity(new.key),
            [{"$set": {"playback.furthest": new.playback.furthest, "lastWatchedAt": to_date(new.received_at)}}],
            projection=PUBLISHED,
            return_document=ReturnDocument.AFTER,
        )

    return touch


def in_turns(actions: dict[str, Action], rounds: int) -> dict[str, float]:
    """Return the median seconds of each action, learners reporting in turn, each of a video of their own."""
    learners = [f"{'-'.join(actions)}-{number}" for number in range(LEARNERS)]
    reports = [half_minute(learners[number % LEARNERS], number // LEARNERS) for number in range(rounds + WARM_UP)]

    def each(action: Action, number: int) -> object:
        return action(reports[number])

    return medians({name: partial(each, action) for name, action in actions.items()}, rounds, WARM_UP)


def at_once(actions: dict[str, Action], rounds: int, turns: int = 12) -> dict[str, float]:
    """Return calls a second of each action on one document under all threads, the actions taking turns.

    Each turn has a document of its own, of a video that is watched for some hours.
    """
    seconds = dict.fromkeys(actions, 0.0)
    each = rounds // turns
    for turn in range(turns):
        first, *reports = [half_minute(f"learner-hot-{turn}", number) for number in range(each + 1)]
        for name, action in actions.items():
            action(first)
            with ThreadPoolExecutor(THREADS) as pool:
                started = time.perf_counter()
                list(pool.map(action, reports))
                seconds[name] += time.perf_counter() - started
    return {name: each * turns / some for name, some in seconds.items()}


if __name__ == "__main__":
    main()
