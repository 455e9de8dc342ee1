"""What is handed over, on a real mongod: all documents of the learner, whole, in pages that an answer can hold."""

import json
from datetime import UTC, datetime
from typing import Any

from bson import Decimal128, Int64, ObjectId
from pymongo.collection import Collection

from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.adapters.mongo_records import MongoRecords, plain
from playhead.domain.report import Key
from tests.builders import contribution, report

Documents = Collection[dict[str, Any]]
USER = "learner-1"


def watch(collection: Documents, *keys: Key) -> None:
    """Merge a report of each key."""
    for key in keys:
        MongoProgressStore(collection).merge(contribution(report(key=key, device="tv")))


def exported(records: MongoRecords, user: str, limit: int) -> list[list[Key]]:
    """Return the keys of each page."""
    pages = []
    start: Key | None = None
    while True:
        found, start = records.page(user, start, limit)
        pages.append([one.progress.key for one in found])
        if start is None:
            return pages


def test_pages_hold_everything_once_across_both_types_of_id(collection: Documents) -> None:
    keys = [Key(USER, course, f"v{number}") for course in ("c1", str(ObjectId())) for number in range(4)]
    watch(collection, *keys, Key("learner-0", "c1", "v"), Key("learner-2", "c1", "v"))
    pages = exported(MongoRecords(collection), USER, 3)
    assert [len(page) for page in pages] == [3, 3, 2]
    assert sorted(key for page in pages for key in page) == sorted(keys)


def test_a_page_ends_where_it_grows_too_large(collection: Documents) -> None:
    watch(collection, *(Key(USER, "c", f"v{number}") for number in range(5)))
    pages = exported(MongoRecords(collection, max_bytes=1500), USER, 100)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [len(page) for page in exported(MongoRecords(collection, max_bytes=1), USER, 100)] == [1] * 5


def test_a_record_holds_every_field_as_plain_json(collection: Documents) -> None:
    key = Key(str(ObjectId()), str(ObjectId()), "video")
    watch(collection, key)
    collection.update_one(
        {}, {"$set": {"notes": [{"at": datetime(2020, 1, 2, tzinfo=UTC), "worth": Decimal128("1.5")}]}}
    )
    ((record,), _) = MongoRecords(collection).page(key.user_id, None, 10)
    stored = collection.find_one({})
    assert stored
    assert record.fields.keys() == stored.keys()
    assert record.fields["playback"].keys() == stored["playback"].keys()
    assert record.fields["notes"] == [{"at": "2020-01-02T00:00:00.000Z", "worth": "1.5"}]
    assert (record.fields["userId"], record.fields["_id"]) == (key.user_id, str(stored["_id"]))
    assert json.loads(json.dumps(record.fields)) == record.fields
    assert record.progress.devices[0].device == "tv"


def test_what_json_does_not_know_is_text() -> None:
    assert plain([Int64(5), True, None, 0.5, float("nan")]) == [5, True, None, 0.5, "nan"]


def test_what_is_examined_is_what_is_returned(collection: Documents) -> None:
    watch(collection, *(Key(user, "c", f"v{number}") for user in (USER, "learner-2") for number in range(6)))
    for start, returned in ((None, 4), (Key(USER, "c", "v4"), 2)):
        stats = MongoRecords(collection).find_page(USER, start, 3).explain()["executionStats"]
        assert (stats["nReturned"], stats["totalDocsExamined"]) == (returned, returned)
        assert stats["totalKeysExamined"] <= returned + 1
