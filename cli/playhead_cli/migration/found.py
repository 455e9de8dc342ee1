"""What a scan meets on its way, and what it finds to be done."""

from collections import Counter
from dataclasses import dataclass, field

from playhead_cli.migration.changes import Change


@dataclass(slots=True)
class Found:
    """What a scan has met so far, in documents; `duplicates` in keys that have several."""

    documents: int = 0
    shapes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0


@dataclass(slots=True)
class Step:
    """Some documents looked at, and what is to change of them."""

    documents: int
    changes: list[Change]
