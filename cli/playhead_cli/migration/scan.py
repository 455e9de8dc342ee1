"""The scan: every document that is to change, and into what; it writes nothing, so plan and apply cannot differ."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from pymongo.database import Database

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import spelt_id
from playhead.adapters.mongo_platform import MongoCatalogue
from playhead.adapters.mongo_progress import COLLECTION
from playhead_cli.migration.changes import Change
from playhead_cli.migration.duplicates import duplicates
from playhead_cli.migration.faults import BEYOND_REPAIR, Fault
from playhead_cli.migration.fold import fold
from playhead_cli.migration.found import Found, Step
from playhead_cli.migration.imports import Import, adopt
from playhead_cli.migration.mapping import Mapping
from playhead_cli.migration.raw import Raw, batches, by_id, decoded, encoded, name, raw_database, taken_over
from playhead_cli.migration.repair import Repair

_GROUPS = 50


class Scan:
    """Looks at all progress of a database once."""

    def __init__(
        self, database: Database[Document], threshold: int, mapping: Mapping | None = None, *, ahead: bool = False
    ) -> None:
        """Take a database, from which percentage on a video is completed, and the mapping of another shape, if any.

        `ahead` takes over sound documents too.
        """
        self.found = Found()
        self._database = database
        self._raw = raw_database(database)
        self._catalogue = MongoCatalogue(database)
        self._threshold = threshold
        self._ahead = ahead
        self._in_groups: set[object] = set()
        self._in_place = mapping if mapping and mapping.in_place else None
        self._import = Import(database, mapping, threshold, self.found) if mapping and not mapping.in_place else None
        self._of_import = self._import.query() if self._import and mapping and mapping.source == COLLECTION else {}

    def count(self) -> int:
        """Return how many documents there are to look at, in about."""
        return self._raw[COLLECTION].estimated_document_count() + (self._import.count() if self._import else 0)

    def steps(self) -> Iterator[Step]:
        """Yield duplicates first: a document whose ids are put right must not meet its twin in the unique index."""
        for groups in batched(duplicates(self._database, self._in_place), _GROUPS, strict=False):
            yield self._folded([ids for _, ids in groups])
        others = {"$nor": [self._of_import]} if self._of_import else {}
        for batch in batches(self._raw[COLLECTION], others):
            yield self._repaired([one for one in batch if name(one["_id"]) not in self._in_groups])
        if self._import:
            yield from self._import.steps()

    def _folded(self, groups: Sequence[Sequence[object]]) -> Step:
        ids = [one for group in groups for one in group]
        stored = by_id(self._raw[COLLECTION], ids)
        self._in_groups |= set(map(name, ids))
        self.found.duplicates += len(groups)
        changes: list[Change] = []
        for group in groups:
            documents = [stored[name(one)] for one in group if name(one) in stored]
            changes += self._fold(documents) if len(documents) > 1 else []
        return Step(len(stored), changes)

    def _fold(self, documents: Sequence[Raw]) -> list[Change]:
        repaired = sorted(zip(documents, self._repair(documents), strict=True), key=lambda pair: _seniority(pair[1]))
        whole = [decoded(one) for one in taken_over(self._raw, [repair.document for _, repair in repaired])]
        folded = Repair(fold(whole), self._threshold)
        survivor, *others = (document for document, _ in repaired)
        faults = {fault for _, repair in repaired for fault in repair.faults} | {Fault.DUPLICATE}
        removed = [Change(one["_id"], one, None, (Fault.DUPLICATE,), into=(survivor["_id"],)) for one in others]
        self.found.faults[Fault.DUPLICATE] += len(documents)
        kept = Change(survivor["_id"], survivor, encoded(folded.document), tuple(sorted(faults)))
        return [*([] if kept.after == kept.before else [kept]), *removed]

    def _repaired(self, documents: Sequence[Raw]) -> Step:
        repairs = self._repair(documents)
        pairs = [(one, repair) for one, repair in zip(documents, repairs, strict=True) if self._is_to_change(repair)]
        after = taken_over(self._raw, [repair.document for _, repair in pairs])
        changes = [
            Change(one["_id"], one, new, tuple(sorted(repair.faults)))
            for (one, repair), new in zip(pairs, after, strict=True)
        ]
        return Step(len(documents), [one for one in changes if one.before != one.after])

    def _is_to_change(self, repair: Repair) -> bool:
        if repair.faults & BEYOND_REPAIR:
            return False
        return bool(repair.faults) or (self._ahead and "playback" not in repair.document)

    def _repair(self, documents: Sequence[Raw]) -> list[Repair]:
        whole = [decoded(one) for one in documents]
        durations = self._catalogue.durations([spelt_id(one.get("videoId")) for one in whole])
        repairs = [Repair(one, self._threshold, durations.get(spelt_id(one.get("videoId")))) for one in whole]
        if self._in_place:
            pairs = zip(whole, repairs, strict=True)
            repairs = [adopt(self._in_place, one, repair, self._threshold) for one, repair in pairs]
        for one, repair in zip(whole, repairs, strict=True):
            self._count(one, repair)
        return repairs

    def _count(self, document: Document, repair: Repair) -> None:
        self.found.documents += 1
        self.found.shapes[_shape(document)] += 1
        self.found.faults.update(repair.faults)
        self.found.notes.update(repair.notes)


def _shape(document: Document) -> str:
    return "playhead" if isinstance(document.get("playback"), dict) else "mongoose"


def _seniority(repair: Repair) -> tuple[Any, ...]:
    """Return by what order the document that stays is chosen: right ids, known to Playhead, the oldest."""
    document = repair.document
    created = document.get("createdAt")
    age = created.timestamp() if created is not None else 0
    return (Fault.ID_TYPE in repair.faults, "playback" not in document, age, str(document["_id"]))
