"""Habits on MongoDB: the half hours of a learner's videos, by one projected query."""

from pymongo.collection import Collection
from pymongo.cursor import Cursor

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import half_hours_of, stored_id, to_date
from playhead.adapters.mongo_progress import unavailable
from playhead.domain.habits import HalfHours

_HALF_HOURS: Document = {"_id": 0, "playback.halfHours": 1}


class MongoHabitsLog:
    """The port HabitsLog on the collection of progress."""

    def __init__(self, collection: Collection[Document]) -> None:
        """Take the collection."""
        self._collection = collection

    def half_hours(self, user_id: str, since: int) -> list[HalfHours]:
        """Return the half hours of each video that was reported since; what is older may be among them."""
        with unavailable():
            return [half_hours_of(_stored(one)) for one in self.find(user_id, since)]

    def find(self, user_id: str, since: int) -> Cursor[Document]:
        """Return the query."""
        return self._collection.find({"userId": stored_id(user_id), "updatedAt": {"$gte": to_date(since)}}, _HALF_HOURS)


def _stored(document: Document) -> Document:
    half_hours: Document = document.get("playback", {}).get("halfHours", {})
    return half_hours
