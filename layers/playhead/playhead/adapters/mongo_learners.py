"""What MongoDB keeps of a learner beside progress: when everything was erased, and whether viewings are kept.

The document: _id (the learner), erasedAt, history. A tombstone goes after 400 days, by an index that holds no document
whose history is off. Who wants no history is marked in each document too (`playback.historyOff`), where merges see it.
"""

from collections.abc import Iterable, Mapping

from pymongo.collection import Collection
from pymongo.database import Database

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import stored_id, to_date, to_ms
from playhead.adapters.mongo_take_over import take_over
from playhead.domain.learner import Learner

LEARNERS = "learners"
KEPT_SECONDS = 400 * 24 * 3600
IS_KEPT_FOR_A_TIME: Document = {"history": True}

_WITHOUT_HISTORY: Document = {
    "$set": {
        "watchHistory": [],
        "playback.devices": {"$literal": {}},
        "playback.halfHours": "$$REMOVE",
        "playback.historyOff": True,
    },
}


def learners(database: Database[Document], user_ids: Iterable[str]) -> Mapping[str, Learner]:
    """Return what is known of each of some learners."""
    asked = {stored_id(one): one for one in user_ids}
    found = {one["_id"]: one for one in database[LEARNERS].find({"_id": {"$in": list(asked)}})}
    return {user_id: _learner(found.get(stored, {})) for stored, user_id in asked.items()}


def begun_by(learner: Learner) -> list[Document]:
    """Return the stages that let a document begin as its learner wants it.

    After an erasure it takes no session from before; without history it keeps no viewings, from this merge on.
    """
    stages = []
    if learner.erased_at is not None:
        begun = {"playback.attemptAt": {"$max": ["$playback.attemptAt", to_date(learner.erased_at)]}}
        stages.append({"$set": begun})
    return stages if learner.history else [*stages, _WITHOUT_HISTORY]


def forget_history(progress: Collection[Document], user_id: str, now: int) -> None:
    """Let all documents of a learner hold no viewings, and take none from now (ms) on."""
    progress.update_many({"userId": stored_id(user_id)}, [take_over(now), _WITHOUT_HISTORY])


def _learner(document: Mapping[str, object]) -> Learner:
    return Learner(to_ms(document.get("erasedAt")), document.get("history") is not False)
