"""The feed of a learner's changes on MongoDB: one query in the order of `updatedAt`, which the server itself sets.

Every write sets `updatedAt` to `$$NOW`, the server's clock when the operation began; whether that is settled is asked
of the same clock.
"""

from typing import Any

from pymongo import ASCENDING
from pymongo.collection import Collection
from pymongo.cursor import Cursor

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import progress_of, spelt_id, stored_id, to_date, to_ms
from playhead.adapters.mongo_erasures import erasures
from playhead.adapters.mongo_indexes import CHANGES_INDEX
from playhead.adapters.mongo_lists import SUMMARY, key_of
from playhead.adapters.mongo_progress import unavailable
from playhead.domain.changes import SETTLED_MS, Change, Place


class MongoChangesFeed:
    """The port ChangesFeed on the collection of progress."""

    def __init__(self, collection: Collection[Document], settled_ms: int = SETTLED_MS) -> None:
        """Take the collection, and from which age on no earlier change can follow, in ms."""
        self._collection = collection
        self._shown = SUMMARY | {
            "_id": 1,
            "updatedAt": 1,
            "playback.hidden": 1,
            "settled": {"$lt": ["$updatedAt", {"$subtract": ["$$NOW", settled_ms]}]},
        }

    def beyond(self, user_id: str, place: Place | None, limit: int) -> list[Change]:
        """Return the changes beyond a place, the earliest first."""
        with unavailable():
            return [_change(user_id, document) for document in self.find_beyond(user_id, place, limit)]

    def find_beyond(self, user_id: str, place: Place | None, limit: int) -> Cursor[Document]:
        """Return the query of the changes beyond a place; both clauses of it are read in the order of the index."""
        user: Document = {"userId": stored_id(user_id)}
        query = user if place is None else {"$or": [user | _same_time(place), user | _later(place)]}
        order = [("updatedAt", ASCENDING), ("_id", ASCENDING)]
        return self._collection.find(query, self._shown).sort(order).hint(CHANGES_INDEX).limit(limit)

    def erased_at(self, user_id: str) -> int | None:
        """Return when in ms a learner had everything erased, None where never."""
        with unavailable():
            return erasures(self._collection.database, [user_id]).get(user_id)


def _same_time(place: Place) -> Document:
    return {"updatedAt": to_date(place.at), "_id": {"$gt": stored_id(place.document)}}


def _later(place: Place) -> Document:
    return {"updatedAt": {"$gt": to_date(place.at)}}


def _change(user_id: str, document: dict[str, Any]) -> Change:
    return Change(
        progress=progress_of(key_of(user_id, document), document),
        hidden=to_ms(document.get("playback", {}).get("hidden")) is not None,
        place=Place(to_ms(document.get("updatedAt")) or 0, spelt_id(document["_id"])),
        settled=document["settled"],
    )
