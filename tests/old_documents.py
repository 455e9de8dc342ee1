"""Documents as the old Mongoose app wrote them over the years: deterministic, with every known fault sprinkled in."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import Binary, Decimal128, Int64, ObjectId

type Document = dict[str, Any]

BEGAN = datetime(2023, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
FAULTY_SHARE = 0.2
DURATIONS = (60, 90, 95.5, 600, 612.480000000004, 1800, 3600.25)


def old_documents(count: int, seed: int = 1) -> Iterator[Document]:
    """Yield `count` documents, of which a fifth have a fault; a duplicate counts as a document of its own."""
    chance = random.Random(seed)  # noqa: S311 - it is to be the same each time
    made = 0
    while made < count:
        document = old_document(chance, made)
        made += 1
        fault = chance.choice(FAULTS) if chance.random() < FAULTY_SHARE else None
        if fault is not None:
            fault(chance, document)
        yield document
        if made < count and chance.random() < FAULTY_SHARE / 10:
            made += 1
            yield _twin(chance, document)


def old_document(chance: random.Random, number: int) -> Document:
    """Return a sound document, its fields in the order of the schema: what was not set yet is not there."""
    began = BEGAN + timedelta(milliseconds=chance.randrange(10**10))
    last = began + timedelta(milliseconds=chance.randrange(10**9))
    total = chance.choice(DURATIONS)
    watched = chance.choice([0, total, round(total * chance.random(), 3), int(total * chance.random())])
    percent = int(100 * watched / total + 0.5)
    history = [
        {"watchedAt": began + timedelta(minutes=turn), "duration": chance.randrange(60), "_id": _object_id(chance)}
        for turn in range(chance.randrange(11))
    ]
    document: Document = {
        "_id": _object_id(chance),
        "userId": ObjectId(f"{0xA00000 + number // 20:024x}"),
        "courseId": ObjectId(f"{0xB00000 + number % 20 // 10:024x}"),
        "videoId": ObjectId(f"{0xC00000 + number % 20:024x}"),
        "watchedDuration": watched,
        "totalDuration": total,
        "watchedPercentage": percent,
        "completionPercentage": percent,
        "isCompleted": percent >= 90,
        "watchCount": chance.randrange(1, 300),
        "averageWatchTime": watched / 7,
        "firstWatchedAt": began,
        "lastWatchedAt": last,
        "watchHistory": history,
        "createdAt": began,
        "updatedAt": last,
        "__v": len(history),
    }
    return document | ({"completedAt": last} if percent >= 90 else {})


def _object_id(chance: random.Random) -> ObjectId:
    return ObjectId(chance.randbytes(12))


def _twin(chance: random.Random, document: Document) -> Document:
    """Return a second document of the same key, of another device perhaps, whose ids may be spelt as text."""
    twin = old_document(chance, 0) | {name: document[name] for name in ("userId", "courseId", "videoId")}
    if chance.random() < 0.5 and "userId" in twin:
        twin["userId"] = str(twin["userId"])
    return twin | {"note": {"of": "the twin"}}


def _setting(**changes: object) -> Callable[[random.Random, Document], None]:
    return lambda _, document: document.update(changes)


def _texts(_: random.Random, document: Document) -> None:
    for name in ("watchedDuration", "totalDuration", "watchedPercentage", "completionPercentage", "watchCount"):
        document[name] = str(document[name])


def _percent_text(_: random.Random, document: Document) -> None:
    document["watchedPercentage"] = f" {document['watchedPercentage']} %"


def _id_texts(_: random.Random, document: Document) -> None:
    document["userId"] = str(document["userId"]).upper()
    document["videoId"] = str(document["videoId"])


def _date_texts(chance: random.Random, document: Document) -> None:
    document["lastWatchedAt"] = document["lastWatchedAt"].isoformat().replace("+00:00", "Z")
    document["firstWatchedAt"] = round(document["firstWatchedAt"].timestamp() * 1000) * 1.0
    document["createdAt"] = chance.choice(["yesterday", True, {"$date": 5}])


def overshoot(chance: random.Random, document: Document) -> None:
    """Let the playhead be further than the video is long."""
    document["watchedDuration"] = document["totalDuration"] + chance.choice([0.4, 3, 1000.5])


def _stale(chance: random.Random, document: Document) -> None:
    document |= {"watchedPercentage": chance.randrange(5), "completionPercentage": chance.randrange(5)}
    document["isCompleted"] = False


def _no_percentages(_: random.Random, document: Document) -> None:
    for name in ("watchedPercentage", "completionPercentage", "isCompleted"):
        document[name] = None


def _foreign_fields(_: random.Random, document: Document) -> None:
    document |= {"$odd.name": "$$ROOT", "raw": Binary(b"\x00\x01", 128), "exact": Decimal128("1.10"), "big": Int64(5)}


FAULTS: tuple[Callable[[random.Random, Document], None], ...] = (
    _texts,
    _percent_text,
    _id_texts,
    _date_texts,
    overshoot,
    _stale,
    _no_percentages,
    _foreign_fields,
    _setting(watchedDuration=-5.5, totalDuration=-1),
    _setting(watchedPercentage=140, completionPercentage=250.5),
    _setting(watchedPercentage=float("nan"), watchedDuration=float("inf"), watchCount=float("-inf")),
    _setting(watchCount=10**12),
    _setting(isCompleted="true"),
    _setting(isCompleted=1, completionPercentage=40),
    _setting(isCompleted=True, watchedPercentage=30, completionPercentage=30),
    _setting(watchHistory="none", watchCount="many"),
    _setting(watchHistory=None, lastWatchedAt=None),
    _setting(totalDuration=0),
    _setting(watchedDuration=Decimal128("12.5"), totalDuration=60),
    _setting(playback="on"),
    _setting(completionPercentage=0),
)
