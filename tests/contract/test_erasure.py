"""Erasure on a real mongod and DynamoDB: all of one learner goes, and no session from before brings anything back."""

from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Event, Thread
from typing import Any

import pytest
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.monitoring import CommandListener, CommandStartedEvent

from local.ministack import LocalAws
from playhead.adapters.dynamodb_burst import DynamoDBBurst
from playhead.adapters.dynamodb_claims import DynamoDBClaims
from playhead.adapters.dynamodb_throttle import DynamoDBThrottle
from playhead.adapters.mongo_changes import MongoProgressChanges
from playhead.adapters.mongo_erasures import MongoErasure
from playhead.adapters.mongo_learners import KEPT_SECONDS
from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.domain.errors import StoreUnavailable
from playhead.domain.progress import Contribution
from playhead.domain.report import Key
from playhead.ports import ProgressStore
from tests.builders import HOUR, KEY, MINUTE, NOW, claim, contribution, report, session_id
from tests.fakes import FakeProgressStore

Documents = Collection[dict[str, Any]]
USER = KEY.user_id
OTHER = KEY._replace(video_id="video-2")


@pytest.fixture
def erasure(collection: Documents) -> MongoErasure:
    """The real erasure."""
    return MongoErasure(collection)


def of(began: int, key: Key = KEY, **changes: Any) -> Contribution:  # noqa: ANN401 - any field of a report
    """Return the contribution of a session that began at a time."""
    return contribution(report(key=key, session=session_id(began), session_at=began, **changes))


def erase(erasure: MongoErasure, user: str = USER, now: int = NOW) -> int:
    """Mark and delete."""
    erasure.mark(user, now)
    return erasure.delete(user)


OLD, NEW = of(NOW - MINUTE), of(NOW + 1, watched=((100, 110),))


@pytest.fixture(params=["fake", "mongodb"])
def erased(request: pytest.FixtureRequest) -> ProgressStore:
    """Return a store whose learner had everything erased at NOW; the fake and the real one in turn."""
    if request.param == "fake":
        return FakeProgressStore(erased={USER: NOW})
    collection: Documents = request.getfixturevalue("collection")
    erase(MongoErasure(collection))
    return MongoProgressStore(collection)


def test_a_session_from_before_brings_nothing_back(erased: ProgressStore) -> None:
    assert erased.merge(OLD) is None
    assert erased.merge_all([OLD, of(NOW - HOUR, OTHER)]) == [OLD, of(NOW - HOUR, OTHER)]
    assert erased.read(KEY).position is None
    assert (erased.erased_at(USER), erased.erased_at("learner-2")) == (NOW, None)


def test_nor_does_it_after_a_new_session_has_begun_the_video_anew(erased: ProgressStore) -> None:
    assert erased.merge(NEW)
    assert erased.merge(OLD) is None
    assert erased.merge_all([OLD, of(NOW + 2, OTHER), of(NOW - 1, OTHER)]) == [OLD, of(NOW - 1, OTHER)]
    assert erased.read(KEY).watched == ((100, 110),)
    assert erased.read(OTHER).watch_count == 1


def test_old_and_new_sessions_of_a_batch_are_told_apart(erased: ProgressStore) -> None:
    assert erased.merge_all([OLD, NEW]) == [OLD]
    assert erased.read(KEY).watched == ((100, 110),)
    assert erased.merge_all([NEW, of(NOW + MINUTE, OTHER)]) == []


def test_a_completion_by_hand_does_not_open_the_door(collection: Documents, erasure: MongoErasure) -> None:
    erase(erasure)
    MongoProgressChanges(collection).complete(KEY, NOW + 1)
    assert MongoProgressStore(collection).merge(OLD) is None
    assert MongoProgressStore(collection).merge(NEW)


def test_all_of_one_learner_goes_and_nothing_of_others(collection: Documents, erasure: MongoErasure) -> None:
    store, user = MongoProgressStore(collection), str(ObjectId())
    mine = [Key(user, course, f"v{number}") for course in ("c", str(ObjectId())) for number in range(3)]
    store.merge_all([of(NOW, key) for key in mine])
    store.merge(OLD)
    assert sorted(erasure.keys(user)) == sorted(mine)
    assert erase(erasure, user) == 6
    assert (erasure.keys(user), erase(erasure, user)) == ([], 0)
    assert store.read(KEY).watch_count == 1


def test_an_erasure_is_never_dated_back(collection: Documents, erasure: MongoErasure) -> None:
    erase(erasure, now=NOW)
    erase(erasure, now=NOW - HOUR)
    assert MongoProgressStore(collection).erased_at(USER) == NOW


