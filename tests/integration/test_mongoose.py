"""Old app and Playhead on the same documents: the real mongoose, a real mongod, both directions and both at once."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from secrets import token_hex
from time import monotonic
from typing import Any

import pytest
from bson import ObjectId
from pymongo import MongoClient
from pymongo.database import Database

from playhead.adapters.mongo_indexes import ensure_indexes
from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.domain.ranges import Ranges, union
from playhead.domain.report import Key
from playhead_cli.exits import Exit
from tests.builders import NOW, contribution, report, session_id
from tests.command import playhead
from tests.old_app import OldApp

Documents = dict[str, Any]
IDS = {name: ObjectId(f"65f00000000000000000000{n}") for n, name in enumerate(("userId", "courseId", "videoId"))}
KEY = Key(*map(str, IDS.values()))
OLD_TIME = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
OLD = IDS | {
    "watchedDuration": 450,
    "totalDuration": 600,
    "watchedPercentage": 75,
    "completionPercentage": 75,
    "firstWatchedAt": OLD_TIME,
    "lastWatchedAt": OLD_TIME,
    "watchHistory": [{"watchedAt": OLD_TIME, "duration": 450}],
    "watchCount": 12,
}
FIGURES = ("watchedDuration", "watchedPercentage", "completionPercentage", "isCompleted", "completedAt")


@pytest.fixture(scope="module")
def shared(mongodb_client: MongoClient[Documents]) -> Iterator[Database[Documents]]:
    """The database of both."""
    database = mongodb_client[f"both-{token_hex(6)}"]
    ensure_indexes(database)
    yield database
    mongodb_client.drop_database(database.name)


@pytest.fixture(scope="module")
def app(shared: Database[Documents], mongodb_uri: str) -> Iterator[OldApp]:
    """The old app, running."""
    with OldApp(mongodb_uri, shared.name) as app:
        yield app


@pytest.fixture
def store(shared: Database[Documents]) -> MongoProgressStore:
    """Playhead's store on the same collection, empty."""
    shared["progresses"].delete_many({})
    return MongoProgressStore(shared["progresses"])


def _only(shared: Database[Documents]) -> Documents:
    (document,) = shared["progresses"].find()
    return document


def _report(store: MongoProgressStore, *watched: tuple[int, int], number: int = 0, **changes: Any) -> None:  # noqa: ANN401 - any field
    ranges = union(watched or [(0, 20)])
    one = report(
        key=KEY,
        position=ranges[-1][1],
        watched=ranges,
        session=session_id(NOW - 60_000 + number),
        seq=number,
        **changes,
    )
    assert store.merge(contribution(one, received_at=NOW + number))


# --- from the old app to Playhead


def test_what_mongoose_wrote_is_read_merged_and_kept(
    shared: Database[Documents], app: OldApp, store: MongoProgressStore
) -> None:
    app.ask("create", document=OLD)
    shared["progresses"].update_one(IDS, {"$set": {"undeclared": {"of": ["another", "service"]}}})
    app.ask("save", key=IDS, push=[{"watchedAt": OLD_TIME, "duration": 3}])
    before = _only(shared)
    assert store.read(KEY).percentage == 75
    _report(store)
    after = _only(shared)
    for name in ("_id", "__v", "createdAt", "undeclared", "firstWatchedAt", *FIGURES[:4]):
        assert after[name] == before[name], name
    assert after["watchHistory"][:2] == before["watchHistory"]
    assert (after["watchCount"], len(after["watchHistory"])) == (13, 3)


# --- from Playhead to the old app


@pytest.mark.parametrize("cut", [False, True])
def test_what_playhead_wrote_is_read_and_saved_by_mongoose(
    shared: Database[Documents], app: OldApp, store: MongoProgressStore, *, cut: bool
) -> None:
    for number in range(12):
        _report(store, (number * 10, number * 10 + 10), number=number)
    before = _only(shared)
    read = app.ask("read", key=IDS)
    assert (read["watchedDuration"], read["watchedPercentage"], len(read["watchHistory"])) == (120, 20, 10)
    app.ask("save", key=IDS, set={"watchedDuration": 130}, push=[{"duration": 10}], cut=cut)
    saved = _only(shared)
    assert saved["playback"] == before["playback"], "strict mode must not lose it"
    assert (saved["watchedDuration"], saved["watchHistory"][-1]["duration"]) == (130, 10)
    _report(store, (0, 10), number=12)
    after = _only(shared)
    assert (after["watchedDuration"], after["watchedPercentage"], after["watchCount"]) == (130, 20, 13)
    assert len(after["watchHistory"]) == 10
    assert app.ask("save", key=IDS, set={"watchedDuration": 140})["watchedDuration"] == 140


def test_playheads_entries_of_the_history_outlive_a_save(
    shared: Database[Documents], app: OldApp, store: MongoProgressStore
) -> None:
    _report(store)
    before = _only(shared)["watchHistory"]
    app.ask("save", key=IDS, push=[{"duration": 10}])
    assert _only(shared)["watchHistory"][: len(before)] == before
    assert store.viewings(KEY) != []


