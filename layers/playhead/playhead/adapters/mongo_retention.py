"""Retention on MongoDB: its own TTL index on `updatedAt`, made, changed or dropped only where it is not as told."""

import pymongo
from pymongo import ASCENDING
from pymongo.collection import Collection

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_progress import unavailable

NAME = "retention"
_DAY_SECONDS = 24 * 3600


class MongoRetention:
    """The port Retention on the collection of progress."""

    def __init__(self, collection: Collection[Document]) -> None:
        """Take the collection."""
        self._collection = collection

    def keep(self, days: int) -> bool:
        """Let progress that nobody has touched for so many days be deleted, 0 for never; tell whether that is new.

        An index that takes long to build is built to its end also where nobody waits for it.
        """
        wanted = days * _DAY_SECONDS
        with unavailable(), pymongo.timeout(None):
            current = self._seconds()
            if wanted == current:
                return False
            if not wanted:
                self._collection.drop_index(NAME)
            elif current:
                changed = {"name": NAME, "expireAfterSeconds": wanted}
                self._collection.database.command("collMod", self._collection.name, index=changed)
            else:
                self._collection.create_index([("updatedAt", ASCENDING)], name=NAME, expireAfterSeconds=wanted)
        return True

    def _seconds(self) -> int:
        found = self._collection.index_information().get(NAME, {})
        return int(found.get("expireAfterSeconds", 0))
