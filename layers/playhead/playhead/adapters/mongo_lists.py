"""Lists of a learner's progress on MongoDB: one projected query each, whose index yields just what is returned."""

from typing import Any

from bson import MaxKey
from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection
from pymongo.cursor import Cursor

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import identity, progress_of, spelt_id, stored_id
from playhead.adapters.mongo_indexes import KEY_INDEX, UNFINISHED_INDEX
from playhead.adapters.mongo_progress import PUBLISHED, unavailable
from playhead.domain.progress import Progress
from playhead.domain.report import Key

SUMMARY: Document = {name: shown for name, shown in PUBLISHED.items() if name != "playback.watched"} | {
    "courseId": 1,
    "videoId": 1,
    "playback.attempt": 1,
}


class MongoProgressLists:
    """The port ProgressLists on the collection of progress. The progress in a list comes without its ranges."""

    def __init__(self, collection: Collection[Document]) -> None:
        """Take the collection."""
        self._collection = collection

    def of_course(self, user_id: str, course_id: str) -> list[Progress]:
        """Return the learner's progress in each video of a course that was begun, by video."""
        return _summaries(user_id, self.find_course(user_id, course_id))

    def page(self, user_id: str, start: Key | None, limit: int) -> tuple[list[Progress], Key | None]:
        """Return a learner's progress by course and video, from a key on, and the key where the next page starts."""
        found = _summaries(user_id, self.find_page(user_id, start, limit))
        return found[:limit], found[limit].key if len(found) > limit else None

    def unfinished(self, user_id: str, limit: int) -> list[Progress]:
        """Return what a learner has begun, not completed and not hidden, the last watched first."""
        return _summaries(user_id, self.find_unfinished(user_id, limit))

    def find_course(self, user_id: str, course_id: str) -> Cursor[Document]:
        """Return the query of a course."""
        query = {"userId": stored_id(user_id), "courseId": stored_id(course_id)}
        return self._collection.find(query, SUMMARY).sort("videoId", ASCENDING).hint(KEY_INDEX)

    def find_page(self, user_id: str, start: Key | None, limit: int) -> Cursor[Document]:
        """Return the query of a page and one more: bounds of the index itself, since ids are of two types."""
        query = self._collection.find({"userId": stored_id(user_id)}, SUMMARY).limit(limit + 1)
        return from_key_on(query, start)

    def find_unfinished(self, user_id: str, limit: int) -> Cursor[Document]:
        """Return the query of what is unfinished; a video that was never hidden has no such mark."""
        query = {"userId": stored_id(user_id), "isCompleted": False, "playback.hidden": None}
        found = self._collection.find(query, SUMMARY).sort("lastWatchedAt", DESCENDING)
        return found.hint(UNFINISHED_INDEX).limit(limit)


def from_key_on(query: Cursor[Document], start: Key | None) -> Cursor[Document]:
    """Return a query of one learner's documents in the order of their keys, from a key on, to the learner's last."""
    ordered = query.sort(KEY_INDEX).hint(KEY_INDEX)
    if start is None:
        return ordered
    first = identity(start)
    bound: list[Any] = list(first.items())  # pymongo types a bound as if it were a direction
    end: list[Any] = [(name, first[name] if name == "userId" else MaxKey()) for name in first]
    return ordered.min(bound).max(end)


def _summaries(user_id: str, found: Cursor[Document]) -> list[Progress]:
    with unavailable():
        return [progress_of(key_of(user_id, document), document) for document in found]


def key_of(user_id: str, document: dict[str, Any]) -> Key:
    """Return the key of a learner's document."""
    return Key(user_id, spelt_id(document["courseId"]), spelt_id(document["videoId"]))
