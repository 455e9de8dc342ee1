"""Pace: no more documents a second than asked, so that learners do not notice a migration."""

from collections.abc import Callable


class Pace:
    """Holds back whoever is ahead of its pace."""

    def __init__(self, per_second: float | None, timer: Callable[[], float], sleep: Callable[[float], object]) -> None:
        """Take how many a second (None: as many as can be), a timer in seconds, and what waits for some."""
        self._per_second = per_second
        self._timer = timer
        self._sleep = sleep
        self._due = timer()

    def step(self, count: int) -> None:
        """Count what was just done, and wait until so much was allowed; time without work is not saved up."""
        if not self._per_second:
            return
        now = self._timer()
        self._due = max(self._due, now - 1) + count / self._per_second
        if self._due > now:
            self._sleep(self._due - now)
