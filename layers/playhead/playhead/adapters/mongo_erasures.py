"""Erasures on MongoDB: a tombstone of each learner who had everything erased, and the deletion itself.

The tombstone is in the learner's own document (mongo_learners), whose settings go.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import PyMongoError

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import spelt_id, stored_id, to_date
from playhead.adapters.mongo_learners import IS_KEPT_FOR_A_TIME, LEARNERS, learners
from playhead.domain.errors import StoreUnavailable
from playhead.domain.report import Key

BACKUP = "progresses_backup"  # what `playhead migrate` keeps of documents before it changes them
BEFORE_UNDO = "progresses_before_undo"  # and before it is undone by force
_LEARNER_IN = {BACKUP: "before.userId", BEFORE_UNDO: "document.userId"}


class MongoErasure:
    """The port LearnerErasure on the collection of progress and that of tombstones."""

    def __init__(self, progress: Collection[Document]) -> None:
        """Take the collection of progress."""
        self._progress = progress
        self._learners = progress.database[LEARNERS]

    def mark(self, user_id: str, now: int) -> None:
        """Remember the erasure before anything is deleted, so that no report slips in between."""
        with _unfinished():
            marked = {"$max": {"erasedAt": to_date(now)}, "$set": IS_KEPT_FOR_A_TIME}
            self._learners.update_one({"_id": stored_id(user_id)}, marked, upsert=True)

    def keys(self, user_id: str) -> list[Key]:
        """Return the keys of all that is stored about a learner, from the index alone."""
        shown = {"_id": 0, "userId": 1, "courseId": 1, "videoId": 1}
        with _unfinished():
            found = list(self._progress.find({"userId": stored_id(user_id)}, shown))
        return [Key(user_id, spelt_id(one["courseId"]), spelt_id(one["videoId"])) for one in found]

    def delete(self, user_id: str) -> int:
        """Delete all progress of a learner, the copies of a migration too, and return of how many videos."""
        spellings = {"$in": [user_id, stored_id(user_id)]}
        with _unfinished():
            for name, path in _LEARNER_IN.items():
                self._progress.database[name].delete_many({path: spellings})
            return self._progress.delete_many({"userId": stored_id(user_id)}).deleted_count


def erasures(database: Database[Document], user_ids: Iterable[str]) -> dict[str, int]:
    """Return when in ms each of some learners had everything erased; who never had is not in it."""
    found = learners(database, user_ids)
    return {user_id: one.erased_at for user_id, one in found.items() if one.erased_at is not None}


@contextmanager
def _unfinished() -> Iterator[None]:
    """Turn what the driver says of its network into a refusal that asks to go on."""
    try:
        yield
    except PyMongoError as error:
        message = "The erasure is not finished; ask for it once more."
        raise StoreUnavailable(message) from error
