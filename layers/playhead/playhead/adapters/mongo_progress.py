"""The progress store on MongoDB: one atomic update a key, whatever reports it, in whichever order."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic

from pymongo import ReturnDocument, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, DuplicateKeyError, PyMongoError

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import identity, progress_of
from playhead.adapters.mongo_merge import merge_pipeline
from playhead.domain.errors import StoreUnavailable
from playhead.domain.progress import Contribution, Progress
from playhead.domain.report import Key

COLLECTION = "progresses"

_DUPLICATE_KEY = 11000
_SLOW_SECONDS = 0.25
_WEIGHT = 0.2  # of the newest measurement in the moving average
_PUBLISHED: Document = dict.fromkeys(
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


class MongoProgressStore:
    """The port ProgressStore on the collection that the old Mongoose model uses."""

    def __init__(self, collection: Collection[Document], timer: Callable[[], float] = monotonic) -> None:
        """Take the collection, and a timer in seconds."""
        self._collection = collection
        self._timer = timer
        self._average_seconds = 0.0

    def merge(self, contribution: Contribution) -> Progress:
        """Merge by one find_one_and_update and return what is stored then."""
        with self._measured(), unavailable():
            try:
                document = self._merge_one(contribution)
            except DuplicateKeyError:  # two first reports of a key at once: now the document is there
                document = self._merge_one(contribution)
        return progress_of(contribution.key, document)

    def merge_all(self, contributions: Sequence[Contribution]) -> None:
        """Merge several keys by one unordered bulk write."""
        updates = [UpdateOne(identity(one.key), merge_pipeline(one), upsert=True) for one in contributions]
        with self._measured(), unavailable():
            try:
                self._collection.bulk_write(updates, ordered=False)
            except BulkWriteError as error:
                again = [one["index"] for one in error.details["writeErrors"] if one["code"] == _DUPLICATE_KEY]
                if len(again) < len(error.details["writeErrors"]):
                    raise
                self._collection.bulk_write([updates[index] for index in again], ordered=False)

    def read(self, key: Key) -> Progress:
        """Return what is stored, by one projected read; a zero state where nothing is."""
        with unavailable():
            document = self._collection.find_one(identity(key), _PUBLISHED)
        return progress_of(key, document or {})

    def is_slow(self) -> bool:
        """Tell whether merges of this environment have been taking over a quarter of a second."""
        return self._average_seconds > _SLOW_SECONDS

    def _merge_one(self, contribution: Contribution) -> Document:
        document = self._collection.find_one_and_update(
            identity(contribution.key),
            merge_pipeline(contribution),
            projection=_PUBLISHED,
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return document or {}  # with upsert there always is one

    @contextmanager
    def _measured(self) -> Iterator[None]:
        started = self._timer()
        try:
            yield
        finally:
            self._average_seconds += _WEIGHT * (self._timer() - started - self._average_seconds)


@contextmanager
def unavailable() -> Iterator[None]:
    """Turn what the driver says of its network into the domain's refusal; what is our own fault stays itself."""
    try:
        yield
    except PyMongoError as error:
        message = "The progress store cannot be reached; nothing was saved."
        raise StoreUnavailable(message) from error
