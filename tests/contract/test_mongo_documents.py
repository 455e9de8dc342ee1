"""What only MongoDB's store has to bear: ids, documents from before Playhead, strings that look like paths."""
# ruff: noqa: FBT001 - a case of a table comes as arguments

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Decimal128, ObjectId
from pymongo.collection import Collection

from playhead.adapters.mongo_documents import to_date
from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.domain.playback import MAX_DEVICES
from playhead.domain.progress import MAX_SESSIONS, Contribution, Progress
from playhead.domain.report import Key
from tests.builders import KEY, NOW, contribution, report, session_id

Documents = dict[str, Any]
HEX = ("65f000000000000000000001", "65f000000000000000000002", "65f000000000000000000003")
OLD_TIME = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
NASTY = ["$$ROOT", "$userId", "a.b", "$playback", "$$NOW", "$$REMOVE", "", "$", ".", "a.$.b", "\u00e9", "$literal"]


def _only(collection: Collection[Documents]) -> Documents:
    found = list(collection.find())
    assert len(found) == 1
    return found[0]


def _old_document(**changes: Any) -> Documents:  # noqa: ANN401 - any field of a document
    """Return a document as the old Mongoose model wrote it; a field that is changed to ... is left out."""
    user, course, video = map(ObjectId, HEX)
    fields: Documents = {
        "userId": user,
        "courseId": course,
        "videoId": video,
        "watchedDuration": 450,
        "totalDuration": 600,
        "watchedPercentage": 75,
        "completionPercentage": 75,
        "isCompleted": False,
        "firstWatchedAt": OLD_TIME,
        "lastWatchedAt": OLD_TIME + timedelta(hours=1),
        "watchHistory": [{"watchedAt": OLD_TIME, "duration": 450, "_id": ObjectId()}],
        "watchCount": 12,
        "averageWatchTime": 37.5,
        "createdAt": OLD_TIME,
        "updatedAt": OLD_TIME,
        "__v": 3,
    }
    return {name: value for name, value in (fields | changes).items() if value is not ...}


def _new_report(**changes: Any) -> Contribution:  # noqa: ANN401 - any field of a report
    return contribution(report(**({"key": Key(*HEX), "position": 20, "watched": ((0, 20),)} | changes)))


def _merged(store: MongoProgressStore, one: Contribution) -> Progress:
    progress = store.merge(one)
    assert progress
    return progress


def assert_just_now(date: datetime) -> None:
    """Check a time that the server's clock gave."""
    assert abs(datetime.now(UTC) - date) < timedelta(minutes=1)


# --- the document


def test_the_document_is_the_one_that_the_design_describes(
    store: MongoProgressStore, collection: Collection[Documents]
) -> None:
    store.merge(contribution(report(position=30.5, device="laptop")))
    document = _only(collection)
    session = session_id(NOW - 600_000)
    position = {"seconds": 30.5, "at": to_date(NOW), "seq": 1, "session": session, "device": "laptop"}
    assert isinstance(document.pop("_id"), ObjectId)
    assert_just_now(document.pop("updatedAt"))
    assert document == {
        "userId": "learner-1",
        "courseId": "course-1",
        "videoId": "video-1",
        "__v": 0,
        "createdAt": to_date(NOW),
        "watchedDuration": 30.5,
        "totalDuration": 600,
        "watchedPercentage": 5,
        "completionPercentage": 5,
        "isCompleted": False,
        "firstWatchedAt": to_date(NOW),
        "lastWatchedAt": to_date(NOW),
        "watchHistory": [position],
        "watchCount": 1,
        "averageWatchTime": 30,
        "playback": {
            "position": position,
            "furthest": 30.5,
            "watched": [{"start": 0, "end": 30}],
            "watchedSeconds": 30,
            "unverifiedSeconds": 0,
            "sessions": [session],
            "base": {"watchCount": 0, "watchedPercentage": 5, "completionPercentage": 5, "isCompleted": False},
            "devices": {"laptop": position},
            "halfHours": {"2027-01-15T08:00Z": [{"start": 0, "end": 30}]},
            "attempt": 1,
        },
    }


def test_completion_is_dated_once(store: MongoProgressStore, collection: Collection[Documents]) -> None:
    store.merge(contribution(report(watched=((0, 540),)), received_at=NOW + 1))
    store.merge(contribution(report(watched=((540, 600),)), received_at=NOW + 2))
    document = _only(collection)
    assert document["completedAt"] == to_date(NOW + 1)
    assert_just_now(document["updatedAt"])
    assert (document["watchedPercentage"], document["isCompleted"]) == (100, True)


def test_what_grows_without_end_is_bounded(store: MongoProgressStore, collection: Collection[Documents]) -> None:
    for number in range(MAX_SESSIONS + 3):
        one = report(session=session_id(NOW + number), device=f"device-{number}", at=NOW + number)
        store.merge(contribution(one))
    document = _only(collection)
    assert len(document["playback"]["sessions"]) == MAX_SESSIONS
    assert len(document["playback"]["devices"]) == MAX_DEVICES
    assert len(document["watchHistory"]) == 10
    assert document["watchCount"] == MAX_SESSIONS + 3
    assert document["playback"]["base"]["watchCount"] == 3
    assert [one["session"] for one in document["watchHistory"]] == [session_id(NOW + n) for n in range(43, 53)]


