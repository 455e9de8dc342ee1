"""What a report asks, behind circuit breakers: out of reach, it costs no report time but the first ones."""

from collections.abc import Callable, Sequence

from playhead.domain.breaker import Breaker
from playhead.domain.claim import Claim, Granted, TooSoon, Turn, Unguarded
from playhead.domain.errors import StoreUnavailable
from playhead.domain.progress import Contribution, Progress
from playhead.domain.report import Key, Position
from playhead.ports import Burst, Entitlement, ProgressStore, Throttle


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


class GuardedThrottle:
    """The ports Throttle and Burst, as others fulfil them on one table while its breaker is closed."""

    def __init__(self, throttle: Throttle, burst: Burst, breaker: Breaker) -> None:
        """Take what decides, and the breaker of the table that both write to."""
        self._throttle = throttle
        self._burst = burst
        self._breaker = breaker

    def claim(self, claim: Claim) -> Turn:
        """Claim a turn; everybody has one while nobody can be asked."""
        return self._ask(lambda: self._throttle.claim(claim))

    def release(self, claim: Claim, granted: Granted) -> Unguarded | None:
        """Put back what was there before a claim; while nobody can be asked it runs out by itself."""
        return self._ask(lambda: self._throttle.release(claim, granted))

    def book(self, user_id: str, now: int) -> TooSoon | Unguarded | None:
        """Book one request of late reports."""
        return self._ask(lambda: self._burst.book(user_id, now))

    def _ask[Answer](self, ask: Callable[[], Answer | Unguarded]) -> Answer | Unguarded:
        """Ask; the breaker counts an Unguarded as the failure that it is."""

        def reach() -> Answer:
            answer = ask()
            if isinstance(answer, Unguarded):
                message = "The throttle cannot be reached."
                raise StoreUnavailable(message)
            return answer

        try:
            return self._breaker.run(reach)
        except StoreUnavailable:
            return Unguarded()
