"""Read changes: what of a learner's progress has changed since a cursor, for devices to catch up."""

from dataclasses import dataclass

from playhead.domain.changes import Changes, Cursor, changes_since
from playhead.ports import ChangesFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadChanges:
    """The use case, with the port it needs."""

    feed: ChangesFeed

    def __call__(self, user_id: str, cursor: Cursor, limit: int) -> tuple[Changes, int | None]:
        """Return the changes, and when in ms the learner had everything erased, if ever. Raises StoreUnavailable.

        The erasure is read last, so that whoever is given what is being erased is told so.
        """
        found = self.feed.beyond(user_id, cursor.place, limit + len(cursor.seen) + 1)
        return changes_since(cursor, found, limit), self.feed.erased_at(user_id)
