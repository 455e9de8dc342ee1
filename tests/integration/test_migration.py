"""Migration on a real mongod: nothing published drops, undo restores every byte, and a kill does no harm."""

import os
import random
import signal
from collections.abc import Iterable, Iterator
from math import isfinite
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from bson import CodecOptions, DatetimeMS, Decimal128, ObjectId
from bson.codec_options import DatetimeConversion
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database

from playhead.adapters.mongo_documents import spelt_id, stored_id
from playhead.adapters.mongo_erasures import BACKUP, MongoErasure
from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.adapters.mongo_settings import MongoSettings
from playhead.domain.report import Key
from playhead_cli.exits import Exit
from tests.builders import NOW, contribution, report
from tests.command import playhead, running
from tests.old_documents import old_documents

Documents = dict[str, Any]
KEY = ("userId", "courseId", "videoId")
FEW = 3000
MANY = pytest.param(100_000, marks=[pytest.mark.long, pytest.mark.timeout(1800)])
RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument, datetime_conversion=DatetimeConversion.DATETIME_AUTO
)


@pytest.fixture
def old(mongodb_client: MongoClient[Documents]) -> Iterator[Database[Documents]]:
    """A database of an old app, which has no documents yet, and none of our indexes."""
    name = f"old-{token_hex(6)}"
    yield mongodb_client[name]
    mongodb_client.drop_database(name)


def _fill(database: Database[Documents], count: int, seed: int = 1) -> list[Documents]:
    documents = list(old_documents(count, seed))
    database["progresses"].insert_many(documents)
    return documents


def _bytes(database: Database[Documents]) -> dict[str, bytes]:
    found: Iterable[RawBSONDocument] = database.with_options(codec_options=RAW)["progresses"].find()
    return {repr(one["_id"]): bytes(one.raw) for one in found}


# --- nothing published drops


def _key(document: Documents) -> Key:
    return Key(*(spelt_id(stored_id(spelt_id(document[name]))) for name in KEY))


def _figure(document: Documents, name: str, most: float = float("inf")) -> float:
    """Return what a figure says, however it is spelt, at most what it can say."""
    value = document.get(name)
    try:
        number = (
            float(str(value).strip().removesuffix("%")) if isinstance(value, str | Decimal128) else float(value or 0)
        )
    except ValueError:
        return 0
    return max(0, min(number, most)) if isfinite(number) else 0


def _floors(document: Documents) -> dict[str, float]:
    """Return below what each figure of a key must not fall."""
    total = _figure(document, "totalDuration")
    return {
        "watchedDuration": _figure(document, "watchedDuration", total or float("inf")),
        "totalDuration": total,
        "watchedPercentage": _figure(document, "watchedPercentage", 100),
        "completionPercentage": _figure(document, "completionPercentage", 100),
        "watchCount": _figure(document, "watchCount", 2**31 - 1),
        "isCompleted": document.get("isCompleted") in (True, "true"),
    }


def _dropped(collection: Collection[Documents], before: list[Documents]) -> list[tuple[Key, str, float, object]]:
    now = {_key(one): one for one in collection.find()}
    return [
        (_key(one), name, floor, now[_key(one)].get(name))
        for one in before
        for name, floor in _floors(one).items()
        if not (now[_key(one)].get(name) or 0) >= floor
    ]


@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize("seed", [2, 3])
def test_nothing_published_drops_in_migration_nor_at_the_first_report(
    old: Database[Documents], mongodb_uri: str, seed: int, *, ahead: bool
) -> None:
    before = _fill(old, FEW, seed)
    status, told = playhead(mongodb_uri, old.name, "migrate", "apply", "--write", *(["--ahead"] if ahead else []))
    assert (status, told["leftForNow"]) == (Exit.DONE, 0)
    assert _dropped(old["progresses"], before) == []
    assert playhead(mongodb_uri, old.name, "indexes")[0] == Exit.DONE

    keys = sorted({_key(one) for one in before})
    store = MongoProgressStore(old["progresses"])
    for start in range(0, len(keys), 100):
        reports = [report(key=key, position=20, duration=60, watched=((0, 20),)) for key in keys[start : start + 100]]
        assert store.merge_all([contribution(one) for one in reports]) == []
    assert old["progresses"].count_documents({}) == len(keys), "a report must find its document"
    assert _dropped(old["progresses"], before) == []
    assert playhead(mongodb_uri, old.name, "check")[1]["faults"] == {}


def test_what_nobody_can_put_right_is_told_and_left(old: Database[Documents], mongodb_uri: str) -> None:
    old["progresses"].insert_one({"userId": 5, "courseId": "c", "watchedDuration": "7"})
    before = _bytes(old)
    assert playhead(mongodb_uri, old.name, "migrate", "apply", "--write")[0] == Exit.DONE
    assert _bytes(old) == before
    status, told = playhead(mongodb_uri, old.name, "check")
    assert (status, told["faults"]["no_key"]) == (Exit.FAULTS, 1)


