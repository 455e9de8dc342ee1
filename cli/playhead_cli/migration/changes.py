"""Changes: each is backed up before it is made, and made only where the document still is what it was read as.

Backup: _id {document, digest of before}, made (an ObjectId, in the order of making), before (the document as it was,
byte by byte; none of one that was added), after (the digest of what it became; none of one that was removed), faults,
removedInto, at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bson import ObjectId
from pymongo import DeleteOne, IndexModel, InsertOne, ReplaceOne, UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_erasures import BACKUP
from playhead.adapters.mongo_progress import COLLECTION
from playhead_cli.migration.raw import Raw, RawCollection, by_id, digest, encoded, name

KEPT_SECONDS = 90 * 24 * 3600  # it is data of persons; who needs it for longer makes a copy
_DUPLICATE_KEY = 11000

type Write = UpdateOne | DeleteOne | InsertOne[Raw]


@dataclass(frozen=True, slots=True)
class Change:
    """One document's change: from None is an addition, to None a removal, made once all of `into` are as they shall."""

    document_id: object
    before: Raw | None
    after: Raw | None
    faults: tuple[str, ...]
    into: tuple[object, ...] = ()

    @property
    def kind(self) -> str:
        """How plans count it."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def unchanged(document_id: object, known: Raw) -> Document:
    """Return the filter of a document that still is what it was read as."""
    return {"_id": document_id, "$expr": {"$eq": ["$$ROOT", {"$literal": known}]}}


def replacement(document_id: object, before: Raw | None, after: Raw | None) -> Write:
    """Return the write that makes one document of another, or does nothing where it is no longer the first."""
    if before is None:
        assert after is not None
        return InsertOne(after)
    known = unchanged(document_id, before)
    # a field of an old document may begin with a dollar, which a plain replacement would refuse
    return DeleteOne(known) if after is None else UpdateOne(known, [{"$replaceWith": {"$literal": after}}])


class Changes:
    """Writes changes to the collection of progress."""

    def __init__(self, database: Database[Raw], backup: str = BACKUP) -> None:
        """Take the database, and the name of the collection that keeps what was."""
        self._progress = database[COLLECTION]
        self._backup = database[backup]
        self._backup.create_indexes(
            [IndexModel("made"), IndexModel("before.userId"), IndexModel("at", expireAfterSeconds=KEPT_SECONDS)]
        )

    def write(self, changes: Sequence[Change]) -> int:
        """Back up and make changes; return how many were left since their document is another by now."""
        if not changes:
            return 0
        self._backup.bulk_write([self._entry(one) for one in changes], ordered=False)
        first = [one for one in changes if one.after is not None]
        left = {name(one.document_id) for one in first} - self._made(first)
        removals = [one for one in changes if one.after is None and not left & set(map(name, one.into))]
        made = self._made(removals)
        return len(changes) - len(first) - len(made) + len(left)

    def _made(self, changes: Sequence[Change]) -> set[object]:
        """Make changes and return whose documents are now as they shall be."""
        ids = {name(one.document_id) for one in changes}
        if not changes:
            return ids
        writes = [replacement(one.document_id, one.before, one.after) for one in changes]
        if bulk(self._progress, writes) == len(changes):
            return ids
        stored = by_id(self._progress, [one.document_id for one in changes])
        shall = {name(one.document_id): one.after for one in changes}
        return {one for one in ids if digest(stored.get(one)) == digest(shall[one])}

    @staticmethod
    def _entry(change: Change) -> ReplaceOne[Raw]:
        key = {"document": change.document_id, "before": digest(change.before)}
        entry: Document = {"made": ObjectId(), "before": change.before, "after": digest(change.after)}
        entry |= {"removedInto": list(change.into), "faults": list(change.faults), "at": datetime.now(UTC)}
        return ReplaceOne({"_id": key}, encoded(entry), upsert=True)


def bulk(collection: RawCollection, writes: Sequence[Write]) -> int:
    """Make writes and return how many found what they were for; one whose key somebody else took did not."""
    try:
        result = collection.bulk_write(writes, ordered=False)
    except BulkWriteError as error:
        if any(one["code"] != _DUPLICATE_KEY for one in error.details["writeErrors"]):
            raise
        return int(error.details["nMatched"] + error.details["nRemoved"] + error.details["nInserted"])
    return int(result.matched_count + result.deleted_count + result.inserted_count)