# --- ids


def test_ids_that_look_like_object_ids_are_stored_as_such(
    store: MongoProgressStore, collection: Collection[Documents]
) -> None:
    store.merge(_new_report())
    document = _only(collection)
    assert [document[name] for name in ("userId", "courseId", "videoId")] == [ObjectId(one) for one in HEX]
    assert store.read(Key(*HEX)).position is not None


@pytest.mark.parametrize(
    "text", ["x" * 24, "65f00000000000000000000", "65f0000000000000000000011", "aa " * 8, "\u0661" * 24]
)
def test_ids_that_only_nearly_look_so_stay_strings(
    store: MongoProgressStore, collection: Collection[Documents], text: str
) -> None:
    store.merge(contribution(report(key=Key(text, "c", "v"))))
    assert _only(collection)["userId"] == text


@pytest.mark.parametrize("user", [one for one in NASTY if one])
@pytest.mark.parametrize("bulk", [False, True])
def test_an_id_is_never_an_expression(
    store: MongoProgressStore,
    collection: Collection[Documents],
    user: str,
    bulk: bool,
) -> None:
    store.merge(contribution())
    one = contribution(report(key=Key(user, user, user)))
    _merge(store, one, bulk=bulk)
    assert collection.count_documents({"userId": {"$eq": user}, "courseId": {"$eq": user}}) == 1
    assert store.read(Key(user, user, user)).watched == ((0, 30),)
    assert store.read(Key(user, "course-1", "video-1")).position is None


def _merge(store: MongoProgressStore, one: Contribution, *, bulk: bool) -> None:
    if bulk:
        store.merge_all([one, contribution(report(key=Key("another", "c", "v")))])
    else:
        store.merge(one)


# --- strings


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("text", NASTY)
def test_no_string_of_a_report_is_ever_evaluated(
    store: MongoProgressStore,
    collection: Collection[Documents],
    text: str,
    count: int,
    bulk: bool,
) -> None:
    """The edge lets none of these in; the adapter is not to rely on it."""
    some = [report(session=text, device=text, at=NOW + number, seq=number) for number in range(count)]
    more = [report(session=f"{text}{text}", device=f"x{text}")] if count > 1 else []
    for _ in range(2):
        _merge(store, contribution(*some, *more), bulk=bulk)
    document = collection.find_one({"userId": KEY.user_id}) or {}
    position = {"seconds": 30, "at": to_date(NOW + count - 1), "seq": count - 1, "session": text, "device": text}
    playback = document["playback"]
    assert playback["position"] == position
    assert position in document["watchHistory"]
    assert sorted(playback["sessions"]) == sorted({text, *(one.session for one in more)})
    devices = sorted(one["device"] for one in playback["devices"].values())
    assert devices == sorted({one.device for one in (*some, *more)} - {""})
    assert set(document) == set(_document_fields())


def _document_fields() -> list[str]:
    return [*_old_document(), "_id", "playback"]


# --- documents from before Playhead


def test_nothing_published_drops_on_the_first_new_report(
    store: MongoProgressStore, collection: Collection[Documents]
) -> None:
    old = _old_document(note={"kept": ["as", "it", "was"]}, courseProgress=5)
    collection.insert_one(old)
    progress = _merged(store, _new_report())
    document = _only(collection)
    for name in (
        "_id",
        "__v",
        "createdAt",
        "firstWatchedAt",
        "note",
        "courseProgress",
        "watchedPercentage",
        "completionPercentage",
        "watchedDuration",
        "totalDuration",
        "isCompleted",
    ):
        assert document[name] == old[name], name
    assert document["watchCount"] == 13
    assert document["lastWatchedAt"] == to_date(NOW)
    assert_just_now(document["updatedAt"])
    assert document["playback"]["base"] == {
        "watchCount": 12,
        "watchedPercentage": 75,
        "completionPercentage": 75,
        "isCompleted": False,
        "averageWatchTime": 37.5,
    }
    assert document["playback"]["watched"] == [{"start": 0, "end": 20}]
    assert (progress.percentage, progress.furthest, progress.watch_count) == (75, 450, 13)
    assert old["watchHistory"][0] in document["watchHistory"]


def test_an_old_completion_stays(store: MongoProgressStore, collection: Collection[Documents]) -> None:
    done = OLD_TIME + timedelta(days=1)
    collection.insert_one(_old_document(isCompleted=True, completedAt=done, watchedPercentage=95))
    progress = _merged(store, _new_report())
    document = _only(collection)
    assert (document["isCompleted"], document["completedAt"]) == (True, done)
    assert (progress.completed, progress.percentage) == (True, 95)


def test_an_old_position_is_read_and_then_only_moved_by_newer_reports(
    store: MongoProgressStore, collection: Collection[Documents]
) -> None:
    collection.insert_one(_old_document())
    before = store.read(Key(*HEX))
    assert before.position is not None
    assert (before.position.seconds, before.furthest, before.percentage, before.watch_count) == (450, 450, 75, 12)
    long_ago = _merged(store, _new_report(at=1_700_000_000_000))
    assert long_ago.position == before.position, "a report from before the old document's last save"
    assert _merged(store, _new_report(at=NOW, seq=2)).position == report(position=20, seq=2).playhead


