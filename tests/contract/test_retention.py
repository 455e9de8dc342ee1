"""Retention on a real mongod: a TTL index that is made, changed and dropped as told, and only then."""

from typing import Any

import pytest
from pymongo.database import Database

from playhead.adapters.mongo_indexes import ensure_indexes
from playhead.adapters.mongo_progress import COLLECTION
from playhead.adapters.mongo_retention import NAME, MongoRetention

DAY = 24 * 3600


@pytest.fixture
def retention(mongodb_database: Database[dict[str, Any]]) -> MongoRetention:
    """The retention of an empty database."""
    return MongoRetention(mongodb_database[COLLECTION])


def index(database: Database[dict[str, Any]]) -> dict[str, Any] | None:
    """Return what the server says of the index."""
    found: dict[str, Any] | None = dict(database[COLLECTION].index_information()).get(NAME)
    return found


def test_the_index_is_made_changed_and_dropped(
    retention: MongoRetention, mongodb_database: Database[dict[str, Any]]
) -> None:
    others = mongodb_database[COLLECTION].index_information()
    assert retention.keep(0) is False
    assert index(mongodb_database) is None
    for days in (365, 30):
        assert retention.keep(days) is True
        made = index(mongodb_database)
        assert made
        assert (made["key"], made["expireAfterSeconds"]) == ([("updatedAt", 1)], days * DAY)
        assert retention.keep(days) is False
    assert retention.keep(0) is True
    assert mongodb_database[COLLECTION].index_information() == others


def test_it_is_made_before_there_is_any_progress(mongodb_database: Database[dict[str, Any]]) -> None:
    mongodb_database.drop_collection(COLLECTION)
    assert MongoRetention(mongodb_database[COLLECTION]).keep(7) is True
    assert MongoRetention(mongodb_database["no-progress"]).keep(0) is False


def test_the_most_days_that_can_be_set_are_accepted(
    retention: MongoRetention, mongodb_database: Database[dict[str, Any]]
) -> None:
    assert retention.keep(24_855) is True
    made = index(mongodb_database)
    assert made
    assert made["expireAfterSeconds"] == 24_855 * DAY


def test_making_the_other_indexes_leaves_it_as_it_is(
    retention: MongoRetention, mongodb_database: Database[dict[str, Any]]
) -> None:
    retention.keep(90)
    before = mongodb_database[COLLECTION].index_information()
    ensure_indexes(mongodb_database)
    assert mongodb_database[COLLECTION].index_information() == before
