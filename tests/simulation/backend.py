"""The backend in the simulation: the real use cases, in handlers that die anywhere, over parts that fail anywhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from playhead.adapters.guarded import GuardedStore, GuardedThrottle
from playhead.adapters.queue_messages import read_message, write_messages
from playhead.api.requests import ReportRequest, to_reports
from playhead.domain.announcement import Waiting
from playhead.domain.breaker import Breaker
from playhead.domain.claim import Claim, Granted, Turn, Unguarded
from playhead.domain.deferred import Deferred
from playhead.domain.errors import StoreUnavailable
from playhead.domain.interval import Interval
from playhead.domain.progress import Contribution, Progress
from playhead.domain.report import Key, Position
from playhead.usecases.entitled import OpenEntitlement
from playhead.usecases.replay_reports import Message, ReplayReports
from playhead.usecases.report_progress import ReportProgress
from playhead.usecases.reported import Result
from tests.fakes import FakeBurst, FakeCatalogue, FakeProgressStore, FakeThrottle
from tests.simulation.announcing import Announcer
from tests.simulation.faults import Occasions

COURSE = "course-1"
THRESHOLD = 90
VISIBILITY_MS = 120_000
MOST_TRIES = 5
BATCH = 10


class Store(FakeProgressStore):
    """The store with its learners' resets; `merged` holds whatever had an effect on each key in its last attempt."""

    announcer: Announcer

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self.merged: dict[Key, list[Contribution]] = {}
        self.ended: dict[Key, list[Progress]] = {}

    def merge(self, contribution: Contribution) -> Progress | None:
        """Merge by the reference, and remember it."""
        progress = super().merge(contribution)
        if progress:
            self.merged.setdefault(contribution.key, []).append(contribution)
            if progress.outbox:
                self.announcer.expect()
        return progress

    def everything(self) -> list[Progress]:
        """Return all that is stored."""
        return list(self._stored.values())

    def take_out(self, announced: Sequence[Waiting]) -> None:
        """Take out of the outbox exactly these."""
        for one in announced:
            progress = self.read(one.key)
            left = tuple(entry for entry in progress.outbox if entry != one.completion)
            self._stored[one.key] = replace(progress, outbox=left)

    def reset(self, key: Key, now: int) -> None:
        """Begin a new attempt."""
        ended = self.read(key)
        self.ended.setdefault(key, []).append(ended)
        self.merged.pop(key, None)
        self._stored[key] = replace(
            ended,
            position=None,
            furthest=0,
            watched=(),
            percentage=0,
            completed=False,
            completed_at=None,
            viewings=(),
            devices=(),
            half_hours=(),
            first_at=None,
            last_at=None,
            attempt=ended.attempt + 1,
            attempt_at=now,
        )


@dataclass
class Kept:
    """A message in the queue, from when on it is handed over, and how often it was."""

    body: str
    visible_at: int
    tries: int = 0


@dataclass
class Backend:
    """All that is shared between handlers, and the answers that they gave."""

    occasions: Occasions
    durations: Mapping[str, float]
    store: Store = field(default_factory=Store)
    throttle: FakeThrottle = field(default_factory=FakeThrottle)
    burst: FakeBurst = field(default_factory=FakeBurst)
    queue: list[Kept] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)

    instances: list["Instance"] = field(default_factory=list)

    def keep(self, body: str, delay_ms: int = 0) -> None:
        """Put a message into the queue, which hands it to a handler when it is due."""
        self.queue.append(Kept(body, self.occasions.clockwork.now + delay_ms))
        self.occasions.clockwork.start(self.replay, delay_ms + 500)

    def replay(self) -> None:
        """Hand over what is due: some of it, in any order; delete what is done and nothing else."""
        clockwork = self.occasions.clockwork
        due = [one for one in self.queue if one.visible_at <= clockwork.now]
        batch = clockwork.random.sample(due, min(len(due), BATCH))
        if not batch:
            return
        clockwork.start(self.replay, VISIBILITY_MS)  # for what is not done then
        handed = [one for one in batch if self._is_tried(one)]
        done = clockwork.random.choice(self.instances).replay(handed)
        self.occasions.travel()
        gone = {id(one) for one in done}
        self.queue = [one for one in self.queue if id(one) not in gone]

    def _is_tried(self, one: Kept) -> bool:
        """Count a try; tell whether it is not one too many, which puts the message aside."""
        one.visible_at = self.occasions.clockwork.now + VISIBILITY_MS
        one.tries += 1
        if one.tries > MOST_TRIES:
            self.queue.remove(one)
            self.dead.append(one.body)
        return one.tries <= MOST_TRIES