def test_a_sound_document_is_not_touched_unless_asked_ahead(old: Database[Documents], mongodb_uri: str) -> None:
    sound = next(one for one in old_documents(100, 7) if one["isCompleted"] and one["watchHistory"])
    old["progresses"].insert_one(sound)
    before = _bytes(old)
    playhead(mongodb_uri, old.name, "migrate", "apply", "--write")
    assert _bytes(old) == before
    playhead(mongodb_uri, old.name, "migrate", "apply", "--write", "--ahead")
    now = old["progresses"].find_one() or {}
    playback = now.pop("playback")
    assert now == old["progresses"].database[BACKUP].find_one({})["before"]  # type: ignore[index]
    assert playback["furthest"] == sound["watchedDuration"]
    assert playback["base"] == {
        "watchCount": sound["watchCount"],
        "watchedPercentage": sound["watchedPercentage"],
        "averageWatchTime": sound["averageWatchTime"],
    }


def test_a_date_that_no_calendar_has_stops_nothing(old: Database[Documents], mongodb_uri: str) -> None:
    never = DatetimeMS(10**17)
    one: Documents = {"userId": "u", "courseId": "c", "videoId": "v", "watchedDuration": 5, "odd": {"date": never}}
    old["progresses"].insert_many([one | {"lastWatchedAt": never}, one | {"watchHistory": [5, {"watchedAt": never}]}])
    before = _bytes(old)
    assert playhead(mongodb_uri, old.name, "migrate", "apply", "--write")[0] == Exit.DONE
    assert playhead(mongodb_uri, old.name, "check")[0] == Exit.DONE
    assert MongoProgressStore(old["progresses"]).merge(contribution(report(key=Key("u", "c", "v"))))
    assert playhead(mongodb_uri, old.name, "migrate", "undo", "--write", "--force")[0] == Exit.DONE
    assert _bytes(old) == before


@pytest.mark.parametrize("odd", [{"user": 1, "video": 2}, 7, 1.5, True, None, b"\x01"], ids=str)
def test_duplicates_are_folded_whatever_their_id(old: Database[Documents], mongodb_uri: str, odd: object) -> None:
    one: Documents = {"userId": "u", "courseId": "c", "videoId": "v", "totalDuration": 60}
    old["progresses"].insert_many([one | {"_id": odd, "watchedDuration": 50}, one | {"_id": "x", "watchCount": 4}])
    before = _bytes(old)
    assert playhead(mongodb_uri, old.name, "migrate", "apply", "--write")[1]["changes"]["removed"] == 1
    (left,) = old["progresses"].find()
    assert (left["watchedDuration"], left["watchCount"]) == (50, 4)
    assert playhead(mongodb_uri, old.name, "migrate", "undo", "--write")[0] == Exit.DONE
    assert _bytes(old) == before


# --- plan, dry run, undo


def test_plan_and_dry_run_write_nothing_and_tell_the_same(old: Database[Documents], mongodb_uri: str) -> None:
    _fill(old, 600)
    before = _bytes(old)
    _, plan = playhead(mongodb_uri, old.name, "migrate", "plan", "--documents-per-second", "10")
    _, dry = playhead(mongodb_uri, old.name, "migrate", "apply")
    assert _bytes(old) == before
    assert old.list_collection_names() == ["progresses"]
    _, done = playhead(mongodb_uri, old.name, "migrate", "apply", "--write")
    for name in ("documents", "shapes", "faults", "notes", "duplicateKeys", "changes"):
        assert plan[name] == dry[name] == done[name]
    assert plan["estimatedSeconds"] >= sum(plan["changes"].values()) / 10
    _, again = playhead(mongodb_uri, old.name, "migrate", "plan")
    assert sum(again["changes"].values()) == 0


def test_undo_restores_every_byte_but_not_over_what_was_reported_since(
    old: Database[Documents], mongodb_uri: str
) -> None:
    documents = _fill(old, 600)
    before = _bytes(old)
    playhead(mongodb_uri, old.name, "migrate", "apply", "--write")
    playhead(mongodb_uri, old.name, "indexes")
    status, told = playhead(mongodb_uri, old.name, "migrate", "undo", "--write")
    assert (status, "unique" in told["refused"]) == (Exit.REFUSED, True)

    changed = old[BACKUP].find_one({"faults": "id_type", "after": {"$ne": None}}) or {}
    MongoProgressStore(old["progresses"]).merge(contribution(report(key=_key(changed["before"]))))
    reported = old["progresses"].find_one({"_id": changed["_id"]["document"]}) or {}
    status, told = playhead(mongodb_uri, old.name, "migrate", "undo", "--write", "--drop-unique-index")
    assert (status, told["changedSince"]) == (Exit.INCOMPLETE, 1)
    left = repr(changed["_id"]["document"])
    assert {one: raw for one, raw in _bytes(old).items() if one != left} == {
        one: raw for one, raw in before.items() if one != left
    }
    assert old["progresses"].find_one({"_id": changed["_id"]["document"]}) == reported

    status, told = playhead(mongodb_uri, old.name, "migrate", "undo", "--write", "--force")
    assert (status, told["forced"]) == (Exit.DONE, 1)
    assert _bytes(old) == before
    kept = old["progresses_before_undo"].find_one({}) or {}
    assert kept["document"] == reported
    status, told = playhead(mongodb_uri, old.name, "migrate", "undo", "--write", "--force")
    assert (status, told["forced"], told["restored"]) == (Exit.DONE, 0, 0)
    assert len(documents) == len(_bytes(old))


