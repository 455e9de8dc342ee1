"""The store and the entitlements behind circuit breakers: out of reach, they cost a report no time but the first."""

from collections.abc import Sequence

from playhead.domain.breaker import Breaker
from playhead.domain.progress import Contribution, Progress
from playhead.domain.report import Key, Position
from playhead.ports import Entitlement, ProgressStore


class GuardedStore:
    """The port ProgressStore, as another one fulfils it while the breaker is closed."""

    def __init__(self, store: ProgressStore, breaker: Breaker) -> None:
        """Take the store and its breaker."""
        self._store = store
        self._breaker = breaker

    def merge(self, contribution: Contribution) -> Progress | None:
        """Merge one."""
        return self._breaker.run(lambda: self._store.merge(contribution))

    def merge_all(self, contributions: Sequence[Contribution]) -> list[Contribution]:
        """Merge several."""
        return self._breaker.run(lambda: self._store.merge_all(contributions))

    def read(self, key: Key) -> Progress:
        """Read."""
        return self._breaker.run(lambda: self._store.read(key))

    def viewings(self, key: Key) -> list[Position]:
        """Read the last viewings."""
        return self._breaker.run(lambda: self._store.viewings(key))

    def erased_at(self, user_id: str) -> int | None:
        """Tell of an erasure."""
        return self._breaker.run(lambda: self._store.erased_at(user_id))

    def is_slow(self) -> bool:
        """Tell whether the store is slow; one that does not answer is, so that clients ask less often."""
        return self._breaker.is_open or self._store.is_slow()


class GuardedEntitlement:
    """The port Entitlement, as another one fulfils it while the breaker is closed."""

    def __init__(self, entitlement: Entitlement, breaker: Breaker) -> None:
        """Take what knows, and its breaker."""
        self._entitlement = entitlement
        self._breaker = breaker

    def allows(self, user_id: str, course_id: str) -> bool:
        """Tell whether this learner may track this course."""
        return self._breaker.run(lambda: self._entitlement.allows(user_id, course_id))
