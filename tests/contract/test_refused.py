"""What the server understood and refused is our own fault, not an outage: it must not look like one that will pass."""

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.collection import Collection
from pymongo.errors import OperationFailure

from playhead.adapters.mongo_progress import COLLECTION, MongoProgressStore
from tests.builders import KEY, contribution, report


@pytest.fixture
def refusing(collection: Collection[dict[str, Any]]) -> Iterator[Collection[dict[str, Any]]]:
    """Return the collection while it takes no document of ours."""
    collection.insert_one({"never": True})  # so that the collection is there
    collection.database.command("collMod", COLLECTION, validator={"never": True})
    yield collection
    collection.database.command("collMod", COLLECTION, validator={})


def test_a_refused_merge_stays_what_it_is(refusing: Collection[dict[str, Any]]) -> None:
    store = MongoProgressStore(refusing)
    with pytest.raises(OperationFailure, match="validation"):
        store.merge(contribution())
    other = report(key=KEY._replace(video_id="video-2"))
    with pytest.raises(OperationFailure):
        store.merge_all([contribution(), contribution(other)])
