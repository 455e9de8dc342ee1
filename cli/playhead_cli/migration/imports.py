"""Imports: documents of another shape become documents of progress, or join those that are there."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from pymongo.database import Database

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import spelt_id
from playhead.adapters.mongo_erasures import erasures
from playhead.adapters.mongo_progress import COLLECTION
from playhead_cli.exits import Refused
from playhead_cli.migration.changes import Change
from playhead_cli.migration.faults import Fault
from playhead_cli.migration.fold import best_of, fold
from playhead_cli.migration.found import Found, Step
from playhead_cli.migration.indexes import unique_index
from playhead_cli.migration.mapping import Mapping
from playhead_cli.migration.raw import Raw, batches, decoded, encoded, raw_database, taken_over
from playhead_cli.migration.repair import KEY_FIELDS, Repair

type _Key = tuple[Any, ...]


class Import:
    """Reads a mapping's source once."""

    def __init__(self, database: Database[Document], mapping: Mapping, threshold: int, found: Found) -> None:
        """Take a database, the mapping, from which percentage on a video is completed, and where to count."""
        if unique_index(database) is None:
            message = "An import needs the unique index, so that no learner gets a second document: `playhead indexes`."
            raise Refused(message)
        self._database = database
        self._raw = raw_database(database)
        self._mapping = mapping
        self._threshold = threshold
        self._found = found

    def query(self) -> Document:
        """Return what is of the other shape in the source."""
        return {self._mapping.each: {"$type": "array"}} if self._mapping.each else {}

    def count(self) -> int:
        """Return how many documents the source has, in about."""
        return self._raw[self._mapping.source].estimated_document_count()

    def steps(self) -> Iterator[Step]:
        """Yield what is to be added or to join what is there; a source in the collection of progress goes then."""
        for batch in batches(self._raw[self._mapping.source], self.query()):
            documents = [decoded(one) for one in batch]
            repairs = [[Repair(one, self._threshold) for one in self._mapping.records(doc)] for doc in documents]
            changes, targets = self._joined([one for some in repairs for one in some])
            self._found.documents += len(batch)
            self._found.shapes["mapped"] += len(batch)
            if self._mapping.source == COLLECTION:
                changes += [
                    Change(one["_id"], one, None, (Fault.OTHER_SHAPE,), into=tuple(targets[_key(r)] for r in some))
                    for one, some in zip(batch, repairs, strict=True)
                    if all(_key(repair) in targets for repair in some)
                ]
            yield Step(len(batch), changes)

    def _joined(self, repairs: Sequence[Repair]) -> tuple[list[Change], dict[_Key, object]]:
        """Return the changes of the documents of progress, and the _id of each key's document."""
        by_key: defaultdict[_Key, list[Document]] = defaultdict(list)
        for repair in repairs:
            self._found.faults.update(repair.faults)
            if Fault.NO_KEY not in repair.faults:
                by_key[_key(repair)].append(repair.document)
        self._leave_erased(by_key)
        stored = self._stored(list(by_key))
        changes, targets = [], {}
        for key, records in by_key.items():
            target = stored.get(key)
            change = self._change(target, records)
            targets[key] = change.document_id
            if change.before is None or change.after != change.before:
                changes.append(change)
        return changes, targets

    def _change(self, target: Raw | None, records: Sequence[Document]) -> Change:
        known = [] if target is None else [Repair(decoded(target), self._threshold).document]
        whole = [decoded(one) for one in taken_over(self._raw, [*known, *records])]
        folded = Repair(fold(whole), self._threshold).document
        return Change(folded["_id"], target, encoded(folded), (Fault.OTHER_SHAPE,))

    def _stored(self, keys: Sequence[_Key]) -> dict[_Key, Raw]:
        if not keys:
            return {}
        wanted = {"$or": [dict(zip(KEY_FIELDS, key, strict=True)) for key in keys]}
        found = self._raw[COLLECTION].find(wanted)
        return {tuple(one[field] for field in KEY_FIELDS): one for one in found}

    def _leave_erased(self, by_key: dict[_Key, list[Document]]) -> None:
        """Bring nothing back of a learner who had everything erased."""
        erased = erasures(self._database, {spelt_id(user_id) for user_id, _, _ in by_key})
        for key in [one for one in by_key if spelt_id(one[0]) in erased]:
            del by_key[key]
            self._found.notes["erased"] += 1


def adopt(mapping: Mapping, document: Document, repair: Repair, threshold: int) -> Repair:
    """Return a repair of a document with the best of its own figures and of what a mapping says that it means."""
    (record,) = mapping.records(document)
    own = repair.document
    meant = best_of([own, Repair(record, threshold).document])
    adopted = Repair(meant, threshold)
    adopted.faults |= (repair.faults - {Fault.NO_KEY}) | ({Fault.OTHER_SHAPE} if meant != own else set())
    return adopted


def _key(repair: Repair) -> _Key:
    return tuple(repair.document.get(field) for field in KEY_FIELDS)
