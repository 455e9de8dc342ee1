"""Lists on a real mongod: complete, in order, paged across both types of id, each query examining what it returns."""

from typing import Any

import bson
import pytest
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.cursor import Cursor
from pymongo.database import Database

from playhead.adapters.mongo_documents import to_date
from playhead.adapters.mongo_lists import MongoProgressLists
from playhead.adapters.mongo_progress import COLLECTION, MongoProgressStore
from playhead.domain.report import Key
from tests.builders import NOW, contribution, report

USER = "learner-1"


@pytest.fixture
def collection(mongodb_database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    """The collection of progress, empty."""
    return mongodb_database[COLLECTION]


@pytest.fixture
def lists(collection: Collection[dict[str, Any]]) -> MongoProgressLists:
    """The lists on it."""
    return MongoProgressLists(collection)


def watch(collection: Collection[dict[str, Any]], *keys: Key, **changes: Any) -> None:  # noqa: ANN401 - any field of a report
    """Merge one report of each key, a second apart."""
    store = MongoProgressStore(collection)
    for number, key in enumerate(keys):
        store.merge(contribution(report(key=key, at=NOW + number * 1000, **changes)))


def keys(user: str, course: str, count: int) -> list[Key]:
    """Return keys of a course's videos."""
    return [Key(user, course, f"video-{number:03}") for number in range(count)]


def assert_examines_what_it_returns(cursor: Cursor[dict[str, Any]], returned: int) -> None:
    """Ask the server how it answered."""
    stats = cursor.explain()["executionStats"]
    assert stats["nReturned"] == returned
    assert stats["totalDocsExamined"] == returned
    assert stats["totalKeysExamined"] <= returned + 1  # an index scan looks one key further to know that it is done


def test_a_course_holds_this_learners_videos_alone(
    lists: MongoProgressLists, collection: Collection[dict[str, Any]]
) -> None:
    watch(collection, *keys(USER, "c1", 3), *keys(USER, "c2", 2), *keys("learner-2", "c1", 2))
    assert [one.key for one in lists.of_course(USER, "c1")] == keys(USER, "c1", 3)
    assert_examines_what_it_returns(lists.find_course(USER, "c1"), 3)


def test_pages_hold_everything_once_across_both_types_of_id(
    lists: MongoProgressLists, collection: Collection[dict[str, Any]]
) -> None:
    object_id = str(ObjectId())
    watch(collection, *keys(USER, "c1", 5), *keys(USER, object_id, 4), Key(USER, "c1", object_id))
    watch(collection, *keys("learner-0", "c1", 2), *keys("learner-2", "c1", 2))
    seen: list[Key] = []
    start: Key | None = None
    for _ in range(4):
        items, start = lists.page(USER, start, 3)
        seen += [one.key for one in items]
        if start:
            assert len(items) == 3
    assert start is None
    assert len(seen) == len(set(seen)) == 10
    assert {one.user_id for one in seen} == {USER}
    assert_examines_what_it_returns(lists.find_page(USER, seen[4], 3), 4)
    assert_examines_what_it_returns(lists.find_page(USER, seen[8], 3), 2)  # the last page ends with this learner


def test_unfinished_is_the_last_watched_first_without_completed_and_hidden(
    lists: MongoProgressLists, collection: Collection[dict[str, Any]]
) -> None:
    watch(collection, *keys(USER, "c1", 4))
    watch(collection, Key(USER, "c1", "done"), watched=((0, 600),))
    collection.update_one({"videoId": "video-002"}, {"$set": {"playback.hidden": to_date(NOW + 60_000)}})
    found = [one.key.video_id for one in lists.unfinished(USER, 10)]
    assert found == ["video-003", "video-001", "video-000"]
    assert_examines_what_it_returns(lists.find_unfinished(USER, 2), 2)


def test_a_hidden_video_is_back_with_the_next_play_and_not_with_an_earlier_one(
    lists: MongoProgressLists, collection: Collection[dict[str, Any]]
) -> None:
    key = Key(USER, "c1", "v")
    watch(collection, key)
    collection.update_one({"videoId": "v"}, {"$set": {"playback.hidden": to_date(NOW + 60_000)}})
    MongoProgressStore(collection).merge(contribution(report(key=key, at=NOW + 30_000, seq=2)))
    assert lists.unfinished(USER, 10) == []
    MongoProgressStore(collection).merge(contribution(report(key=key, at=NOW + 90_000, seq=3)))
    assert [one.key for one in lists.unfinished(USER, 10)] == [key]


def test_a_roll_up_of_300_videos_moves_at_most_half_of_the_documents(
    lists: MongoProgressLists, collection: Collection[dict[str, Any]]
) -> None:
    watched = tuple((second, second + 20) for second in range(0, 600, 60))
    watch(collection, *keys(USER, "c1", 300), watched=watched)
    projected = sum(len(bson.encode(one)) for one in lists.find_course(USER, "c1"))
    whole = sum(len(bson.encode(one)) for one in collection.find({"userId": USER, "courseId": "c1"}))
    assert projected <= whole / 2
