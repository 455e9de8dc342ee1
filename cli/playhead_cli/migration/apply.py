"""Apply: scans and writes, as often as documents changed under its hands; without a writer it is the plan."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from playhead_cli.migration.changes import Changes
from playhead_cli.migration.found import Found, Step
from playhead_cli.migration.pace import Pace
from playhead_cli.migration.scan import Scan

_PASSES = 3
_WRITING = 2  # times as long as looking at it does a document take to be written, by bench/migrate.py


@dataclass(slots=True)
class Outcome:
    """What was found, what of it was changed (or would be), and in how many seconds."""

    found: Found
    changes: Counter[str] = field(default_factory=lambda: Counter(changed=0, removed=0, added=0))
    left: int = 0
    seconds: float = 0

    def report(self) -> dict[str, object]:
        """Return it in the words of the command's output."""
        return {
            "documents": self.found.documents,
            "shapes": dict(sorted(self.found.shapes.items())),
            "faults": dict(sorted(self.found.faults.items())),
            "notes": dict(sorted(self.found.notes.items())),
            "duplicateKeys": self.found.duplicates,
            "changes": dict(self.changes),
            "leftForNow": self.left,
            "seconds": round(self.seconds, 1),
        }

    def estimated_seconds(self, per_second: float | None) -> float:
        """Return how long writing would take, judged by how long looking took."""
        changes = self.changes.total()
        estimated = self.seconds * (1 + _WRITING * changes / max(1, self.found.documents))
        return round(max(estimated, changes / per_second if per_second else 0), 1)


def apply_all(scans: Callable[[], Scan], writer: Changes | None, pace: Pace, advance: Callable[[int], None]) -> Outcome:
    """Make every change that a scan finds, and scan again where documents were changed by others meanwhile."""
    started = time.monotonic()
    scan = scans()
    outcome = Outcome(scan.found)
    outcome.left = _once(scan, writer, pace, outcome.changes, advance)
    for _ in range(_PASSES - 1):
        if outcome.left:
            outcome.left = _once(scans(), writer, pace, outcome.changes, lambda _: None)
    outcome.seconds = time.monotonic() - started
    return outcome


def _once(scan: Scan, writer: Changes | None, pace: Pace, made: Counter[str], advance: Callable[[int], None]) -> int:
    left = 0
    for step in scan.steps():
        missed = _write(step, writer, pace)
        made.update(change.kind for change in step.changes)
        made["changed"] -= missed
        left += missed
        advance(step.documents)
    return left


def _write(step: Step, writer: Changes | None, pace: Pace) -> int:
    if writer is None:
        return 0
    left = writer.write(step.changes)
    pace.step(len(step.changes))
    return left
