"""The progress store on MongoDB: one atomic update a key, whatever reports it, in whichever order."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic

from pymongo import ReturnDocument, UpdateOne
from pymongo.collection import Collection
from pymongo.cursor import Cursor
from pymongo.errors import BulkWriteError, DuplicateKeyError, OperationFailure, PyMongoError

from playhead.adapters.mongo_client import Document, repeated
from playhead.adapters.mongo_documents import identity, progress_of, to_date
from playhead.adapters.mongo_expressions import Stage
from playhead.adapters.mongo_learners import begun_by, forget_history, learners
from playhead.adapters.mongo_merge import merge_pipeline
from playhead.adapters.mongo_take_over import take_over
from playhead.domain.errors import StoreUnavailable
from playhead.domain.learner import Learner
from playhead.domain.progress import MAX_RANGES_KEPT, Contribution, Progress, is_erased
from playhead.domain.report import Key, Position

COLLECTION = "progresses"

_DUPLICATE_KEY = 11000
_UNREACHABLE = "The progress store cannot be reached; nothing was saved."
_TRIES = 2
_SLOW_SECONDS = 0.25
_WEIGHT = 0.2  # of the newest measurement in the moving average
PUBLISHED: Document = dict.fromkeys(
    (
        "playback.position",
        "playback.furthest",
        "playback.watched",
        "watchedDuration",
        "totalDuration",
        "watchedPercentage",
        "isCompleted",
        "completedAt",
        "lastWatchedAt",
        "watchCount",
    ),
    1,
) | {"_id": 0}
_READ = PUBLISHED | {"playback.devices": 1, "playback.attemptAt": 1}
_NOT_FRAGMENTED: Document = {f"playback.watched.{MAX_RANGES_KEPT - 1}": {"$exists": False}}
_VIEWINGS: Document = {"_id": 0, "watchHistory": 1}


class MongoProgressStore:
    """The port ProgressStore on the collection that the old Mongoose model uses."""

    def __init__(self, collection: Collection[Document], timer: Callable[[], float] = monotonic) -> None:
        """Take the collection, and a timer in seconds."""
        self._collection = collection
        self._database = collection.database
        self._timer = timer
        self._average_seconds = 0.0

    def merge(self, contribution: Contribution) -> Progress | None:
        """Merge by one find_one_and_update and return what is stored then, None where the session's time is over."""
        document = self._timed(lambda: self._merge_one(contribution) or self._begin(contribution))
        return progress_of(contribution.key, document) if document else None

    def merge_all(self, contributions: Sequence[Contribution]) -> list[Contribution]:
        """Merge several by one unordered bulk write; return those of which the session's time is over."""
        return self._timed(lambda: self._merge_all(contributions))

    def read(self, key: Key) -> Progress:
        """Return what is stored, by one projected read; a zero state where nothing is."""
        with unavailable():
            document = self._collection.find_one(identity(key), _READ)
        return progress_of(key, document or {})

    def viewings(self, key: Key) -> list[Position]:
        """Return the last position of each of the newest viewings, the latest first, by one projected read."""
        with unavailable():
            documents = list(self.find_viewings(key))
        return [one for document in documents for one in sorted(progress_of(key, document).viewings, reverse=True)]

    def find_viewings(self, key: Key) -> Cursor[Document]:
        """Return the query of a video's viewings."""
        return self._collection.find(identity(key), _VIEWINGS).limit(1)

    def erased_at(self, user_id: str) -> int | None:
        """Return when in ms a learner had everything erased, None where never."""
        with unavailable():
            return learners(self._database, [user_id])[user_id].erased_at

    def is_slow(self) -> bool:
        """Tell whether merges of this environment have been taking over a quarter of a second."""
        return self._average_seconds > _SLOW_SECONDS

    def _merge_all(self, contributions: Sequence[Contribution]) -> list[Contribution]:
        known = learners(self._database, {one.key.user_id for one in contributions})
        acceptable, refused = _parted(contributions, known)
        left = acceptable
        for _ in range(_TRIES):
            left = self._merge_many(left, known)
        return [*refused, *left, *self._settle(acceptable, known)]

    def _begin(self, new: Contribution) -> Document | None:
        """Make the key's document by its first merge, unless the session began before its learner's erasure."""
        known = learners(self._database, [new.key.user_id])
        if is_erased(new, known[new.key.user_id].erased_at):
            return None
        for _ in range(_TRIES):
            with suppress(DuplicateKeyError):
                document = self._find_and_update(_target(new), _first_pipeline(new, known), upsert=True)
                return None if self._settle([new], known) else document
        return None

    def _settle(self, merged: Sequence[Contribution], known: Mapping[str, Learner]) -> list[Contribution]:
        """Do to what was just made what its learner wanted meanwhile; return those of which nothing may be kept.

        An erasure, and that there is to be no history, are noted before any document is touched: what is made
        after that finds the note here.
        """
        since = learners(self._database, known)
        for user_id, one in since.items():
            if known[user_id].history and not one.history:
                forget_history(self._collection, user_id, merged[0].received_at)
        return self._take_back(merged, since) if since != known else []

    def _take_back(self, merged: Sequence[Contribution], since: Mapping[str, Learner]) -> list[Contribution]:
        """Delete again what was made while its learner had everything erased; return those that it was made of."""
        gone = [one for one in merged if is_erased(one, since[one.key.user_id].erased_at)]
        for one in gone:
            before = {"$not": {"$gte": to_date(since[one.key.user_id].erased_at or 0)}}
            made_just_now = {"createdAt": to_date(one.received_at), "playback.attemptAt": before}
            repeated(self._collection.delete_one, identity(one.key) | made_just_now)
        return gone

    def _merge_many(self, contributions: Sequence[Contribution], known: Mapping[str, Learner]) -> list[Contribution]:
        """Return what met a document that it does not match."""
        if not contributions:
            return []
        updates = [UpdateOne(_target(one), _first_pipeline(one, known), upsert=True) for one in contributions]
        try:
            repeated(self._collection.bulk_write, updates, ordered=False)
        except BulkWriteError as error:
            failed = error.details["writeErrors"]
            if any(one["code"] != _DUPLICATE_KEY for one in failed) or error.details["writeConcernErrors"]:
                raise
            return [contributions[one["index"]] for one in failed]
        return []

    def _merge_one(self, new: Contribution) -> Document | None:
        """Merge into a document that has met Playhead before; most have."""
        return self._find_and_update(_target(new) | {"playback.attempt": {"$exists": True}}, merge_pipeline(new))

    def _find_and_update(self, query: Document, pipeline: Sequence[Stage], *, upsert: bool = False) -> Document | None:
        return repeated(
            self._collection.find_one_and_update,
            query,
            pipeline,
            projection=PUBLISHED,
            upsert=upsert,
            return_document=ReturnDocument.AFTER,
        )

    def _timed[Answer](self, merge: Callable[[], Answer]) -> Answer:
        """Merge, and remember how long that took."""
        started = self._timer()
        try:
            with unavailable():
                return merge()
        finally:
            self._average_seconds += _WEIGHT * (self._timer() - started - self._average_seconds)


