"""What a learner changes by hand, on MongoDB: attempts, completion, hiding, position; one atomic update each."""

from collections.abc import Sequence

from pymongo import ReturnDocument
from pymongo.collection import Collection

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import identity, progress_of, to_date
from playhead.adapters.mongo_expressions import Expression
from playhead.adapters.mongo_learners import begun_by, learners
from playhead.adapters.mongo_merge import latest
from playhead.adapters.mongo_merge_stages import COMPLETED_BEFORE, completed_outbox
from playhead.adapters.mongo_progress import PUBLISHED, unavailable
from playhead.adapters.mongo_ranges import WATCHED_SECONDS, union_with
from playhead.adapters.mongo_take_over import take_over
from playhead.domain.progress import COMPLETE_PERCENT, Progress
from playhead.domain.report import Key, Position

_ATTEMPTS_KEPT = 5
_COUNTED_ANEW: Document = {
    "playback.position": None,
    "playback.furthest": 0,
    "playback.watched": [],
    "playback.watchedSeconds": 0,
    "watchedDuration": 0,
    "watchedPercentage": 0,
    "completionPercentage": 0,
    "isCompleted": False,
    "completedAt": None,
}
_GROWING = ("playback.position", "playback.furthest", "watchedDuration", "watchedPercentage", "completionPercentage")
_OF_AN_ATTEMPT = (*_COUNTED_ANEW, "playback.attempt", "playback.attemptAt", "playback.completedByHand")


class MongoProgressChanges:
    """The port ProgressChanges on the collection of progress."""

    def __init__(self, collection: Collection[Document]) -> None:
        """Take the collection."""
        self._collection = collection

    def reset(self, key: Key, now: int) -> Progress:
        """Keep the attempt in the archive and begin the next; nothing where nothing is stored."""
        archived = {_name(path): f"${path}" for path in _OF_AN_ATTEMPT} | {"endedAt": to_date(now)}
        kept = {"$concatArrays": [{"$ifNull": ["$playback.archive", []]}, [archived]]}
        anew = {
            **_COUNTED_ANEW,
            "playback.base.watchedPercentage": 0,
            "playback.base.completionPercentage": 0,
            "playback.base.isCompleted": False,
            "playback.base.completedAt": None,
            "playback.archive": {"$slice": [kept, -_ATTEMPTS_KEPT]},
            "playback.attempt": {"$add": ["$playback.attempt", 1]},
            "playback.attemptAt": to_date(now),
            "playback.completedByHand": "$$REMOVE",
        }
        return self._change(key, [take_over(now), {"$set": anew}]) or Progress(key)

    def undo_reset(self, key: Key, since: int) -> Progress | None:
        """Bring the last attempt back, with what was watched since; None where none was ended after `since` ms."""
        joined: Document = {
            "playback.watched": union_with("$playback.watched", "$playback.last.watched"),
            "isCompleted": {"$or": ["$isCompleted", "$playback.last.isCompleted"]},
            "completedAt": {"$min": ["$completedAt", "$playback.last.completedAt"]},
            "playback.attempt": "$playback.last.attempt",
            "playback.attemptAt": "$playback.last.attemptAt",
            "playback.completedByHand": "$playback.last.completedByHand",
            "playback.archive": _all_but_last("$playback.archive"),
        }
        joined |= {path: {"$max": [f"${path}", f"$playback.last.{_name(path)}"]} for path in _GROWING}
        stages: list[Document] = [
            {"$set": {"playback.last": {"$last": "$playback.archive"}}},
            {"$set": joined},
            {"$set": {"playback.watchedSeconds": WATCHED_SECONDS}},
            {"$unset": "playback.last"},
        ]
        recent = {"playback.attemptAt": {"$gte": to_date(since)}, "playback.archive.0": {"$exists": True}}
        return self._change(key, stages, recent)

    def complete(self, key: Key, now: int) -> Progress:
        """Mark as completed by hand, also a video that was never played."""
        first = {"$ifNull": ["$playback.base.completedAt", "$completedAt", to_date(now)]}
        marked = {
            "isCompleted": True,
            "completedAt": first,
            "completionPercentage": COMPLETE_PERCENT,
            "playback.base.isCompleted": True,
            "playback.base.completedAt": first,
            "playback.base.completionPercentage": COMPLETE_PERCENT,
            "outbox": {"$cond": [COMPLETED_BEFORE, "$outbox", completed_outbox(to_date(now))]},
            "playback.completedByHand": True,
        }
        with unavailable():
            learner = learners(self._collection.database, [key.user_id])[key.user_id]
        stages = [take_over(now), {"$set": marked}, *begun_by(learner)]
        return self._change(key, stages, upsert=True) or Progress(key)

    def withdraw_completion(self, key: Key, threshold: int) -> Progress:
        """Withdraw a completion by hand; one that was reached by watching stays."""
        reached = {"$gte": ["$watchedPercentage", threshold]}
        completed_at = {"$cond": [reached, "$completedAt", "$$REMOVE"]}
        withdrawn = {
            "isCompleted": reached,
            "completedAt": completed_at,
            "completionPercentage": "$watchedPercentage",
            "playback.base.isCompleted": reached,
            "playback.base.completedAt": completed_at,
            "playback.base.completionPercentage": "$watchedPercentage",
            "playback.completedByHand": "$$REMOVE",
        }
        by_hand = {"playback.completedByHand": True}
        return self._change(key, [{"$set": withdrawn}], by_hand) or self._read(key)

    def hide(self, key: Key, now: int, *, hidden: bool) -> Progress:
        """Leave out of the unfinished list until the next play, or bring back; nothing where nothing is stored."""
        mark = {"playback.hidden": to_date(now) if hidden else "$$REMOVE"}
        return self._change(key, [take_over(now), {"$set": mark}]) or Progress(key)

    def move(self, key: Key, position: Position) -> Progress:
        """Bid for the position register by hand; nothing where nothing is stored."""
        moved = {"playback.position": latest("$playback.position", position)}
        return self._change(key, [take_over(position.at), {"$set": moved}]) or Progress(key)

    def _change(
        self,
        key: Key,
        stages: Sequence[Document],
        where: Document | None = None,
        *,
        upsert: bool = False,
    ) -> Progress | None:
        with unavailable():
            document = self._collection.find_one_and_update(
                identity(key) | (where or {}),
                [*stages, {"$set": {"updatedAt": "$$NOW"}}],
                projection=PUBLISHED,
                upsert=upsert,
                return_document=ReturnDocument.AFTER,
            )
        return progress_of(key, document) if document else None

    def _read(self, key: Key) -> Progress:
        with unavailable():
            return progress_of(key, self._collection.find_one(identity(key), PUBLISHED) or {})


def _all_but_last(array: str) -> Expression:
    size = {"$size": array}
    return {"$cond": [{"$gt": [size, 1]}, {"$slice": [array, {"$subtract": [size, 1]}]}, []]}


def _name(path: str) -> str:
    return path.rpartition(".")[2]
