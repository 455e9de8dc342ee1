"""Without history a learner's progress is kept and no viewing is: at once, and in documents that are made later."""

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.collection import Collection

from playhead.adapters.mongo_changes import MongoProgressChanges
from playhead.adapters.mongo_documents import identity, progress_of
from playhead.adapters.mongo_erasures import MongoErasure
from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.adapters.mongo_settings import MongoSettings
from playhead.domain.learner import Learner
from playhead.domain.progress import Progress, merge
from playhead.domain.report import Key, Report
from playhead.ports import ProgressStore
from tests.builders import HOUR, KEY, MINUTE, NOW, contribution, report, session_id
from tests.fakes import FakeProgressStore
from tests.strategies import reports

Documents = Collection[dict[str, Any]]
USER = KEY.user_id
LATE = report(at=NOW - HOUR, session=session_id(NOW - 2 * HOUR), session_at=NOW - 2 * HOUR, device="phone", seq=7)


@pytest.fixture
def mine(collection: Documents) -> MongoSettings:
    """The settings."""
    return MongoSettings(collection)


def document(collection: Documents, key: Key = KEY) -> dict[str, Any]:
    """Return a key's document."""
    found = collection.find_one(identity(key))
    assert found
    return found


def history(stored: dict[str, Any]) -> tuple[Any, ...]:
    """Return what a document holds of single viewings."""
    playback = stored["playback"]
    return stored["watchHistory"], playback["devices"], playback.get("halfHours", {})


NONE: tuple[Any, ...] = ([], {}, {})


def test_where_nothing_was_set_viewings_are_kept(mine: MongoSettings) -> None:
    assert mine.read(USER) == Learner(erased_at=None, history=True)


def test_viewings_are_forgotten_at_once_and_no_merge_brings_any(mine: MongoSettings, collection: Documents) -> None:
    store = MongoProgressStore(collection)
    other = KEY._replace(video_id="video-2")
    bystander = KEY._replace(user_id="learner-2")
    for key in (KEY, other, bystander):
        store.merge(contribution(report(key=key, device="laptop")))
    mine.set_history(USER, NOW, kept=False)
    assert mine.read(USER).history is False
    for key in (KEY, other):
        assert history(document(collection, key)) == NONE
        assert document(collection, key)["playback"]["watched"] == [{"start": 0, "end": 30}]
    assert history(document(collection, bystander)) != NONE

    store.merge(contribution(report(device="tv", seq=2, watched=((30, 60),), position=60)))
    store.merge_all([contribution(LATE), contribution(report(key=other, device="tv", seq=2))])
    stored = document(collection)
    assert history(stored) == NONE
    assert history(document(collection, other)) == NONE
    assert (stored["watchCount"], stored["playback"]["watched"]) == (2, [{"start": 0, "end": 60}])
    assert stored["playback"]["position"]["seconds"] == 60


@pytest.mark.parametrize("begin", ["merge", "merge_all", "complete"])
def test_a_new_document_holds_none(mine: MongoSettings, collection: Documents, begin: str) -> None:
    mine.set_history(USER, NOW, kept=False)
    store = MongoProgressStore(collection)
    one = contribution(report(device="laptop"))
    ways: dict[str, Callable[[], object]] = {
        "merge": lambda: store.merge(one),
        "merge_all": lambda: store.merge_all([one]),
        "complete": lambda: MongoProgressChanges(collection).complete(KEY, NOW),
    }
    ways[begin]()
    assert history(document(collection)) == NONE
    store.merge(contribution(report(device="laptop", seq=2)))
    assert history(document(collection)) == NONE


def test_an_old_document_loses_its_viewings_and_keeps_the_rest(mine: MongoSettings, collection: Documents) -> None:
    old = {"watchedDuration": 55, "totalDuration": 60, "watchedPercentage": 92, "isCompleted": True, "__v": 3}
    collection.insert_one({**identity(KEY), **old, "watchHistory": [{"watchedAt": None, "duration": 55}]})
    mine.set_history(USER, NOW, kept=False)
    assert history(document(collection)) == NONE
    merged = MongoProgressStore(collection).merge(contribution(report(duration=60, position=20, watched=((0, 20),))))
    assert merged
    assert (merged.percentage, merged.completed, merged.furthest) == (92, True, 55)
    assert history(document(collection)) == NONE