def test_a_full_old_history_makes_room(store: MongoProgressStore, collection: Collection[Documents]) -> None:
    history = [{"watchedAt": OLD_TIME + timedelta(days=day), "duration": day} for day in range(10)]
    collection.insert_one(_old_document(watchHistory=history))
    store.merge(_new_report())
    document = _only(collection)
    assert len(document["watchHistory"]) == 10
    assert document["watchHistory"][-1]["seconds"] == 20


@pytest.mark.parametrize(
    "changes",
    [
        {"watchedDuration": None, "watchHistory": None, "watchCount": None, "watchedPercentage": None},
        {"watchedDuration": ..., "watchHistory": ..., "watchCount": ..., "watchedPercentage": ...},
        {"lastWatchedAt": None, "firstWatchedAt": None, "completedAt": None},
        {"lastWatchedAt": ..., "firstWatchedAt": ..., "createdAt": ..., "__v": ...},
        {"lastWatchedAt": "2024-05-06", "watchCount": "many", "watchedDuration": "far"},
        {"watchedPercentage": 74.6, "completionPercentage": 74.6, "watchedDuration": 447.6, "watchCount": 2.0},
        {"watchedPercentage": 140, "completionPercentage": 140},
        {"totalDuration": 0},
        {"totalDuration": ...},
        {"totalDuration": None},
        {"watchCount": float("nan")},
        {"watchCount": 1e12},
        {"watchedDuration": float("inf")},
        {"watchedPercentage": float("nan")},
        {"playback": None},
        {"watchHistory": []},
        {"isCompleted": None},
    ],
    ids=str,
)
def test_an_odd_old_document_is_read_and_merged_all_the_same(
    store: MongoProgressStore, collection: Collection[Documents], changes: Documents
) -> None:
    collection.insert_one(_old_document(**changes))
    store.read(Key(*HEX))
    for _ in range(2):
        merged = _merged(store, _new_report())
    assert merged.watched == ((0, 20),)
    assert merged.watch_count >= 1
    assert 0 <= merged.percentage <= 100
    assert store.read(Key(*HEX)) == merged


@pytest.mark.parametrize(
    ("changes", "figure", "floor"),
    [
        ({"isCompleted": "true"}, "isCompleted", True),
        ({"isCompleted": 1}, "isCompleted", True),
        ({"averageWatchTime": 37.5}, "averageWatchTime", 37.5),
        ({"averageWatchTime": "37.5"}, "averageWatchTime", 37.5),
        ({"watchedDuration": " 450 "}, "watchedDuration", 450),
        ({"watchedPercentage": " 75 %"}, "watchedPercentage", 75),
        ({"completionPercentage": Decimal128("92.5")}, "completionPercentage", 92.5),
    ],
    ids=str,
)
def test_a_figure_of_another_type_does_not_drop_at_the_first_report(
    store: MongoProgressStore, collection: Collection[Documents], changes: Documents, figure: str, floor: float
) -> None:
    collection.insert_one(_old_document(**changes))
    for _ in range(2):
        _merged(store, _new_report())
        assert _only(collection)[figure] == floor


def test_an_old_date_in_the_future_does_not_hold_the_playhead(
    store: MongoProgressStore, collection: Collection[Documents]
) -> None:
    collection.insert_one(_old_document(lastWatchedAt=to_date(NOW) + timedelta(days=400)))
    _merged(store, _new_report())
    later = _new_report(at=NOW + 30_000, seq=2)
    assert _merged(store, later).position == later.playback.position


@pytest.mark.parametrize("name", ["watchedDuration", "totalDuration", "watchedPercentage", "watchCount"])
def test_a_negative_figure_reads_as_none(
    store: MongoProgressStore, collection: Collection[Documents], name: str
) -> None:
    collection.insert_one(_old_document(**{name: -5}))
    read = store.read(Key(*HEX))
    assert min(read.furthest, read.duration, read.percentage, read.watch_count) == 0


# --- becoming complete


def test_becoming_complete_is_told_once(store: MongoProgressStore, collection: Collection[Documents]) -> None:
    for watched in ((0, 300), (300, 600), (0, 600)):
        _merged(store, contribution(report(watched=(watched,))))
    assert _only(collection)["outbox"] == [{"type": "video.completed", "at": to_date(NOW), "attempt": 1}]


def test_what_a_client_of_the_old_endpoints_reports_counts_without_seconds(
    store: MongoProgressStore, collection: Collection[Documents]
) -> None:
    playhead = report(position=550, watched=())
    assert _merged(store, contribution(playhead, reported_percentage=92)).completed
    collection.update_one({}, {"$set": {"watchedPercentage": 40, "isCompleted": False}})  # a stale save of the old app
    healed = _merged(store, contribution(report(watched=((0, 30),))))
    assert (healed.percentage, healed.completed, healed.watched) == (92, True, ((0, 30),))
