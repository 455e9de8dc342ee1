"""Everything that MongoDB keeps about a learner: whole documents, with the fields of the old system too."""

from datetime import datetime
from math import isfinite
from typing import Any

import bson
from pymongo.collection import Collection
from pymongo.cursor import Cursor

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import progress_of, stored_id
from playhead.adapters.mongo_lists import from_key_on, key_of
from playhead.adapters.mongo_progress import unavailable
from playhead.domain.record import Record
from playhead.domain.report import Key
from playhead.domain.times import spelt_time

MAX_BYTES = 2_000_000  # of BSON: its JSON stays well below the 6 MB that Lambda may answer


class MongoRecords:
    """The port LearnerRecords on the collection of progress."""

    def __init__(self, collection: Collection[Document], max_bytes: int = MAX_BYTES) -> None:
        """Take the collection, and from how many bytes on a page takes no further record."""
        self._collection = collection
        self._max_bytes = max_bytes

    def page(self, user_id: str, start: Key | None, limit: int) -> tuple[list[Record], Key | None]:
        """Return records by course and video, from a key on, and the key where the next page starts."""
        records: list[Record] = []
        size = 0
        with unavailable(), self.find_page(user_id, start, limit) as found:
            for document in found:
                key = key_of(user_id, document)
                if len(records) == limit or size > self._max_bytes:
                    return records, key
                records.append(Record(progress_of(key, document), plain(document)))
                size += len(bson.encode(document))
        return records, None

    def find_page(self, user_id: str, start: Key | None, limit: int) -> Cursor[Document]:
        """Return the query of a page and one more: bounds of the index itself, since ids are of two types."""
        return from_key_on(self._collection.find({"userId": stored_id(user_id)}).limit(limit + 1), start)


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a document holds
    """Return a stored value as plain JSON; what JSON does not know, such as an ObjectId, as text."""
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return spelt_time(value)
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and isfinite(value)):
        return value
    return str(value)
