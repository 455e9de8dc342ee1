"""Changes by hand on a real mongod: attempts and their end, completion, hiding, position; nothing watched is lost."""

from typing import Any

from pymongo.collection import Collection

from playhead.adapters.mongo_changes import MongoProgressChanges
from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.domain.progress import Progress
from playhead.domain.report import Position
from tests.builders import HOUR, KEY, MINUTE, NOW, contribution, report, session_id

Documents = Collection[dict[str, Any]]
DAY = 24 * HOUR


def watch(store: MongoProgressStore, start: int, end: int, began: int = NOW - HOUR, **changes: Any) -> Progress | None:  # noqa: ANN401
    """Merge a report of seconds of a 600 s video, in a session that began at a time."""
    fields = {"watched": ((start, end),), "position": end, "session": session_id(began), "session_at": began}
    return store.merge(contribution(report(**(fields | changes))))


def test_a_reset_begins_anew_and_keeps_the_attempt(
    store: MongoProgressStore, changes: MongoProgressChanges, collection: Documents
) -> None:
    before = watch(store, 0, 590)
    assert before
    assert before.completed
    after = changes.reset(KEY, NOW)
    assert (after.watched, after.percentage, after.completed, after.completed_at) == ((), 0, False, None)
    assert (after.position, after.furthest, after.attempt) == (None, 0, 1)  # the list of fields read leaves attempt out
    stored = collection.find_one({}, {"playback": 1})
    assert stored
    assert stored["playback"]["attempt"] == 2
    (kept,) = stored["playback"]["archive"]
    assert (kept["isCompleted"], kept["watchedPercentage"], kept["watched"]) == (True, 98, [{"start": 0, "end": 590}])


def test_late_reports_of_the_old_attempt_do_not_bring_it_back(
    store: MongoProgressStore, changes: MongoProgressChanges
) -> None:
    watch(store, 0, 590)
    changes.reset(KEY, NOW)
    late = contribution(report(watched=((0, 500),)))
    fresh = contribution(report(watched=((10, 20),), session=session_id(NOW + 1), session_at=NOW + 1))
    assert store.merge(late) is None
    assert store.merge_all([late, fresh]) == [late]
    progress = store.read(KEY)
    assert (progress.watched, progress.percentage) == (((10, 20),), 1)


def test_a_reset_of_nothing_stores_nothing(changes: MongoProgressChanges, collection: Documents) -> None:
    assert changes.reset(KEY, NOW) == Progress(KEY)
    assert collection.count_documents({}) == 0


def test_an_undone_reset_brings_everything_back_with_what_was_watched_since(
    store: MongoProgressStore, changes: MongoProgressChanges, collection: Documents
) -> None:
    watch(store, 0, 545)
    changes.reset(KEY, NOW)
    watch(store, 590, 600, began=NOW + MINUTE, at=NOW + 2 * MINUTE)
    restored = changes.undo_reset(KEY, since=NOW - DAY)
    assert restored
    assert restored.watched == ((0, 545), (590, 600))
    assert (restored.completed, restored.completed_at) == (True, NOW)
    assert restored.position
    assert restored.position.seconds == 600
    stored = collection.find_one({}, {"playback": 1})
    assert stored
    assert (stored["playback"]["attempt"], stored["playback"]["watchedSeconds"]) == (1, 555)
    assert not {"last", "attemptAt"} & stored["playback"].keys()
    late = watch(store, 545, 550)
    assert late
    assert late.watched == ((0, 550), (590, 600))


def test_a_reset_is_undone_once_and_not_after_its_time(
    store: MongoProgressStore, changes: MongoProgressChanges
) -> None:
    watch(store, 0, 30)
    assert changes.undo_reset(KEY, since=0) is None
    changes.reset(KEY, NOW)
    assert changes.undo_reset(KEY, since=NOW + DAY) is None
    assert changes.undo_reset(KEY, since=NOW - DAY) is not None
    assert changes.undo_reset(KEY, since=NOW - DAY) is None


def test_completion_by_hand_and_its_withdrawal(store: MongoProgressStore, changes: MongoProgressChanges) -> None:
    never_played = changes.complete(KEY, NOW)
    assert (never_played.completed, never_played.completed_at, never_played.percentage) == (True, NOW, 0)
    watched = watch(store, 0, 60)
    assert watched
    assert (watched.completed, watched.percentage) == (True, 10)
    withdrawn = changes.withdraw_completion(KEY, threshold=90)
    assert (withdrawn.completed, withdrawn.completed_at, withdrawn.watched) == (False, None, ((0, 60),))


def test_a_completion_by_watching_is_not_withdrawn(store: MongoProgressStore, changes: MongoProgressChanges) -> None:
    watch(store, 0, 590)
    assert changes.withdraw_completion(KEY, threshold=90).completed
    changes.complete(KEY, NOW)
    assert changes.withdraw_completion(KEY, threshold=90).completed


def test_a_position_by_hand_wins_until_the_next_report(
    store: MongoProgressStore, changes: MongoProgressChanges
) -> None:
    watch(store, 0, 60)
    moved = changes.move(KEY, Position(NOW + 1, 0, "", "", 10))
    assert moved.position
    assert (moved.position.seconds, moved.watched) == (10, ((0, 60),))
    later = watch(store, 60, 70, at=NOW + 2, seq=2)
    assert later
    assert later.position
    assert later.position.seconds == 70


def test_hiding_leaves_progress_as_it_is(
    store: MongoProgressStore, changes: MongoProgressChanges, collection: Documents
) -> None:
    before = watch(store, 0, 60)
    assert changes.hide(KEY, NOW + 1, hidden=True) == before
    assert collection.count_documents({"playback.hidden": {"$type": "date"}}) == 1
    assert changes.hide(KEY, NOW + 2, hidden=False) == before
    assert collection.count_documents({"playback.hidden": {"$exists": True}}) == 0


def test_an_old_document_is_taken_over_by_a_reset(changes: MongoProgressChanges, collection: Documents) -> None:
    old = {"userId": KEY.user_id, "courseId": KEY.course_id, "videoId": KEY.video_id, "watchedDuration": 55}
    collection.insert_one({**old, "totalDuration": 60, "watchedPercentage": 92, "isCompleted": True, "__v": 3})
    assert changes.reset(KEY, NOW).percentage == 0
    restored = changes.undo_reset(KEY, since=0)
    assert restored
    assert (restored.percentage, restored.completed, restored.furthest) == (92, True, 55)