def _first_pipeline(new: Contribution, known: Mapping[str, Learner]) -> list[Stage]:
    """Return a merge that may make the document, as its learner wants it."""
    return [take_over(new.received_at), *merge_pipeline(new), *begun_by(known[new.key.user_id])]


def _parted(
    contributions: Sequence[Contribution], known: Mapping[str, Learner]
) -> tuple[list[Contribution], list[Contribution]]:
    """Return the contributions that may be merged, and those of sessions from before an erasure."""
    refused = [one for one in contributions if is_erased(one, known[one.key.user_id].erased_at)]
    return [one for one in contributions if one not in refused], refused


def _target(new: Contribution) -> Document:
    """Return the filter of a merge: the key's document, unless its attempt began after the session did, or it is full.

    A document that does not match makes the upsert meet the unique key. So do two first reports of a key at once, of
    which the second then finds the document: a second try tells the two apart.
    """
    not_over = {"playback.attemptAt": {"$not": {"$gt": to_date(new.session_at)}}}
    return {**identity(new.key), **not_over, **_NOT_FRAGMENTED}


class unavailable:  # noqa: N801 - used as a function, and cheaper than a generator
    """Turn what the driver says of the network and the clock into the domain's refusal; what is our own fault stays."""

    def __enter__(self) -> None:
        """Watch what follows."""

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Raise StoreUnavailable, unless the server understood and refused: trying again would not help then."""
        if isinstance(error, PyMongoError) and (error.timeout or not isinstance(error, OperationFailure)):
            raise StoreUnavailable(_UNREACHABLE) from error
