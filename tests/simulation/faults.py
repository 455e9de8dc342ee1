"""Faults: what may go wrong in one scenario, how often, and when which part of the world is out of reach."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from playhead.domain.errors import StoreUnavailable
from tests.simulation.clockwork import Clockwork, check_alive, running

YEAR_MS = 365 * 24 * 3600 * 1000
PARTS = ("store", "throttle", "queue", "bus")
QUICK_MS, SLOW_MS = 20, 3000
LONGEST_MS = 5 * 60_000


@dataclass(frozen=True, slots=True)
class Faults:
    """How likely each fault is at each occasion, and the outages of each part, in ms. All is well from `quiet_at` on.

    `half_done` is an answer that is lost after its effect.
    """

    kill: float
    lose: float
    duplicate: float
    delay: float
    half_done: float
    outages: dict[str, Sequence[tuple[int, int]]]
    quiet_at: int

    def is_down(self, part: str, now: int) -> bool:
        """Tell whether a part of the world cannot be reached."""
        return any(start <= now < end for start, end in self.outages[part])


def draw(random: Random, start: int, quiet_at: int) -> Faults:
    """Draw the faults of a scenario; each kind is missing from half of them, so that one alone is tried too."""

    def rate(most: float) -> float:
        return random.choice((0, random.random() * most))

    def outages() -> list[tuple[int, int]]:
        begins = [random.randrange(start, quiet_at) for _ in range(random.choice((0, 0, 1, 3)))]
        return [(one, min(quiet_at, one + round(random.expovariate(1 / 60_000)), one + LONGEST_MS)) for one in begins]

    return Faults(
        kill=rate(0.05),
        lose=rate(0.2),
        duplicate=rate(0.2),
        delay=rate(0.2),
        half_done=rate(0.3),
        outages={part: outages() for part in PARTS},
        quiet_at=quiet_at,
    )


class Occasions:
    """What goes wrong now: the faults as they are met on the way."""

    def __init__(self, clockwork: Clockwork, faults: Faults) -> None:
        """Take the faults of this scenario."""
        self.clockwork = clockwork
        self.quiet_at = faults.quiet_at
        self._faults = faults

    def ask[Answer](self, part: str, effect: Callable[[], Answer]) -> Answer:
        """Have an effect on a part of the world and return its answer.

        Raises StoreUnavailable, at times after the effect; Killed, at times after it too.
        """
        self.travel()
        if self._faults.is_down(part, self.clockwork.now):
            message = f"the {part} is out of reach"
            raise StoreUnavailable(message)
        answer = effect()
        self.travel()
        if self.is_half_done():
            message = f"the {part} did not answer in time"
            raise StoreUnavailable(message)
        return answer

    def travel(self) -> None:
        """Be on the way for a while, and perhaps die there."""
        slow = self._happens(self._faults.delay)
        self.clockwork.sleep(self.clockwork.random.randrange(1, SLOW_MS if slow else QUICK_MS))
        if self._happens(self._faults.kill):
            running().kill()
        check_alive()

    def is_half_done(self) -> bool:
        """Tell whether something is not done to its end, or does not say that it is."""
        return self._happens(self._faults.half_done)

    def is_lost(self) -> bool:
        """Tell whether a message is lost on its way."""
        return self._happens(self._faults.lose)

    def is_doubled(self) -> bool:
        """Tell whether a message arrives twice."""
        return self._happens(self._faults.duplicate)

    def _happens(self, probability: float) -> bool:
        return self.clockwork.now < self._faults.quiet_at and self.clockwork.chance(probability)
