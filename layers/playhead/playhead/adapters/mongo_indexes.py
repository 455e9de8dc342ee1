"""The indexes that Playhead's reads and writes rest on; made by a deployer or the local stack, never by a handler."""

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_learners import IS_KEPT_FOR_A_TIME, KEPT_SECONDS, LEARNERS
from playhead.adapters.mongo_progress import COLLECTION

KEY_INDEX = [("userId", ASCENDING), ("courseId", ASCENDING), ("videoId", ASCENDING)]
UNFINISHED_INDEX = [("userId", ASCENDING), ("playback.hidden", ASCENDING), ("lastWatchedAt", DESCENDING)]
CHANGES_INDEX = [("userId", ASCENDING), ("updatedAt", ASCENDING), ("_id", ASCENDING)]
OUTBOX_INDEX = [("outbox.at", ASCENDING)]
INDEXES = (
    IndexModel(KEY_INDEX, unique=True),
    IndexModel([("videoId", ASCENDING)]),
    IndexModel(CHANGES_INDEX),
    IndexModel(OUTBOX_INDEX, partialFilterExpression={"outbox": {"$exists": True}}),
    IndexModel(UNFINISHED_INDEX, partialFilterExpression={"isCompleted": False}),
)


def ensure_indexes(database: Database[Document]) -> list[str]:
    """Create what is missing and return the names of all; what is there already stays untouched."""
    tombstones = IndexModel("erasedAt", expireAfterSeconds=KEPT_SECONDS, partialFilterExpression=IS_KEPT_FOR_A_TIME)
    return database[COLLECTION].create_indexes(list(INDEXES)) + database[LEARNERS].create_indexes([tombstones])