def test_tombstones_go_after_400_days(collection: Documents) -> None:
    indexes = collection.database["learners"].index_information()
    assert indexes["erasedAt_1"]["expireAfterSeconds"] == KEPT_SECONDS == 400 * 86400


class _Commands(CommandListener):
    """Which commands are sent; one of them may be held until the test lets it go."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.before: dict[str, Callable[[], object]] = {}

    def started(self, event: CommandStartedEvent) -> None:
        self.names.append(event.command_name)
        if event.command_name in self.before:
            self.before.pop(event.command_name)()

    def succeeded(self, event: object) -> None:
        """Nothing to note."""

    def failed(self, event: object) -> None:
        """Nothing to note."""


@pytest.fixture
def watched(collection: Documents, mongodb_uri: str) -> Iterator[tuple[MongoProgressStore, _Commands]]:
    """Return a store, and the commands that it sends."""
    from pymongo import MongoClient  # noqa: PLC0415 - for this fixture alone

    commands = _Commands()
    with MongoClient[dict[str, Any]](mongodb_uri, tz_aware=True, event_listeners=[commands]) as client:
        store = MongoProgressStore(client[collection.database.name][collection.name])
        store.read(KEY)
        commands.names.clear()
        yield store, commands


def test_only_a_first_report_pays(watched: tuple[MongoProgressStore, _Commands]) -> None:
    store, commands = watched
    store.merge(OLD)
    assert commands.names == ["findAndModify", "find", "findAndModify", "find"]
    commands.names.clear()
    store.merge(NEW)
    assert commands.names == ["findAndModify"]
    commands.names.clear()
    store.merge_all([NEW, of(NOW, OTHER)])
    assert commands.names == ["find", "update", "find"]


@pytest.mark.parametrize("bulk", [False, True])
def test_an_erasure_in_the_middle_of_a_first_report_leaves_nothing(
    watched: tuple[MongoProgressStore, _Commands], erasure: MongoErasure, *, bulk: bool
) -> None:
    """The report has read that there is no tombstone; before it writes, everything is erased."""
    store, commands = watched
    write = "update" if bulk else "findAndModify"

    def hold_the_write() -> None:
        commands.before[write] = lambda: erase(erasure)

    commands.before["find"] = hold_the_write
    assert (store.merge_all([OLD]) if bulk else store.merge(OLD)) == ([OLD] if bulk else None)
    assert store.read(KEY).position is None


def test_many_reports_against_an_erasure(collection: Documents, erasure: MongoErasure) -> None:
    """Whatever the order: none of the learner's old sessions is there in the end."""
    keys = [KEY._replace(video_id=f"v{number}") for number in range(60)]
    started = Event()

    def report_all() -> None:
        store = MongoProgressStore(collection)
        for number, key in enumerate(keys):
            store.merge(of(NOW - MINUTE, key))
            if number == 5:
                started.set()

    thread = Thread(target=report_all)
    thread.start()
    started.wait(10)
    erase(erasure)
    thread.join()
    assert erasure.keys(USER) == []


@pytest.fixture
def claims(aws: LocalAws, throttle_table: str) -> Iterator[tuple[Any, DynamoDBClaims]]:
    """Return a client, and the claims on an empty table."""
    with closing(aws.client("dynamodb")) as client:
        yield client, DynamoDBClaims(client, throttle_table)


def test_claims_of_the_learner_go_and_nobody_elses(claims: tuple[Any, DynamoDBClaims], throttle_table: str) -> None:
    client, forgetting = claims
    mine = [Key("a#b", "c/1", f"v{number}") for number in range(12)]
    theirs = Key("a", "b#c/1", "v1")
    for key in (*mine, theirs):
        DynamoDBThrottle(client, throttle_table).claim(claim(key=key))
    for user in ("a#b", "a"):
        DynamoDBBurst(client, throttle_table).book(user, NOW)
    forgetting.forget("a#b", [*mine, Key("a#b", "never", "claimed")])
    left = client.scan(TableName=throttle_table, ConsistentRead=True)["Items"]
    assert sorted(one["key"]["S"] for one in left) == ["a", "a#b%23c%2F1#v1"]


def test_claims_out_of_reach_are_told(aws: LocalAws) -> None:
    with closing(aws.client("dynamodb")) as client, pytest.raises(StoreUnavailable):
        DynamoDBClaims(client, "no-such-table").forget(USER, [KEY])