def test_switched_on_again_viewings_are_kept_from_then_on(mine: MongoSettings, collection: Documents) -> None:
    store = MongoProgressStore(collection)
    store.merge(contribution(report()))
    mine.set_history(USER, NOW, kept=False)
    mine.set_history(USER, NOW, kept=True)
    assert mine.read(USER).history
    store.merge(contribution(report(seq=2, position=44)))
    assert [one.seconds for one in store.viewings(KEY)] == [44]
    assert "historyOff" not in document(collection)["playback"]


def test_a_reset_and_its_undoing_leave_it_off(mine: MongoSettings, collection: Documents) -> None:
    store, changes = MongoProgressStore(collection), MongoProgressChanges(collection)
    store.merge(contribution(report()))
    mine.set_history(USER, NOW, kept=False)
    changes.reset(KEY, NOW)
    began = {"session": session_id(NOW + 1), "session_at": NOW + 1, "at": NOW + MINUTE}
    store.merge(contribution(report(device="tv", **began)))
    changes.undo_reset(KEY, since=0)
    assert history(document(collection)) == NONE


def test_an_erasure_takes_the_settings_and_leaves_the_tombstone(mine: MongoSettings, collection: Documents) -> None:
    mine.set_history(USER, NOW, kept=False)
    MongoErasure(collection).mark(USER, NOW)
    assert mine.read(USER) == Learner(erased_at=NOW, history=True)
    mine.set_history(USER, NOW + 1, kept=False)
    assert mine.read(USER) == Learner(erased_at=NOW, history=False)
    (stored,) = collection.database["learners"].find()
    assert set(stored) == {"_id", "erasedAt", "history"}


class PausedCollection:
    """A collection on which a document is made only when the test lets it."""

    def __init__(self, collection: Documents) -> None:
        self._collection = collection
        self.about_to_make, self.go_on = Event(), Event()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - all that a collection has
        return getattr(self._collection, name)

    def find_one_and_update(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as the driver has it
        """Wait before an upsert."""
        if options.get("upsert"):
            self.about_to_make.set()
            assert self.go_on.wait(10)
        return self._collection.find_one_and_update(*arguments, **options)


def test_a_document_that_is_made_while_it_is_switched_off_holds_none(
    mine: MongoSettings, collection: Documents
) -> None:
    paused = PausedCollection(collection)
    store = MongoProgressStore(paused)  # type: ignore[arg-type] # all that the store uses of one
    first = Thread(target=store.merge, args=[contribution(report(device="laptop"))])
    first.start()
    assert paused.about_to_make.wait(10)
    mine.set_history(USER, NOW, kept=False)
    paused.go_on.set()
    first.join(10)
    assert history(document(collection)) == NONE
    assert document(collection)["playback"]["historyOff"] is True


@pytest.fixture(params=["fake", "mongodb"])
def without_history(request: pytest.FixtureRequest) -> ProgressStore:
    """Return a store whose learner wants no history; the fake and the real one in turn."""
    if request.param == "fake":
        return FakeProgressStore(without_history={USER})
    collection: Documents = request.getfixturevalue("collection")
    MongoSettings(collection).set_history(USER, NOW, kept=False)
    return MongoProgressStore(collection)


def test_progress_is_kept_without_viewings(without_history: ProgressStore) -> None:
    merged = without_history.merge(contribution(report(device="laptop")))
    assert merged
    assert (merged.watched, merged.watch_count) == (((0, 30),), 1)
    assert without_history.viewings(KEY) == []
    assert without_history.read(KEY).devices == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(reports(), min_size=1, max_size=6))
def test_the_update_equals_the_reference(collection: Documents, some: list[Report]) -> None:
    collection.delete_many({})
    MongoSettings(collection).set_history(USER, NOW, kept=False)
    store, reference = MongoProgressStore(collection), Progress(KEY, history_off=True)
    for one in some:
        store.merge(contribution(one))
        reference = merge(reference, contribution(one))
    assert progress_of(KEY, document(collection)) == reference
