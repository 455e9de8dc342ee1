"""Read history: where a learner's last viewings of a video ended, to go back to one of them."""

from dataclasses import dataclass

from playhead.domain.errors import Forbidden
from playhead.domain.report import Key, Position
from playhead.ports import Entitlement, ProgressStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadHistory:
    """The use case, with the ports it needs."""

    store: ProgressStore
    entitlement: Entitlement

    def __call__(self, key: Key) -> list[Position]:
        """Return the last position of each of the last ten viewings, the latest first.

        Raises Forbidden, StoreUnavailable.
        """
        if not self.entitlement.allows(key.user_id, key.course_id):
            message = "This learner is not entitled to the course."
            raise Forbidden(message)
        return self.store.viewings(key)
