"""Integrity: what is wrong with all documents, by kind, with some of them named."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from pymongo.database import Database

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_progress import COLLECTION
from playhead_cli.migration.duplicates import duplicates
from playhead_cli.migration.faults import NOTES, Fault
from playhead_cli.migration.indexes import unique_index
from playhead_cli.migration.orphans import Orphans
from playhead_cli.migration.raw import batches, decoded, raw_database
from playhead_cli.migration.repair import Repair

_EXAMPLES = 10


@dataclass(slots=True)
class Integrity:
    """How many documents have which fault or note, and the _ids of the first of them."""

    unique_index: str | None
    documents: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    examples: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, fault: Fault, document_id: object) -> None:
        """Count one document."""
        (self.notes if fault in NOTES else self.faults)[fault] += 1
        if len(self.examples[fault]) < _EXAMPLES:
            self.examples[fault].append(str(document_id))

    def report(self) -> dict[str, object]:
        """Return it in the words of the command's output."""
        return {
            "documents": self.documents,
            "sound": not self.faults,
            "uniqueIndex": self.unique_index,
            "faults": dict(sorted(self.faults.items())),
            "notes": dict(sorted(self.notes.items())),
            "examples": dict(sorted(self.examples.items())),
        }


def check_all(database: Database[Document], threshold: int, advance: Callable[[int], None]) -> Integrity:
    """Look at every document; `threshold` is the percentage from which a video is completed."""
    found = Integrity(unique_index(database))
    for _, ids in duplicates(database):
        for one in ids:
            found.add(Fault.DUPLICATE, one)
    orphans = Orphans(database)
    for batch in batches(raw_database(database)[COLLECTION], {}):
        documents = [decoded(one) for one in batch]
        for document, is_orphan in zip(documents, orphans.of(documents), strict=True):
            repair = Repair(document, threshold)
            for fault in (*repair.faults, *repair.notes, *([Fault.ORPHAN] if is_orphan else [])):
                found.add(fault, document["_id"])
        found.documents += len(batch)
        advance(len(batch))
    return found
