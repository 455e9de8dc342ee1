"""The port HabitsLog on a real mongod: the half hours of what was reported since, by one query that reads no more."""

from typing import Any

import pytest
from pymongo.collection import Collection

from playhead.adapters.mongo_documents import to_date
from playhead.adapters.mongo_habits import MongoHabitsLog
from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.domain.habits import half_hour
from playhead.domain.report import Key
from tests.builders import HOUR, NOW, contribution, report

Documents = dict[str, Any]


@pytest.fixture
def log(collection: Collection[Documents]) -> MongoHabitsLog:
    """What two learners watched: one of them in five videos, two of which lie long back."""
    store = MongoProgressStore(collection)
    for number in range(5):
        store.merge(contribution(report(key=Key("learner-1", "course", f"video-{number}"))))
    store.merge(contribution(report(key=Key("learner-2", "course", "video-0"))))
    collection.update_many({}, {"$set": {"updatedAt": to_date(NOW)}})
    long_back = {"videoId": {"$in": ["video-3", "video-4"]}}
    collection.update_many(long_back, {"$set": {"updatedAt": to_date(NOW - 2 * HOUR)}})
    collection.insert_one({"userId": "learner-1", "courseId": "old", "videoId": "old", "updatedAt": to_date(NOW)})
    return MongoHabitsLog(collection)


def test_the_half_hours_of_what_was_reported_since(log: MongoHabitsLog) -> None:
    watched = ((half_hour(NOW), ((0, 30),)),)
    assert sorted(log.half_hours("learner-1", NOW - HOUR)) == [(), watched, watched, watched]
    assert log.half_hours("nobody", 0) == []


def test_no_more_is_read_than_given(log: MongoHabitsLog) -> None:
    stats = log.find("learner-1", NOW - HOUR).explain()["executionStats"]
    assert (stats["nReturned"], stats["totalDocsExamined"]) == (4, 4)
