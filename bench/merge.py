"""What the merge costs against a bare `$set` upsert of the same fields: p50 alone, throughput on one hot document."""

import argparse
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from pymongo import MongoClient, ReturnDocument
from pymongo.database import Database

from bench.measure import medians
from local.mongodb import running_mongod
from playhead.adapters.mongo_documents import to_date
from playhead.adapters.mongo_indexes import INDEXES
from playhead.adapters.mongo_progress import COLLECTION, PUBLISHED, MongoProgressStore
from playhead.domain.playback import playback_of
from playhead.domain.progress import Contribution
from playhead.domain.report import Event, Key, Report

BARE = "bare"
THREADS = 16
LEARNERS = 20
SESSION = "01M82XFA6WFBDKQ1PDHMNZMN3W"
NOW = 1_795_394_300_000
VIDEO_SECONDS = 3600


def main() -> None:
    """Measure on a mongod of our own and print the two ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1500)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, running_mongod(Path(folder)) as uri:
        client: MongoClient[dict[str, Any]] = MongoClient(uri, tz_aware=True, maxPoolSize=THREADS)
        database = client["bench"]
        for name in (COLLECTION, BARE):
            database[name].create_indexes(list(INDEXES))
        merge, bare = merging(database), setting(database)
        in_turn = {name: partial(_each_learner, call) for name, call in (("merge", merge), ("bare", bare))}
        p50 = medians(in_turn, rounds)
        print(f"merge p50 {p50['merge'] * 1e3:.2f} ms, bare $set upsert {p50['bare'] * 1e3:.2f} ms: ", end="")
        print(f"{p50['merge'] / p50['bare']:.2f} times (aim: at most 1.6)")
        least = touching(database)
        after = rounds  # nobody's report twice: that would be nothing to do
        hot = throughputs(
            {"merge": lambda n: merge(0, after + n), "bare": lambda n: bare(0, after + n), "least": least}, rounds
        )
        print(f"{THREADS} threads on one document: merge {hot['merge']:.0f}/s, bare {hot['bare']:.0f}/s: ", end="")
        print(f"{hot['merge'] / hot['bare']:.2f} of its throughput (aim: at least 0.7)", end="; ")
        print(f"a pipeline that sets two fields of the same document reaches {hot['least'] / hot['bare']:.2f}")
        client.close()


def _each_learner(call: Callable[[int, int], object], number: int) -> object:
    """Let learners report in turn, each every half minute of their own video."""
    return call(number % LEARNERS, number // LEARNERS)


def merging(database: Database[dict[str, Any]]) -> Callable[[int, int], object]:
    """Return a merge of the number-th half minute of a video that is watched through, over and over."""
    store = MongoProgressStore(database[COLLECTION])

    def merge(learner: int, number: int) -> object:
        start = number * 30 % VIDEO_SECONDS
        at = NOW + number * 30_000
        report = Report(
            key=Key(f"learner-{learner}", "course", "video"),
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
        playback = playback_of(report)
        return store.merge(Contribution(report.key, playback, received_at=at, threshold=90, session_at=NOW))

    return merge


def setting(database: Database[dict[str, Any]]) -> Callable[[int, int], object]:
    """Return the least that any tracker does: one upsert that sets where the learner is, under the same indexes."""

    def bare(learner: int, number: int) -> object:
        at = to_date(NOW + number * 30_000)
        position = number * 30 % VIDEO_SECONDS
        return database[BARE].find_one_and_update(
            {"userId": f"learner-{learner}", "courseId": "course", "videoId": "video"},
            {"$set": {"watchedDuration": position, "isCompleted": False, "lastWatchedAt": at, "updatedAt": at}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )

    return bare


def touching(database: Database[dict[str, Any]]) -> Callable[[int], object]:
    """Return the least that a pipeline update of a progress document can do: two fields, nothing computed."""

    def touch(number: int) -> object:
        at = to_date(NOW + number * 30_000)
        return database[COLLECTION].find_one_and_update(
            {"userId": "learner-0", "courseId": "course", "videoId": "video"},
            [{"$set": {"playback.furthest": number, "lastWatchedAt": at}}],
            projection=PUBLISHED,
            return_document=ReturnDocument.AFTER,
        )

    return touch


def throughputs(actions: dict[str, Callable[[int], object]], rounds: int, turns: int = 4) -> dict[str, float]:
    """Return calls a second of each action under all threads, the actions taking turns."""
    seconds = dict.fromkeys(actions, 0.0)
    for _ in range(turns):
        for name, action in actions.items():
            with ThreadPoolExecutor(THREADS) as pool:
                started = time.perf_counter()
                list(pool.map(action, range(rounds // turns)))
                seconds[name] += time.perf_counter() - started
    return {name: rounds // turns * turns / some for name, some in seconds.items()}


if __name__ == "__main__":
    main()
