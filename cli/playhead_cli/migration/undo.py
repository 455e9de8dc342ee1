"""Undo: every backed up document as it was, byte by byte, unless it was changed since the migration.

A document that learners, or the old app, went on with is left: its bytes of then would lose what was acknowledged.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import IntEnum

from pydantic.alias_generators import to_camel
from pymongo import DESCENDING, IndexModel
from pymongo.database import Database

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import spelt_id
from playhead.adapters.mongo_erasures import BACKUP, BEFORE_UNDO
from playhead.adapters.mongo_learners import learners
from playhead.adapters.mongo_progress import COLLECTION
from playhead.domain.learner import Learner
from playhead_cli.migration import readings
from playhead_cli.migration.changes import KEPT_SECONDS, bulk, replacement
from playhead_cli.migration.faults import Fault
from playhead_cli.migration.raw import Raw, batches, by_id, digest, encoded, name, raw_database


class End(IntEnum):
    """How one document ended; a later one counts for more where the backup holds several changes of it."""

    CHANGED_SINCE = 0
    KEPT_BACK = 1  # the learner had everything erased since, or wants no history
    AS_IT_WAS = 2
    FORCED = 3
    RESTORED = 4


class Undo:
    """Goes through the backup from the last change to the first."""

    def __init__(self, database: Database[Document], *, write: bool, force: bool = False, backup: str = BACKUP) -> None:
        """Take a database, whether to write, and whether what was changed since is taken back too, which loses that."""
        self._database = database
        raw = raw_database(database)
        self._progress, self._backup, self._forced = raw[COLLECTION], raw[backup], raw[BEFORE_UNDO]
        self._writes = write
        self._force = force
        self._ends: dict[object, End] = {}

    def count(self) -> int:
        """Return how many changes are backed up."""
        return self._backup.estimated_document_count()

    def folded_any(self) -> bool:
        """Tell whether the migration removed duplicates, which a unique index would not let back in."""
        return self._backup.find_one({"after": None, "faults": Fault.DUPLICATE}, {"_id": 1}) is not None

    def report(self) -> dict[str, int]:
        """Return how many documents ended how."""
        ends = Counter(self._ends.values())
        return {to_camel(end.name.lower()): ends[end] for end in End}

    def steps(self) -> Iterator[int]:
        """Take back batch after batch, or only count what would be; yield how many changes were looked at."""
        for batch in batches(self._backup, {}, "made", DESCENDING):
            yield self._step(batch)

    def _step(self, entries: Sequence[Raw]) -> int:
        stored: dict[object, Raw | None] = dict(by_id(self._progress, [entry["_id"]["document"] for entry in entries]))
        found = dict(stored)
        known = learners(self._database, set(map(_owner, entries)))
        for entry in entries:
            self._look(entry, stored, known[_owner(entry)])
        ids = {name(entry["_id"]["document"]): entry["_id"]["document"] for entry in entries}
        changed = [one for one in ids if digest(found.get(one)) != digest(stored.get(one))]
        if self._writes and changed:
            bulk(self._progress, [replacement(ids[one], found.get(one), stored.get(one)) for one in changed])
            self._look_again({one: ids[one] for one in changed}, stored)
        return len(entries)

    def _look(self, entry: Raw, stored: dict[object, Raw | None], learner: Learner) -> None:
        """Decide on one change; `stored` holds what each document is by then, and gets what it becomes."""
        one = name(entry["_id"]["document"])
        current, before = stored.get(one), entry["before"]
        end = self._end(one, current, entry, learner)
        if end in (End.RESTORED, End.FORCED):
            if end is End.FORCED:
                self._keep(current)
            stored[one] = before
        self._ends[one] = max(end, self._ends.get(one, end))

    def _end(self, one: object, current: Raw | None, entry: Raw, learner: Learner) -> End:
        if digest(current) == digest(entry["before"]):
            return End.AS_IT_WAS
        if not learner.history or (current is None and learner.erased_at is not None):
            return End.KEPT_BACK
        if digest(current) == entry["after"]:
            return End.RESTORED
        settled = self._ends.get(one, End.CHANGED_SINCE) is not End.CHANGED_SINCE
        return End.FORCED if self._force and not settled else End.CHANGED_SINCE

    def _look_again(self, ids: Mapping[object, object], shall: Mapping[object, Raw | None]) -> None:
        """Correct what was told of documents that somebody changed at the last moment."""
        stored = by_id(self._progress, ids.values())
        for one in ids:
            if digest(stored.get(one)) != digest(shall[one]):
                self._ends[one] = End.CHANGED_SINCE

    def _keep(self, current: Raw | None) -> None:
        if current is not None and self._writes:
            self._forced.create_indexes(
                [IndexModel("document.userId"), IndexModel("at", expireAfterSeconds=KEPT_SECONDS)]
            )
            entry = {"_id": digest(current), "at": datetime.now(UTC), "document": current}
            self._forced.replace_one({"_id": entry["_id"]}, encoded(entry), upsert=True)


def _owner(entry: Raw) -> str:
    return spelt_id(readings.identifier((entry["before"] or {}).get("userId")))
