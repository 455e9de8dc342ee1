"""The clockwork: processes that take turns on a virtual clock. Nothing waits for real, and a seed decides everything.

A process is a greenlet: it runs until it sleeps, so whatever lies between two sleeps is atomic, as on one machine.
A process that is killed never goes on: not even its `finally` reaches the world, as with a machine that is gone.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from random import Random

from greenlet import getcurrent, greenlet

MOST_TURNS = 300_000


class Killed(BaseException):
    """This process is no more; whatever it still tries has no effect."""


class Process(greenlet):
    """One thing that goes on by itself: a tab, a handler, a delivery."""

    alive = True

    def kill(self) -> None:
        """Let it end at its next sleep."""
        self.alive = False


class Clockwork:
    """The virtual time, in ms, and all that is to happen."""

    def __init__(self, seed: int, now: int) -> None:
        """Begin at a time."""
        self.random = Random(seed)
        self.now = now
        self._due: list[tuple[int, int, Process]] = []
        self._numbers = count()
        self._turns = 0
        self._hub = getcurrent()

    def start(self, act: Callable[[], object], after: int = 0) -> Process:
        """Start a process some ms from now."""
        process = Process(lambda: _until_killed(act))
        self._wake(process, after)
        return process

    def sleep(self, ms: int) -> None:
        """Let the running process wait while the others go on. Raises Killed in one that was killed meanwhile."""
        process = running()
        check_alive()
        self._wake(process, ms)
        self._hub.switch()
        check_alive()

    def run(self, until: int | None = None) -> None:
        """Let everything happen in its order, up to a time or until nothing is left. Raises RuntimeError in a loop."""
        while self._due and (until is None or self._due[0][0] <= until):
            self._turns += 1
            if self._turns > MOST_TURNS:
                message = f"does not come to rest in {MOST_TURNS} turns"
                raise RuntimeError(message)
            self.now, _, process = heappop(self._due)
            process.parent = self._hub
            process.switch()
        if until is not None:
            self.now = max(self.now, until)

    def chance(self, probability: float) -> bool:
        """Draw whether something happens."""
        return self.random.random() < probability

    def _wake(self, process: Process, after: int) -> None:
        heappush(self._due, (self.now + max(0, after), next(self._numbers), process))


def running() -> Process:
    """Return the process that is running."""
    process = getcurrent()
    assert isinstance(process, Process), "only a process can wait or be killed"
    return process


def check_alive() -> None:
    """Raise Killed in a process that was killed."""
    if not running().alive:
        raise Killed


def _until_killed(act: Callable[[], object]) -> None:
    try:
        act()
    except Killed:
        return
