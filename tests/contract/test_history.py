"""A video's viewings on the fake and on a real mongod: the ten newest, the latest first, by a read of one document."""

from typing import Any

import pytest
from pymongo.collection import Collection

from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.ports import ProgressStore
from tests.builders import HOUR, KEY, MINUTE, NOW, contribution, report, session_id
from tests.fakes import FakeProgressStore

Documents = Collection[dict[str, Any]]


@pytest.fixture(params=["fake", "mongodb"])
def store(request: pytest.FixtureRequest) -> ProgressStore:
    """The fake and the real one in turn."""
    return FakeProgressStore() if request.param == "fake" else MongoProgressStore(request.getfixturevalue("collection"))


def watch(store: ProgressStore, number: int, **changes: Any) -> None:  # noqa: ANN401 - any field of a report
    """Merge a report of the number-th viewing, an hour after the one before."""
    began = NOW - (20 - number) * HOUR
    fields = {"session": session_id(began), "session_at": began, "at": began + MINUTE, "position": number}
    store.merge(contribution(report(**(fields | changes))))


def test_the_ten_newest_viewings_the_latest_first(store: ProgressStore) -> None:
    for number in (3, 1, 2, *range(4, 13)):
        watch(store, number, device="tv" if number % 2 else "")
    found = store.viewings(KEY)
    assert [(one.seconds, one.device) for one in found[:2]] == [(12, ""), (11, "tv")]
    assert [one.seconds for one in found] == list(range(12, 2, -1))


def test_a_viewing_is_told_by_its_last_position(store: ProgressStore) -> None:
    watch(store, 1)
    watch(store, 1, seq=2, at=NOW, position=99)
    watch(store, 1, seq=3, at=NOW - MINUTE, position=55)
    assert [(one.seconds, one.at) for one in store.viewings(KEY)] == [(99, NOW)]


def test_of_nothing_there_is_no_viewing(store: ProgressStore) -> None:
    assert store.viewings(KEY) == []


def test_a_read_tells_the_devices(store: ProgressStore) -> None:
    watch(store, 1, device="tv")
    watch(store, 2, device="phone")
    assert [one.device for one in store.read(KEY).devices] == ["phone", "tv"]


def test_old_entries_of_another_shape_are_left_out(collection: Documents) -> None:
    old = {"userId": KEY.user_id, "courseId": KEY.course_id, "videoId": KEY.video_id}
    collection.insert_one({**old, "watchHistory": [{"watchedAt": 5, "duration": 7}, "x"], "watchedDuration": 5})
    assert MongoProgressStore(collection).viewings(KEY) == []


def test_one_document_is_examined(collection: Documents) -> None:
    store = MongoProgressStore(collection)
    for number in range(5):
        watch(store, number)
        store.merge(contribution(report(key=KEY._replace(video_id=f"other-{number}"))))
    stats = store.find_viewings(KEY).explain()["executionStats"]
    assert (stats["nReturned"], stats["totalDocsExamined"], stats["totalKeysExamined"]) == (1, 1, 1)
