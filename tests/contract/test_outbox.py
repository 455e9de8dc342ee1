"""The outbox on a real mongod: one entry for each attempt that was completed, however; gone when it was announced."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from pymongo.collection import Collection

from playhead.adapters.mongo_changes import MongoProgressChanges
from playhead.adapters.mongo_documents import identity
from playhead.adapters.mongo_outbox import MongoOutbox
from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.domain.announcement import Waiting
from playhead.domain.progress import Completion
from playhead.domain.report import Key
from tests.builders import KEY, MINUTE, NOW, contribution, report, session_id

Documents = Collection[dict[str, Any]]


@pytest.fixture
def outbox(collection: Documents) -> MongoOutbox:
    """The outbox, on the same collection."""
    return MongoOutbox(collection)


def complete(store: MongoProgressStore, key: Key = KEY, at: int = NOW, began: int = NOW - 10 * MINUTE) -> None:
    """Watch nearly all of a video."""
    watched = report(key=key, watched=((0, 590),), session=session_id(began), session_at=began)
    store.merge(contribution(watched, received_at=at))


def test_a_completion_is_there_once_however_often_it_is_reported(
    store: MongoProgressStore, outbox: MongoOutbox
) -> None:
    store.merge(contribution(report(watched=((0, 100),))))
    assert outbox.waiting(10) == []
    for at in (NOW, NOW + 1, NOW + 2):
        complete(store, at=at)
    assert outbox.waiting(10) == [Waiting(KEY, Completion(NOW, 1))]


@pytest.mark.parametrize("round_", range(10))
def test_of_racing_completions_one_is_there(
    store: MongoProgressStore, changes: MongoProgressChanges, outbox: MongoOutbox, round_: int
) -> None:
    key = Key("learner-1", "course-1", f"race-{round_}")
    with ThreadPoolExecutor(12) as pool:
        racing: list[Future[Any]] = [pool.submit(complete, store, key, NOW + number) for number in range(8)]
        racing += [pool.submit(changes.complete, key, NOW + 100) for _ in range(4)]
    assert [one.exception() for one in racing] == [None] * len(racing)
    assert [(one.key, one.completion.attempt) for one in outbox.waiting(10)] == [(key, 1)]


def test_a_completion_by_hand_is_there_once(
    store: MongoProgressStore, changes: MongoProgressChanges, outbox: MongoOutbox
) -> None:
    changes.complete(KEY, NOW)
    changes.complete(KEY, NOW + 1)
    complete(store, at=NOW + 2)
    changes.withdraw_completion(KEY, threshold=90)
    assert outbox.waiting(10) == [Waiting(KEY, Completion(NOW, 1))]


def test_each_attempt_has_its_own(
    store: MongoProgressStore, changes: MongoProgressChanges, outbox: MongoOutbox
) -> None:
    complete(store)
    changes.reset(KEY, NOW + 1)
    complete(store, at=NOW + MINUTE, began=NOW + 2)
    assert [one.completion for one in outbox.waiting(10)] == [Completion(NOW, 1), Completion(NOW + MINUTE, 2)]
    changes.undo_reset(KEY, since=0)
    assert len(outbox.waiting(10)) == 2


def test_only_what_was_announced_is_taken_out(
    store: MongoProgressStore, changes: MongoProgressChanges, outbox: MongoOutbox, collection: Documents
) -> None:
    complete(store)
    announced = outbox.waiting(10)
    changes.reset(KEY, NOW + 1)
    complete(store, at=NOW + MINUTE, began=NOW + 2)
    before = collection.find_one(identity(KEY), {"outbox": 0})
    outbox.remove(announced)
    assert [one.completion.attempt for one in outbox.waiting(10)] == [2]
    outbox.remove(announced)  # by another sweeper
    assert [one.completion.attempt for one in outbox.waiting(10)] == [2]
    outbox.remove(outbox.waiting(10))
    assert outbox.waiting(10) == []
    assert collection.find_one(identity(KEY)) == before  # the field is gone, and nothing else has changed
    outbox.remove([])


def test_those_that_have_waited_longest_come_first_by_one_query_that_examines_no_others(
    store: MongoProgressStore, outbox: MongoOutbox
) -> None:
    keys = [Key(f"learner-{number}", "course-1", "video-1") for number in range(20)]
    for number, key in enumerate(keys):
        store.merge(contribution(report(key=key, watched=((0, 30),))))
        if number % 2:
            complete(store, key, at=NOW - number)
    assert [one.key for one in outbox.waiting(4)] == [keys[19], keys[17], keys[15], keys[13]]
    stats = outbox.find_waiting(4).explain()["executionStats"]
    assert (stats["nReturned"], stats["totalDocsExamined"]) == (4, 4)
    assert stats["totalKeysExamined"] <= 5