class Instance:
    """One environment: its own breaker, the shared parts."""

    def __init__(self, backend: Backend) -> None:
        """Take what is shared."""
        clockwork = backend.occasions.clockwork
        store = GuardedStore(_Store(backend), Breaker(lambda: clockwork.now / 1000))
        throttle = GuardedThrottle(_Throttle(backend), backend.burst, Breaker(lambda: clockwork.now / 1000))
        queue, catalogue = _Queue(backend), FakeCatalogue(dict(backend.durations))
        self._clockwork = clockwork
        self._replay = ReplayReports(
            read=read_message, queue=queue, store=store, catalogue=catalogue, entitlement=OpenEntitlement()
        )
        self._report = ReportProgress(
            throttle=throttle,
            burst=throttle,
            store=store,
            queue=queue,
            catalogue=catalogue,
            entitlement=OpenEntitlement(),
            interval=Interval(30_000, THRESHOLD),
            spacing_ms=1000,
            max_playback_rate=2,
            random=clockwork.random.random,
        )

    def report(self, user_id: str, request: ReportRequest) -> tuple[Sequence[Result], int]:
        """Handle a request as the function does. Raises StoreUnavailable."""
        now = self._clockwork.now
        reported = self._report(to_reports(request, user_id, received_at=now), now)
        return reported.results, reported.next_update_ms

    def replay(self, kept: Sequence[Kept]) -> list[Kept]:
        """Replay messages; return those that are done."""
        messages = [Message(str(number), one.body) for number, one in enumerate(kept)]
        failed = self._replay(messages, self._clockwork.now).failed
        return [one for number, one in enumerate(kept) if str(number) not in failed]


@dataclass
class _Store:
    """The store as a handler meets it."""

    backend: Backend

    def merge(self, contribution: Contribution) -> Progress | None:
        return self.backend.occasions.ask("store", lambda: self.backend.store.merge(contribution))

    def merge_all(self, contributions: Sequence[Contribution]) -> list[Contribution]:
        """Merge by one request, which is not atomic: where it fails, some may be merged."""
        occasions = self.backend.occasions
        cut_short = occasions.is_half_done()
        some = occasions.clockwork.random.sample(contributions, len(contributions) // 2) if cut_short else contributions
        left_out = occasions.ask("store", lambda: [one for one in some if self.backend.store.merge(one) is None])
        if cut_short:
            message = "the store has merged some"
            raise StoreUnavailable(message)
        return left_out

    def read(self, key: Key) -> Progress:
        return self.backend.occasions.ask("store", lambda: self.backend.store.read(key))

    def viewings(self, key: Key) -> list[Position]:
        return self.backend.occasions.ask("store", lambda: self.backend.store.viewings(key))

    def erased_at(self, user_id: str) -> int | None:
        return self.backend.occasions.ask("store", lambda: self.backend.store.erased_at(user_id))

    def is_slow(self) -> bool:
        return False


@dataclass
class _Throttle:
    """The throttle as a handler meets it: it never raises."""

    backend: Backend

    def claim(self, claim: Claim) -> Turn:
        try:
            return self.backend.occasions.ask("throttle", lambda: self.backend.throttle.claim(claim))
        except StoreUnavailable:
            return Unguarded()

    def release(self, claim: Claim, granted: Granted) -> Unguarded | None:
        try:
            return self.backend.occasions.ask("throttle", lambda: self.backend.throttle.release(claim, granted))
        except StoreUnavailable:
            return Unguarded()


@dataclass
class _Queue:
    """The queue as a handler meets it; a message may be in it twice."""

    backend: Backend

    def send(self, deferred: Deferred, delay_seconds: int = 0) -> None:
        for body in write_messages(deferred):
            self.backend.occasions.ask("queue", partial(self._keep, body, delay_seconds))

    def _keep(self, body: str, delay_seconds: int) -> None:
        occasions = self.backend.occasions
        for _ in range(2 if not delay_seconds and occasions.is_doubled() else 1):
            self.backend.keep(body, delay_seconds * 1000)
