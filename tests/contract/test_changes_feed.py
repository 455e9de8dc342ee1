"""The feed of changes on a real mongod: what counts as a change, the order of the server's clock, one exact query."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.collection import Collection

from playhead.adapters.mongo_changes import MongoProgressChanges
from playhead.adapters.mongo_feed import MongoChangesFeed
from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.domain.changes import SETTLED_MS, Change, Cursor, Place
from playhead.domain.report import Key, Position
from playhead.usecases.read_changes import ReadChanges
from tests.builders import KEY, NOW, contribution, report

Documents = Collection[dict[str, Any]]
USER = KEY.user_id
IDS = [ObjectId() for _ in range(5)]
AT_ONCE = -60_000  # with this age everything is settled


def catch_up(feed: MongoChangesFeed, cursor: Cursor, limit: int = 3) -> tuple[list[Change], Cursor]:
    """Read as long as there is more."""
    read, items, more = ReadChanges(feed=feed), list[Change](), True
    while more:
        changes, _ = read(USER, cursor, limit)
        items += changes.items
        cursor, more = changes.cursor, changes.more
    return items, cursor


def test_every_way_to_write_is_a_change_by_the_servers_clock(collection: Documents) -> None:
    store, changes = MongoProgressStore(collection), MongoProgressChanges(collection)
    position = Position(NOW, 9, "", "", 10)
    ways: list[Callable[[], object]] = [
        lambda: store.merge(contribution(report())),
        lambda: store.merge_all([contribution(report(seq=2)), contribution(report(seq=3))]),
        lambda: changes.complete(KEY, NOW),
        lambda: changes.withdraw_completion(KEY, threshold=90),
        lambda: changes.hide(KEY, NOW, hidden=True),
        lambda: changes.hide(KEY, NOW, hidden=False),
        lambda: changes.move(KEY, position),
        lambda: changes.reset(KEY, NOW),
        lambda: changes.undo_reset(KEY, since=0),
    ]
    cursor = Cursor()
    for number, change in enumerate(ways):
        change()
        items, cursor = catch_up(MongoChangesFeed(collection), cursor)
        assert len(items) == 1, number
        assert abs(items[0].place.at - datetime.now(UTC).timestamp() * 1000) < SETTLED_MS, number
        collection.update_many({}, [{"$set": {"updatedAt": {"$subtract": ["$updatedAt", 20_000 - number * 1000]}}}])
        _, cursor = catch_up(MongoChangesFeed(collection, AT_ONCE), Cursor())
    assert catch_up(MongoChangesFeed(collection), cursor)[0] == []


def test_a_change_tells_the_state_without_ranges(collection: Documents) -> None:
    MongoProgressStore(collection).merge(contribution(report()))
    MongoProgressChanges(collection).reset(KEY, NOW)
    MongoProgressChanges(collection).hide(KEY, NOW, hidden=True)
    ((change,), _) = catch_up(MongoChangesFeed(collection), Cursor())
    assert (change.progress.key, change.progress.attempt, change.hidden) == (KEY, 2, True)
    assert (change.progress.position, change.progress.watched, change.settled) == (None, (), False)


def test_a_learner_sees_only_their_own(collection: Documents) -> None:
    for user in ("learner-0", USER, "learner-2"):
        MongoProgressStore(collection).merge(contribution(report(key=Key(user, "c", "v"))))
    assert [one.progress.key.user_id for one in catch_up(MongoChangesFeed(collection), Cursor())[0]] == [USER]


@pytest.mark.parametrize("start", [None, 3])
def test_one_query_examines_what_it_returns(collection: Documents, start: int | None) -> None:
    same = datetime.now(UTC) - timedelta(hours=1)
    for user in ("learner-0", USER, "learner-2"):
        documents = [
            {
                "userId": user,
                "courseId": "c",
                "videoId": str(number),
                "updatedAt": same + timedelta(minutes=number // 5),
            }
            for number in range(20)
        ]
        collection.insert_many(documents)
    feed = MongoChangesFeed(collection, AT_ONCE)
    all_of_them = feed.beyond(USER, None, 20)
    place = None if start is None else all_of_them[start - 1].place
    stats = feed.find_beyond(USER, place, 10).explain()["executionStats"]
    assert (stats["nReturned"], stats["totalDocsExamined"]) == (10, 10)
    assert stats["totalKeysExamined"] <= 12  # one key further in each clause, to know where to go on
    assert feed.beyond(USER, place, 10) == all_of_them[start or 0 :][:10]


_WRITES = st.tuples(st.just("write"), st.integers(0, len(IDS) - 1), st.integers(0, 8))
_STEPS = st.lists(st.one_of(_WRITES, st.tuples(st.sampled_from(["wait", "poll"]), st.integers(1, 4), st.just(0))))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STEPS)
def test_writes_committed_late_are_never_missed(collection: Documents, steps: list[tuple[str, int, int]]) -> None:
    """A second of the test is one of an hour ago; `written` s before the test's time, a write is committed only now."""
    collection.delete_many({})
    began, now, cursor, copy = datetime.now(UTC) - timedelta(hours=1), 0, Cursor(), dict[str, Place]()

    def poll() -> None:
        nonlocal cursor
        passed = datetime.now(UTC) - began - timedelta(seconds=now + 0.5)
        items, cursor = catch_up(
            MongoChangesFeed(collection, int(passed / timedelta(milliseconds=1)) + SETTLED_MS), cursor
        )
        copy.update({one.place.document: one.place for one in items})

    for name, number, written in steps:
        if name == "write":
            document = {"userId": USER, "courseId": "c", "videoId": str(number)}
            at = began + timedelta(seconds=now - written)
            collection.update_one({"_id": IDS[number]}, {"$set": document | {"updatedAt": at}}, upsert=True)
        elif name == "wait":
            now += number
        else:
            poll()
    poll()
    stored = MongoChangesFeed(collection, AT_ONCE).beyond(USER, None, len(IDS))
    assert copy == {one.place.document: one.place for one in stored}
