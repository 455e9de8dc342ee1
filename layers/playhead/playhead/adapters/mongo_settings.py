"""A learner's settings on MongoDB: in their own document first, then in each document of progress."""

from pymongo.collection import Collection

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import stored_id
from playhead.adapters.mongo_learners import LEARNERS, forget_history, learners
from playhead.adapters.mongo_progress import unavailable
from playhead.domain.learner import Learner


class MongoSettings:
    """The port LearnerSettings on the collection of progress and that of learners."""

    def __init__(self, progress: Collection[Document]) -> None:
        """Take the collection of progress."""
        self._progress = progress
        self._database = progress.database

    def read(self, user_id: str) -> Learner:
        """Return what a learner has set."""
        with unavailable():
            return learners(self._database, [user_id])[user_id]

    def set_history(self, user_id: str, now: int, *, kept: bool) -> None:
        """Keep viewings from now on, or forget them and keep none.

        What is made meanwhile reads the learner's own document, before and after: so that is written first.
        """
        user = stored_id(user_id)
        with unavailable():
            self._database[LEARNERS].update_one({"_id": user}, {"$set": {"history": kept}}, upsert=True)
            if kept:
                marked = {"userId": user, "playback.historyOff": True}
                self._progress.update_many(marked, {"$unset": {"playback.historyOff": ""}})
            else:
                forget_history(self._progress, user_id, now)
