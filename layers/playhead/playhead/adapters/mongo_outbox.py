"""The outbox: completions that a merge left in its document, in the same update, until they are announced.

The field is there only while something waits, so the index of what waits holds nothing else.
"""

from collections import defaultdict
from collections.abc import Sequence

from pymongo import ASCENDING, UpdateOne
from pymongo.collection import Collection
from pymongo.cursor import Cursor

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import identity, progress_of, spelt_id, to_date
from playhead.adapters.mongo_indexes import OUTBOX_INDEX
from playhead.adapters.mongo_lists import key_of
from playhead.adapters.mongo_progress import unavailable
from playhead.domain.announcement import Waiting
from playhead.domain.progress import Completion
from playhead.domain.report import Key

_SHOWN: Document = {"_id": 0, "userId": 1, "courseId": 1, "videoId": 1, "outbox": 1}


class MongoOutbox:
    """The port Outbox on the collection of progress."""

    def __init__(self, collection: Collection[Document]) -> None:
        """Take the collection."""
        self._collection = collection

    def waiting(self, limit: int) -> list[Waiting]:
        """Return what waits in at most `limit` documents, those that have waited longest."""
        with unavailable():
            return [one for document in self.find_waiting(limit) for one in _waiting(document)]

    def find_waiting(self, limit: int) -> Cursor[Document]:
        """Return the query of the documents in which something waits."""
        found = self._collection.find({"outbox": {"$exists": True}}, _SHOWN)
        return found.sort("outbox.at", ASCENDING).hint(OUTBOX_INDEX).limit(limit)

    def remove(self, announced: Sequence[Waiting]) -> None:
        """Take exactly these out, by one bulk write; what has come since stays."""
        by_key: dict[Key, list[Completion]] = defaultdict(list)
        for one in announced:
            by_key[one.key].append(one.completion)
        updates = [UpdateOne(identity(key), [_without(gone)]) for key, gone in by_key.items()]
        if updates:
            with unavailable():
                self._collection.bulk_write(updates, ordered=False)


def _waiting(document: Document) -> list[Waiting]:
    key = key_of(spelt_id(document["userId"]), document)
    return [Waiting(key, completion) for completion in progress_of(key, document).outbox]


def _without(gone: Sequence[Completion]) -> Document:
    entries = [{"at": to_date(one.at), "attempt": one.attempt} for one in gone]
    is_gone = {"$in": [{"at": "$$one.at", "attempt": "$$one.attempt"}, {"$literal": entries}]}
    left = {"$filter": {"input": {"$ifNull": ["$outbox", []]}, "as": "one", "cond": {"$not": [is_gone]}}}
    unless_empty = {"$cond": [{"$eq": ["$$left", []]}, "$$REMOVE", "$$left"]}
    return {"$set": {"outbox": {"$let": {"vars": {"left": left}, "in": unless_empty}}}}