def test_undo_brings_nothing_back_of_whom_had_everything_erased(old: Database[Documents], mongodb_uri: str) -> None:
    _fill(old, 600)
    playhead(mongodb_uri, old.name, "migrate", "apply", "--write")
    removed = old[BACKUP].find_one({"after": None}) or {}
    learner = _key(removed["before"]).user_id
    copies = list(old[BACKUP].find({}))
    erasure = MongoErasure(old["progresses"])
    erasure.mark(learner, NOW)
    erasure.delete(learner)
    both = {"$in": [learner, ObjectId(learner)]}
    assert old[BACKUP].count_documents({"before.userId": both}) == 0
    assert 0 < old[BACKUP].count_documents({}) < len(copies)

    old[BACKUP].drop()
    old[BACKUP].insert_many(copies)  # as if they had been restored from somewhere
    _, told = playhead(mongodb_uri, old.name, "migrate", "undo", "--write", "--force")
    assert told["keptBack"] > 0
    assert old["progresses"].count_documents({"userId": both}) == 0


def test_who_wants_no_history_gets_none_by_migration_or_undo(old: Database[Documents], mongodb_uri: str) -> None:
    _fill(old, 600)
    old["progresses"].update_many({}, {"$set": {"watchHistory": [{"watchedAt": NOW}]}})
    twin = old["progresses"].find_one({"note": {"$exists": True}, "userId": {"$type": "string"}}) or {}
    MongoSettings(old["progresses"]).set_history(_key(twin).user_id, NOW, kept=False)
    playhead(mongodb_uri, old.name, "migrate", "apply", "--write")
    mine = {"userId": ObjectId(twin["userId"])}
    assert old["progresses"].count_documents(mine) > 0
    assert old["progresses"].distinct("watchHistory", mine) == []
    _, told = playhead(mongodb_uri, old.name, "migrate", "undo", "--write", "--force")
    assert told["keptBack"] > 0
    assert old["progresses"].distinct("watchHistory", mine) == []
    assert old["progresses"].count_documents(mine | {"userId": twin["userId"]}) == 0


# --- killed at any moment


@pytest.mark.parametrize("count", [FEW, MANY])
def test_killed_at_random_moments_it_ends_in_the_same_state(
    old: Database[Documents], mongodb_uri: str, tmp_path: Path, count: int
) -> None:
    _fill(old, count)
    before = _bytes(old)
    playhead(mongodb_uri, old.name, "migrate", "apply", "--write")
    uninterrupted = _bytes(old)
    playhead(mongodb_uri, old.name, "migrate", "undo", "--write")
    assert _bytes(old) == before
    old[BACKUP].drop()

    changes = sum(1 for one in before if uninterrupted.get(one) != before[one])
    chance = random.Random(os.environ.get("PYTEST_SEED", token_hex(4)))  # noqa: S311
    slowly = ("--write", "--documents-per-second", str(changes / 2))
    for most in (0.3, 0.6):
        _kill(old, mongodb_uri, tmp_path, chance.uniform(0, most) * changes, "migrate", "apply", *slowly)
        assert playhead(mongodb_uri, old.name, "check")[0] == Exit.FAULTS
    assert playhead(mongodb_uri, old.name, "migrate", "apply", "--write")[0] == Exit.DONE
    assert _bytes(old) == uninterrupted
    assert playhead(mongodb_uri, old.name, "check")[0] == Exit.DONE

    with running(mongodb_uri, old.name, tmp_path / "undo.log", "migrate", "undo", "--write") as child:
        child.wait_until(lambda: len(_bytes(old)) > len(uninterrupted), seconds=600)
        os.kill(child.pid, signal.SIGKILL)
    assert playhead(mongodb_uri, old.name, "migrate", "undo", "--write")[0] == Exit.DONE
    assert _bytes(old) == before


def _kill(database: Database[Documents], uri: str, folder: Path, backed_up: float, *command: str) -> None:
    """Start a command and kill it once so many changes are backed up."""
    with running(uri, database.name, folder / "playhead.log", *command) as child:
        child.wait_until(lambda: database[BACKUP].count_documents({}) > backed_up, seconds=600)
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
