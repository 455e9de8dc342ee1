"""Fakes of the ports: in memory, and held to the real adapters by the contract suites."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from playhead.domain import late
from playhead.domain.announcement import Announcement
from playhead.domain.claim import Claim, Granted, LastClaim, TooSoon, Turn, Unguarded, refusal
from playhead.domain.deferred import Deferred
from playhead.domain.errors import StoreUnavailable
from playhead.domain.progress import Contribution, Progress, is_erased, is_fragmented, is_over, merge
from playhead.domain.report import Key, Position


@dataclass
class FakeThrottle:
    """The port Throttle, while `reachable`."""

    reachable: bool = True
    _turns: dict[Key, tuple[str, LastClaim]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _count: int = 0

    def claim(self, claim: Claim) -> Turn:
        """Give at most one claim its turn."""
        if not self.reachable:
            return Unguarded()
        with self._lock:
            _, last = self._turns.get(claim.key, ("", None))
            first = last is None or not last.claimed_at
            if last and not first and (why := refusal(last, claim)):
                return why
            self._count += 1
            token = str(self._count)
            brought = claim.watched if claim.watched != (0, 0) or last is None else last.watched
            self._turns[claim.key] = (
                token,
                LastClaim(claim.session, claim.seq, claim.now, claim.now + claim.window_ms, brought),
            )
            return Granted(token, None if first else last)

    def release(self, claim: Claim, granted: Granted) -> Unguarded | None:
        """Put back the last claim, with what has been brought since."""
        if not self.reachable:
            return Unguarded()
        with self._lock:
            token, current = self._turns.get(claim.key, ("", None))
            if current and token == granted.token:
                last = granted.last or LastClaim(claim.session, 0, 0, 0, (0, 0))
                put_back = LastClaim(last.session, last.seq, last.claimed_at, last.next_write_at, current.watched)
                self._turns[claim.key] = ("", put_back)
        return None


@dataclass
class FakeProgressStore:
    """The port ProgressStore, while `reachable`; `before_merge` is called first, and may raise."""

    reachable: bool = True
    slow: bool = False
    before_merge: Callable[[], None] = lambda: None
    erased: dict[str, int] = field(default_factory=dict)
    without_history: set[str] = field(default_factory=set)
    _stored: dict[Key, Progress] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def merge(self, contribution: Contribution) -> Progress | None:
        """Merge by the reference."""
        self._check()
        self.before_merge()
        with self._lock:
            new = Progress(contribution.key, history_off=contribution.key.user_id in self.without_history)
            stored = self._stored.get(contribution.key, new)
            erased_at = self.erased.get(contribution.key.user_id)
            if is_over(stored, contribution) or is_erased(contribution, erased_at) or is_fragmented(stored):
                return None
            self._stored[contribution.key] = merge(stored, contribution)
            return self._stored[contribution.key]

    def merge_all(self, contributions: Sequence[Contribution]) -> list[Contribution]:
        """Merge one after the other."""
        return [one for one in contributions if self.merge(one) is None]

    def read(self, key: Key) -> Progress:
        """Return what is stored."""
        self._check()
        return self._stored.get(key, Progress(key))

    def viewings(self, key: Key) -> list[Position]:
        """Return the viewings, the latest first."""
        return sorted(self.read(key).viewings, reverse=True)

    def erased_at(self, user_id: str) -> int | None:
        """Return what the test says."""
        self._check()
        return self.erased.get(user_id)

    def is_slow(self) -> bool:
        """Tell what the test says."""
        return self.slow

    def _check(self) -> None:
        if not self.reachable:
            message = "out of reach"
            raise StoreUnavailable(message)


@dataclass
class FakeEventBus:
    """The port EventBus; it takes all but the types that are `refused`."""

    refused: set[str] = field(default_factory=set)
    taken: list[Announcement] = field(default_factory=list)

    def put(self, announcements: Sequence[Announcement]) -> list[Announcement]:
        """Take what is not refused."""
        self.taken += [one for one in announcements if one.type not in self.refused]
        return [one for one in announcements if one.type in self.refused]


@dataclass
class FakeCatalogue:
    """The port Catalogue, with what it knows by video id."""

    known: dict[str, float] = field(default_factory=dict)

    def durations(self, video_ids: Collection[str]) -> Mapping[str, float]:
        """Return what the test says."""
        return {name: duration for name, duration in self.known.items() if name in video_ids}


@dataclass
class FakeEntitlement:
    """The port Entitlement, with the courses that each learner bought, while `reachable`."""

    bought: dict[str, set[str]] = field(default_factory=dict)
    reachable: bool = True

    def allows(self, user_id: str, course_id: str) -> bool:
        """Tell whether the test says so."""
        if not self.reachable:
            message = "out of reach"
            raise StoreUnavailable(message)
        return course_id in self.bought.get(user_id, ())


@dataclass
class FakeBurst:
    """The port Burst, while `reachable`."""

    reachable: bool = True
    _booked_until: dict[str, int] = field(default_factory=dict)

    def book(self, user_id: str, now: int) -> TooSoon | Unguarded | None:
        """Book one request of a learner."""
        if not self.reachable:
            return Unguarded()
        booked_until = self._booked_until.get(user_id, 0)
        wait = late.refusal(booked_until, now)
        if wait is None:
            self._booked_until[user_id] = max(booked_until, now) + late.STEP_MS
        return wait


@dataclass
class FakeQueue:
    """The port Queue, while `reachable`; `sent` holds what was kept, with its delay in seconds."""

    reachable: bool = True
    sent: list[tuple[Deferred, int]] = field(default_factory=list)

    def send(self, deferred: Deferred, delay_seconds: int = 0) -> None:
        """Keep it."""
        if not self.reachable:
            message = "out of reach"
            raise StoreUnavailable(message)
        self.sent.append((deferred, delay_seconds))
