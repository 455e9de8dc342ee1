"""Change progress: what a learner does by hand: reset and its undoing, completion, hiding, position."""

from dataclasses import dataclass

from playhead.domain.errors import NothingToUndo
from playhead.domain.progress import Progress
from playhead.domain.report import Key, Position
from playhead.ports import Entitlement, ProgressChanges
from playhead.usecases.entitled import check_entitled

UNDO_DAYS = 30
_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeProgress:
    """The use cases, with the ports they need. All raise Forbidden and StoreUnavailable; `now` is in ms."""

    changes: ProgressChanges
    entitlement: Entitlement
    threshold: int

    def reset(self, key: Key, now: int) -> Progress:
        """Begin a new attempt; sessions that began before it no longer count."""
        check_entitled(self.entitlement, key.user_id, key.course_id)
        return self.changes.reset(key, now)

    def undo_reset(self, key: Key, now: int) -> Progress:
        """Bring back the attempt that the last reset ended. Raises NothingToUndo after 30 days."""
        check_entitled(self.entitlement, key.user_id, key.course_id)
        restored = self.changes.undo_reset(key, now - UNDO_DAYS * _DAY_MS)
        if restored is None:
            message = f"There was no reset in the last {UNDO_DAYS} days."
            raise NothingToUndo(message)
        return restored

    def set_completed(self, key: Key, now: int, *, completed: bool) -> Progress:
        """Complete by hand, or withdraw that."""
        check_entitled(self.entitlement, key.user_id, key.course_id)
        if completed:
            return self.changes.complete(key, now)
        return self.changes.withdraw_completion(key, self.threshold)

    def set_hidden(self, key: Key, now: int, *, hidden: bool) -> Progress:
        """Leave out of what is unfinished until the next play, or bring back."""
        check_entitled(self.entitlement, key.user_id, key.course_id)
        return self.changes.hide(key, now, hidden=hidden)

    def set_position(self, key: Key, now: int, seconds: float) -> Progress:
        """Go to a position, such as one of the history; what was watched stays."""
        check_entitled(self.entitlement, key.user_id, key.course_id)
        return self.changes.move(key, Position(now, 0, "", "", seconds))
