"""Read progress: what is stored of one video for the learner who asks."""

from dataclasses import dataclass

from playhead.domain.progress import Progress
from playhead.domain.report import Key
from playhead.ports import Entitlement, ProgressStore
from playhead.usecases.entitled import check_entitled


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProgress:
    """The use case, with the ports it needs."""

    store: ProgressStore
    entitlement: Entitlement

    def __call__(self, key: Key) -> Progress:
        """Return the progress, a zero state where nothing is stored. Raises Forbidden, StoreUnavailable."""
        check_entitled(self.entitlement, key.user_id, key.course_id)
        return self.store.read(key)
