"""The circuit breaker: what has failed in a row is left alone for a while, so that asking costs nothing meanwhile.

closed --failures in a row--> open --rest--> one trial --answered--> closed
                               ^----------------'failed
"""

from collections.abc import Callable

from playhead.domain.errors import BreakerOpen, StoreUnavailable

FAILURES = 2
REST_SECONDS = 10.0


class Breaker:
    """One breaker of one environment; `timer` is in seconds."""

    def __init__(
        self, timer: Callable[[], float], failures: int = FAILURES, rest_seconds: float = REST_SECONDS
    ) -> None:
        """Start closed."""
        self._timer = timer
        self._most = failures
        self._rest_seconds = rest_seconds
        self._failures = 0
        self._rests_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the last answers were failures, so that a next one is a trial at best."""
        return self._failures >= self._most

    def run[Answer](self, ask: Callable[[], Answer]) -> Answer:
        """Ask and return the answer. Raises BreakerOpen without asking while open; StoreUnavailable counts."""
        if self.is_open:
            if self._timer() < self._rests_until:
                message = "The store was out of reach a moment ago and is left alone."
                raise BreakerOpen(message)
            self._rest()  # of those who come at once, one tries
        try:
            answer = ask()
        except StoreUnavailable:
            self._failures += 1
            self._rest()
            raise
        self._failures = 0
        return answer

    def _rest(self) -> None:
        self._rests_until = self._timer() + self._rest_seconds
