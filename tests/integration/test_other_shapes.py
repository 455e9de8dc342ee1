"""Documents of other shapes, through a mapping: imported once, joined with what is there, undone byte by byte."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from bson import ObjectId
from pymongo import MongoClient
from pymongo.database import Database

from playhead.adapters.mongo_erasures import MongoErasure
from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.domain.report import Key
from playhead_cli.exits import Exit
from tests.builders import NOW, contribution, report
from tests.command import playhead

Documents = dict[str, Any]
USER, COURSE, ONE, TWO = (f"65f00000000000000000000{n}" for n in range(4))
WHEN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
ARRAYS = """
source = "{source}"
each = "lessons"

[fields]
userId = "userId"
courseId = "course.id"
videoId = "lessons.video"
watchedDuration = "lessons.seconds"
totalDuration = "lessons.length"
isCompleted = "lessons.done"
lastWatchedAt = "lessons.at"
"""
NAMES = """
fields:
  userId: userId
  courseId: course
  videoId: video
  watchedDuration: currentTime
  totalDuration: duration
  watchedPercentage: percentage
  lastWatchedAt: updatedAt
"""


@pytest.fixture
def old(mongodb_client: MongoClient[Documents], mongodb_uri: str) -> Iterator[Database[Documents]]:
    """A database with the unique index."""
    name = f"shapes-{token_hex(6)}"
    assert playhead(mongodb_uri, name, "indexes")[0] == Exit.DONE
    yield mongodb_client[name]
    mongodb_client.drop_database(name)


def _mapping(folder: Path, text: str, name: str = "mapping.toml") -> str:
    (folder / name).write_text(text)
    return str(folder / name)


def _course_document(**changes: Any) -> Documents:  # noqa: ANN401 - any field
    lessons = [
        {"video": ONE, "seconds": "570", "length": 600, "done": True, "at": WHEN},
        {"video": TWO, "seconds": 60, "length": 600, "done": False, "at": WHEN},
    ]
    return {"userId": USER, "course": {"id": COURSE}, "lessons": lessons} | changes


def _figures(database: Database[Documents], video: str) -> tuple[object, ...]:
    found = database["progresses"].find_one({"userId": ObjectId(USER), "videoId": ObjectId(video)}) or {}
    return (found["watchedDuration"], found["watchedPercentage"], found["isCompleted"], found["playback"]["furthest"])


@pytest.mark.parametrize("source", ["courseprogresses", "progresses"])
def test_a_document_a_course_becomes_one_a_video(
    old: Database[Documents], mongodb_uri: str, tmp_path: Path, source: str
) -> None:
    old[source].insert_many([_course_document(), _course_document(userId="another", lessons=[])])
    before = list(old[source].find())
    mapping = _mapping(tmp_path, ARRAYS.format(source=source))
    _, plan = playhead(mongodb_uri, old.name, "migrate", "plan", "--mapping", mapping)
    removed = 2 if source == "progresses" else 0
    assert plan["changes"] == {"added": 2, "changed": 0, "removed": removed}
    for _ in range(2):
        assert playhead(mongodb_uri, old.name, "migrate", "apply", "--write", "--mapping", mapping)[0] == Exit.DONE
        assert old["progresses"].count_documents({}) == 2
        assert _figures(old, ONE) == (570, 95, True, 570)
        assert _figures(old, TWO) == (60, 10, False, 60)
    assert playhead(mongodb_uri, old.name, "check")[0] == Exit.DONE
    assert playhead(mongodb_uri, old.name, "migrate", "undo", "--write")[0] == Exit.DONE
    assert list(old[source].find().sort("_id")) == before
    assert old["progresses"].count_documents({}) == removed


@pytest.mark.parametrize(
    ("source_id", "made"), [(ObjectId(f"{0x66000000:08x}{0:016x}"), 0x66000000), ("of-text", None)]
)
def test_what_is_imported_was_made_when_its_source_was(
    old: Database[Documents], mongodb_uri: str, tmp_path: Path, source_id: object, made: int | None
) -> None:
    old["courseprogresses"].insert_one(_course_document(_id=source_id))
    mapping = _mapping(tmp_path, ARRAYS.format(source="courseprogresses"))
    playhead(mongodb_uri, old.name, "migrate", "apply", "--write", "--mapping", mapping)
    dates = {one["createdAt"] for one in old["progresses"].find()}
    assert dates == {datetime.fromtimestamp(made, UTC) if made else WHEN}


def test_an_import_joins_what_is_there(old: Database[Documents], mongodb_uri: str, tmp_path: Path) -> None:
    key = Key(USER, COURSE, ONE)
    store = MongoProgressStore(old["progresses"])
    store.merge(contribution(report(key=key, position=30, watched=((0, 30),))))
    old["courses-then"].insert_one(_course_document())
    mapping = _mapping(tmp_path, ARRAYS.format(source="courses-then"))
    for _ in range(2):
        assert playhead(mongodb_uri, old.name, "migrate", "apply", "--write", "--mapping", mapping)[0] == Exit.DONE
        progress = store.read(key)
        assert (progress.watched, progress.furthest, progress.percentage) == (((0, 30),), 570, 95)
        assert progress.position == report(position=30).playhead, "the later one"
    _, again = playhead(mongodb_uri, old.name, "migrate", "plan", "--mapping", mapping)
    assert sum(again["changes"].values()) == 0


def test_other_names_in_the_same_collection(old: Database[Documents], mongodb_uri: str, tmp_path: Path) -> None:
    one: Documents = {"userId": USER, "course": COURSE, "video": ONE, "currentTime": "540.5", "duration": 600}
    old["progresses"].drop_indexes()
    old["progresses"].insert_many(
        [
            one | {"percentage": 92, "updatedAt": WHEN},
            one | {"userId": ObjectId(USER), "currentTime": 20, "percentage": 3},
            one | {"userId": ObjectId(USER), "video": TWO, "currentTime": 60, "percentage": 140},
        ]
    )
    before = list(old["progresses"].find())
    mapping = _mapping(tmp_path, NAMES, "mapping.yaml")
    for _ in range(2):
        assert playhead(mongodb_uri, old.name, "migrate", "apply", "--write", "--mapping", mapping)[0] == Exit.DONE
        assert old["progresses"].count_documents({}) == 2
        assert _figures(old, ONE) == (540.5, 92, True, 540.5)
        assert _figures(old, TWO) == (60, 100, True, 60)
    kept = old["progresses"].find_one({"videoId": ObjectId(TWO)}) or {}
    assert (kept["currentTime"], kept["percentage"]) == (60, 140), "whoever knows the old names still finds them"
    _, again = playhead(mongodb_uri, old.name, "migrate", "plan", "--mapping", mapping)
    assert sum(again["changes"].values()) == 0
    assert playhead(mongodb_uri, old.name, "check")[0] == Exit.DONE
    assert playhead(mongodb_uri, old.name, "migrate", "undo", "--write")[0] == Exit.DONE
    assert list(old["progresses"].find().sort("_id")) == before


def test_nothing_is_imported_of_whom_had_everything_erased(
    old: Database[Documents], mongodb_uri: str, tmp_path: Path
) -> None:
    old["then"].insert_one(_course_document())
    MongoErasure(old["progresses"]).mark(USER, NOW)
    mapping = _mapping(tmp_path, ARRAYS.format(source="then"))
    _, told = playhead(mongodb_uri, old.name, "migrate", "apply", "--write", "--mapping", mapping)
    assert old["progresses"].count_documents({}) == 0
    assert told["notes"] == {"erased": 2}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (NAMES.replace("userId:", "userID:"), ["fields.userId", "fields.userID"]),
        (NAMES.replace("currentTime", "[1]"), ["fields.watchedDuration"]),
        ("each: lessons" + NAMES, ["fields.videoId"]),
        ("fields: 5", ["fields"]),
    ],
)
def test_a_wrong_mapping_is_refused_by_the_names_of_its_fields(
    mongodb_uri: str, tmp_path: Path, text: str, named: list[str]
) -> None:
    mapping = _mapping(tmp_path, text, "mapping.yaml")
    status, told = playhead(mongodb_uri, "nothing", "migrate", "plan", "--mapping", mapping)
    assert status == Exit.REFUSED
    assert all(any(name in error for error in told["errors"]) for name in named)


def test_an_import_without_the_unique_index_is_refused(
    old: Database[Documents], mongodb_uri: str, tmp_path: Path
) -> None:
    old["progresses"].drop_indexes()
    mapping = _mapping(tmp_path, ARRAYS.format(source="then"))
    status, told = playhead(mongodb_uri, old.name, "migrate", "apply", "--mapping", mapping)
    assert (status, "unique index" in told["refused"]) == (Exit.REFUSED, True)
