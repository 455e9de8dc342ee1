"""Read history: where a learner's last viewings of a video ended, to go back to one of them."""

from dataclasses import dataclass

from playhead.domain.report import Key, Position
from playhead.ports import Entitlement, ProgressStore
from playhead.usecases.entitled import check_entitled


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadHistory:
    """The use case, with the ports it needs."""

    store: ProgressStore
    entitlement: Entitlement

    def __call__(self, key: Key) -> list[Position]:
        """Return the last position of each of the last ten viewings, the latest first.

        Raises Forbidden, StoreUnavailable.
        """
        check_entitled(self.entitlement, key.user_id, key.course_id)
        return self.store.viewings(key)
