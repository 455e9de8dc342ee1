"""Merges whose answer is lost on its way: sent again by the store itself, they change nothing the second time."""

from collections.abc import Iterator
from contextlib import closing, suppress
from typing import Any

import pytest
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import AutoReconnect

from playhead.adapters.mongo_client import connect
from playhead.adapters.mongo_documents import identity, progress_of
from playhead.adapters.mongo_progress import COLLECTION, MongoProgressStore
from playhead.domain.errors import StoreUnavailable
from playhead.domain.progress import Progress, merge
from playhead.domain.report import Key
from tests.builders import KEY, contribution, report
from tests.silence import Way

type Progresses = Collection[dict[str, Any]]

WHOLE = contribution(report(watched=((0, 600),), position=600, duration=600))


@pytest.fixture
def distant(way: Way, database: Database[dict[str, Any]]) -> Iterator[MongoProgressStore]:
    """Return the store at the end of that way, connected as the write path is."""
    uri = f"mongodb://127.0.0.1:{way.port}/?directConnection=true&retryWrites=true"
    with closing(connect(uri, retry_writes=False)) as client:
        yield MongoProgressStore(client[database.name][COLLECTION])


def _stored(collection: Progresses, key: Key = KEY) -> Progress:
    return progress_of(key, collection.find_one(identity(key)) or {})


def test_a_first_merge_is_merged_once(way: Way, distant: MongoProgressStore, collection: Progresses) -> None:
    way.lose_answers("upsert\0\1")
    progress = distant.merge(WHOLE)
    assert way.answers_left_to_lose == 0, "it was the first merge's answer that was lost"
    assert progress
    assert (progress.watched, progress.watch_count) == (((0, 600),), 1)
    assert _stored(collection) == merge(Progress(KEY), WHOLE), "complete once, with one entry in the outbox"


def test_a_later_merge_is_merged_once(way: Way, distant: MongoProgressStore, collection: Progresses) -> None:
    first = contribution()
    distant.merge(first)
    way.lose_answers("findAndModify")
    assert distant.merge(WHOLE)
    assert way.answers_left_to_lose == 0
    assert _stored(collection) == merge(merge(Progress(KEY), first), WHOLE)


def test_many_merges_are_merged_once(way: Way, distant: MongoProgressStore, collection: Progresses) -> None:
    keys = [Key("learner-1", "course-1", f"video-{number}") for number in range(5)]
    many = [contribution(report(key=key)) for key in keys]
    way.lose_answers("update\0")
    assert distant.merge_all(many) == []
    assert way.answers_left_to_lose == 0
    assert [_stored(collection, key) for key in keys] == [merge(Progress(one.key), one) for one in many]


def test_a_way_that_breaks_twice_is_said_to_be_broken(way: Way, distant: MongoProgressStore) -> None:
    distant.merge(contribution())
    way.lose_answers("findAndModify", "findAndModify")
    with pytest.raises(StoreUnavailable):
        distant.merge(WHOLE)
    assert way.answers_left_to_lose == 0


def test_a_merge_outlives_a_change_of_the_primary(mongodb_uri: str, collection: Progresses) -> None:
    """Here the only member steps down and is elected again: merges wait for it."""
    with closing(connect(f"{mongodb_uri.partition('?')[0]}?replicaSet=playhead", retry_writes=False)) as client:
        store = MongoProgressStore(client[collection.database.name][COLLECTION])
        store.merge(contribution())
        with suppress(AutoReconnect):
            collection.database.client.admin.command("replSetStepDown", 1, force=True, secondaryCatchUpPeriodSecs=0)
        assert store.merge(WHOLE)
    assert _stored(collection).completed


def test_the_server_keeps_no_copy_for_the_driver(distant: MongoProgressStore, collection: Progresses) -> None:
    """What a deployer's connection string says of retries is not for merges."""
    copies = collection.database.client["config"]["image_collection"]
    before = copies.estimated_document_count()
    for number in range(3):
        distant.merge(contribution(report(seq=number)))
    assert copies.estimated_document_count() == before
