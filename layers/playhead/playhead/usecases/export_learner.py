"""Export: hand a learner everything that is stored about them, in pages, as it is or as xAPI statements."""

from dataclasses import dataclass

from playhead.domain.record import Record
from playhead.domain.report import Key
from playhead.domain.xapi import Profile, Statement, statements
from playhead.ports import LearnerRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportLearner:
    """The use case, with the port and the threshold (percent) it needs; a course that was lost is told all the same."""

    records: LearnerRecords
    threshold: int

    def __call__(self, user_id: str, start: Key | None, limit: int) -> tuple[list[Record], Key | None]:
        """Return a page of records and the key where the next starts, None on the last. Raises StoreUnavailable."""
        return self.records.page(user_id, start, limit)

    def statements(self, user_id: str, start: Key | None, limit: int, home: str) -> tuple[list[Statement], Key | None]:
        """Return the same page as statements, whose activities and actor stand under the API's address `home`."""
        records, next_key = self.records.page(user_id, start, limit)
        profile = Profile(home, self.threshold)
        return [said for one in records for said in statements(one.progress, profile)], next_key
