"""The adaptive interval: how long a routine report may wait; longer when viewing is steady, shorter before the goal."""

from collections.abc import Callable
from dataclasses import dataclass

from playhead.domain.report import Event, Report

_STEADY_AFTER_INTERVALS = 10
_STEADY_FACTOR = 2.0
_SLOW_FACTOR = 1.5
_SHORTEST_SHARE = 1 / 3
_JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Interval:
    """The rules of the interval: `base_ms`, and the completion `threshold` in percent."""

    base_ms: int
    threshold: int

    def next_update_ms(self, newest: Report, now: int, *, store_is_slow: bool, random: Callable[[], float]) -> int:
        """Return the ms until the next routine report, which is the claim's window too.

        Jitter only shortens, so that a client that waits the plain interval is never early.
        """
        factor = _STEADY_FACTOR if self._steady(newest, now) else 1.0
        if store_is_slow:
            factor = max(factor, _SLOW_FACTOR)
        ms = min(factor * self.base_ms, self._until_threshold_ms(newest))
        return round(ms * (1 - _JITTER * random()))

    def _steady(self, newest: Report, now: int) -> bool:
        playing_on = newest.event is Event.TIMEUPDATE and len(newest.watched) == 1
        return playing_on and now - newest.session_at >= _STEADY_AFTER_INTERVALS * self.base_ms

    def _until_threshold_ms(self, newest: Report) -> float:
        """Return the ms of plain playing to the threshold; far ahead or behind us it does not matter."""
        left_ms = (self.threshold / 100 * newest.duration - newest.position) * 1000
        return max(left_ms, _SHORTEST_SHARE * self.base_ms) if left_ms > 0 else _STEADY_FACTOR * self.base_ms