def test_a_history_that_mongoose_wrote_anew_is_mended_session_by_session(
    shared: Database[Documents], app: OldApp, store: MongoProgressStore
) -> None:
    _report(store)
    app.ask("save", key=IDS, push=[{"duration": 10}], cut=True)
    _report(store, (20, 40))
    assert [one.seconds for one in store.viewings(KEY)] == [40]
    assert len(_only(shared)["watchHistory"]) <= 10


def test_what_playhead_wrote_is_updated_by_find_one_and_update(
    shared: Database[Documents], app: OldApp, store: MongoProgressStore
) -> None:
    _report(store)
    before = _only(shared)
    entry = {"watchedAt": OLD_TIME, "duration": 5}
    update = {"$set": {"watchedDuration": 80}, "$inc": {"watchCount": 1}, "$push": {"watchHistory": entry}}
    app.ask("update", key=IDS, update=update)
    after = _only(shared)
    assert (after["playback"], after["watchedDuration"]) == (before["playback"], 80)
    assert after["watchHistory"][0] == before["watchHistory"][0]


# --- stale saves


@pytest.mark.parametrize("how", ["watched", "by hand", "before Playhead"])
def test_a_stale_save_of_the_old_app_heals_with_the_next_report(
    shared: Database[Documents], app: OldApp, store: MongoProgressStore, how: str
) -> None:
    from playhead.adapters.mongo_changes import MongoProgressChanges  # noqa: PLC0415

    done = {"isCompleted": True, "completedAt": OLD_TIME, "watchedPercentage": 95, "completionPercentage": 95}
    app.ask("create", document=OLD | (done if how == "before Playhead" else {}))
    app.ask("hold", key=IDS, name="stale")
    _report(store, (0, 560 if how == "watched" else 20))
    if how == "by hand":
        MongoProgressChanges(shared["progresses"]).complete(KEY, NOW)
    known = _only(shared)
    stale = {"watchedDuration": 30, "watchedPercentage": 5, "completionPercentage": 5, "isCompleted": False}
    app.ask("saveHeld", name="stale", set=stale | {"watchCount": 13, "completedAt": None, "lastWatchedAt": OLD_TIME})
    assert _only(shared)["watchedPercentage"] == 5
    _report(store, (0, 20), number=1)
    healed = _only(shared)
    assert {name: healed.get(name) for name in FIGURES} == {name: known.get(name) for name in FIGURES}
    assert healed["watchCount"] == known["watchCount"] + 1
    assert healed.get("outbox") == known.get("outbox"), "a completion is told once"


# --- both at once


@pytest.mark.parametrize("seconds", [5, pytest.param(30, marks=[pytest.mark.long, pytest.mark.timeout(300)])])
def test_sixteen_old_and_new_writers_lose_nothing_that_was_acknowledged(
    shared: Database[Documents], app: OldApp, store: MongoProgressStore, mongodb_uri: str, seconds: int
) -> None:
    keys = [IDS | {"videoId": ObjectId()} for _ in range(4)]
    for key in keys:
        app.ask("create", document=OLD | key)
        # from here on Playhead knows of the 75 percent, which the old writers lower all the time
        assert store.merge(contribution(report(key=_key(key), watched=((0, 1),), session=session_id(NOW, 98))))
    app.begin("write", keys=keys, writers=8, seconds=seconds)
    acknowledged = _write(store, keys, seconds)
    told = app.answer()
    assert told["errors"] == {}
    assert told["saves"] > seconds
    for key in keys:
        one = _key(key)
        assert store.merge(contribution(report(key=one, watched=((0, 1),), session=session_id(NOW, 99))))
        (document,) = shared["progresses"].find(key)
        watched = [(part["start"], part["end"]) for part in document["playback"]["watched"]]
        assert union(watched) == union(acknowledged[one], [(0, 1)])
        assert document["watchedPercentage"] >= 75
    status, checked = playhead(mongodb_uri, shared.name, "check")
    assert (status, checked["faults"]) == (Exit.DONE, {})


def _key(ids: Documents) -> Key:
    return Key(*(str(ids[name]) for name in IDS))


def _write(store: MongoProgressStore, keys: list[Documents], seconds: int) -> dict[Key, Ranges]:
    """Report by eight threads for some seconds; return which ranges of each key were acknowledged."""
    acknowledged: dict[Key, list[tuple[int, int]]] = {_key(key): [] for key in keys}
    until = monotonic() + seconds

    def write(number: int) -> None:
        turn = 0
        while monotonic() < until:
            key = _key(keys[(turn + number) % len(keys)])
            start = 2 * (number + 8 * (turn % 30)) + 2
            one = report(
                key=key,
                position=start,
                watched=((start, start + 1),),
                session=session_id(NOW, number),
                seq=turn,
                at=NOW + turn,
            )
            if store.merge(contribution(one)):
                acknowledged[key].append((start, start + 1))
            turn += 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {key: union(ranges) for key, ranges in acknowledged.items()}
