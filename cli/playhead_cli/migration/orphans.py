"""Orphans: progress of a learner, course or video that the platform no longer has."""

from collections.abc import Iterable, Sequence

from pymongo.database import Database

from playhead.adapters.mongo_client import Document
from playhead_cli.migration import readings

_OWNERS = {"userId": "users", "courseId": "courses", "videoId": "videos"}


class Orphans:
    """Knows which ids the platform has; a collection that is empty, or not here, is not asked."""

    def __init__(self, database: Database[Document]) -> None:
        """Take the database of the platform."""
        self._collections = {
            field: database[owner] for field, owner in _OWNERS.items() if database[owner].find_one({}, {"_id": 1})
        }
        self._known: dict[str, dict[object, bool]] = {field: {} for field in self._collections}

    def of(self, documents: Sequence[Document]) -> list[bool]:
        """Tell of each document whether anything that it belongs to is gone."""
        for field in self._collections:
            self._ask(field, {readings.identifier(one.get(field)) for one in documents} - {None})
        return [any(self._is_gone(field, one) for field in self._collections) for one in documents]

    def _is_gone(self, field: str, document: Document) -> bool:
        return not self._known[field].get(readings.identifier(document.get(field)), True)

    def _ask(self, field: str, ids: Iterable[object]) -> None:
        unknown = [one for one in ids if one not in self._known[field]]
        if unknown:
            found = {one["_id"] for one in self._collections[field].find({"_id": {"$in": unknown}}, {"_id": 1})}
            self._known[field] |= {one: one in found for one in unknown}
