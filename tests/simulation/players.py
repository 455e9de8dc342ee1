"""Players in the simulation: tabs that play, seek, pause, go offline and die, and keep to the client's contract.

The contract: what is played is kept until it is acknowledged; a newer report carries all that is not, and cancels the
one before; only `applied`, `queued` and `rejected` are final; what a closed tab leaves is sent later, in batches.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from playhead.api.requests import ReportRequest
from playhead.domain.errors import StoreUnavailable
from playhead.domain.ranges import Ranges, difference, union
from playhead.domain.report import Key, Outcome
from playhead.usecases.reported import Result
from tests.builders import session_id
from tests.simulation.backend import Instance
from tests.simulation.faults import YEAR_MS, Occasions

SYNC_EVERY_MS = 10 * 60_000
GIVE_UP_MS = 10_000
CLOCK_FAULTS_MS = (0, 0, 0, 4_000, -90_000, YEAR_MS, -YEAR_MS)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a client was told is kept."""

    key: Key
    session: str
    outcome: Outcome
    watched: Ranges


@dataclass
class Truth:
    """What really happened, which no server knows; times are the world's own."""

    played: dict[Key, Ranges] = field(default_factory=dict)
    acknowledged: list[Acknowledged] = field(default_factory=list)
    clipped: list[Result] = field(default_factory=list)
    sessions: dict[Key, set[str]] = field(default_factory=dict)
    made_at: dict[tuple[str, int], int] = field(default_factory=dict)


@dataclass
class Viewing:
    """One session in a tab, with what is not acknowledged of it."""

    key: Key
    session: str
    duration: int
    position: int = 0
    seq: int = 0
    at: int = 0
    unacknowledged: Ranges = ()
    pending: bool = False
    closed: bool = False
    latest_sent: int = 0
    next_due: int = 0

    def settle(self, sent: dict[str, Any], result: Result) -> None:
        """Forget what was sent, where the answer is final."""
        if result.outcome in (Outcome.THROTTLED, Outcome.STALE):
            return
        self.unacknowledged = difference(self.unacknowledged, [(start, end) for start, end in sent["watched"]])
        self.pending = bool(self.unacknowledged) or sent["seq"] < self.seq


@dataclass
class Device:
    """A device of a learner: a clock that may be wrong, a network that comes and goes, and its tabs' viewings.

    A clock that somebody sets meanwhile (`set_right_at`) made session ids that vouch for little.
    """

    name: str
    user_id: str
    instances: Sequence[Instance]
    occasions: Occasions
    truth: Truth
    clock_offset_ms: int
    set_right_at: int | None
    offline: Sequence[tuple[int, int]]
    viewings: list[Viewing] = field(default_factory=list)
    open_tabs: int = 0

    @property
    def clock(self) -> int:
        """What the device thinks the time is, in ms."""
        now = self.occasions.clockwork.now
        is_right = self.set_right_at is not None and now >= self.set_right_at
        return now if is_right else now + self.clock_offset_ms

    def watch(self, key: Key, duration: int, actions: int) -> None:
        """Open a tab on a video, do a number of things in it, and close it; or die in it."""
        clockwork = self.occasions.clockwork
        self.open_tabs += 1
        viewing = self._begin(key, duration)
        for _ in range(actions):
            act: Callable[[Viewing], None] = clockwork.random.choice(
                (self._play, self._play, self._play, self._seek, self._pause)
            )
            act(viewing)
            if viewing.closed:  # what it belonged to is over: it goes on in a new session
                viewing = self._begin(key, duration)
        if not clockwork.chance(1 / 4):  # else the tab is killed and says nothing
            self._report(viewing, "pagehide")
        viewing.closed = True
        self.open_tabs -= 1

    def sync(self, until: int) -> None:
        """Send what closed tabs have left, now and then, up to a time or until nothing is left of them."""
        clockwork = self.occasions.clockwork
        while clockwork.now < until:
            left = [one for one in self.viewings if one.pending and one.closed]
            if left:
                self._send([(one, self._body(one, "manual")) for one in left[:100]])
            elif clockwork.now >= self.occasions.quiet_at and not self.open_tabs:
                return
            clockwork.sleep(SYNC_EVERY_MS)

    def _begin(self, key: Key, duration: int) -> Viewing:
        number = self.occasions.clockwork.random.getrandbits(80)
        viewing = Viewing(key, session_id(self.clock, number), duration)
        self.viewings.append(viewing)
        return viewing

    def _play(self, viewing: Viewing) -> None:
        clockwork = self.occasions.clockwork
        rate = clockwork.random.choice((1, 1, 2))
        left = min(clockwork.random.randrange(1, 120), viewing.duration - viewing.position)
        while left > 0:
            seconds = min(left, 15)
            clockwork.sleep(seconds * 1000 // rate)
            self._watched(viewing, seconds)
            left -= seconds
            if clockwork.now >= viewing.next_due:
                self._report(viewing, "timeupdate")
        if viewing.position == viewing.duration:
            self._report(viewing, "ended")

    def _watched(self, viewing: Viewing, seconds: int) -> None:
        watched = ((viewing.position, viewing.position + seconds),)
        viewing.position += seconds
        viewing.unacknowledged = union(viewing.unacknowledged, watched)
        self._keep(viewing)
        self.truth.played[viewing.key] = union(self.truth.played.get(viewing.key, ()), watched)

    def _seek(self, viewing: Viewing) -> None:
        viewing.position = self.occasions.clockwork.random.randrange(viewing.duration)
        self._report(viewing, "seeked")

    def _pause(self, viewing: Viewing) -> None:
        self._report(viewing, "pause")
        self.occasions.clockwork.sleep(self.occasions.clockwork.random.choice((800, 20_000, 400_000)))

    def _report(self, viewing: Viewing, event: str) -> None:
        self._keep(viewing)
        viewing.next_due = self.occasions.clockwork.now + 30_000
        self._send([(viewing, self._body(viewing, event))])

    def _keep(self, viewing: Viewing) -> None:
        """Write down where the tab is, for it may die; whatever is written down has a seq of its own."""
        viewing.seq += 1
        viewing.at = self.clock
        viewing.pending = True
        self.truth.made_at[viewing.session, viewing.seq] = self.occasions.clockwork.now

    def _body(self, viewing: Viewing, event: str) -> dict[str, Any]:
        """Return a report of all that is not acknowledged."""
        return {
            "courseId": viewing.key.course_id,
            "videoId": viewing.key.video_id,
            "event": event,
            "position": viewing.position,
            "duration": viewing.duration,
            "watched": viewing.unacknowledged,
            "session": viewing.session,
            "seq": viewing.seq,
            "at": viewing.at,
            "device": self.name,
        }

    def _send(self, reports: Sequence[tuple[Viewing, dict[str, Any]]]) -> None:
        """Send a request, which cancels those before it: their answers are not heard any more."""
        clockwork = self.occasions.clockwork
        if any(start <= clockwork.now < end for start, end in self.offline):
            return
        numbers = []
        for viewing, _ in reports:
            viewing.latest_sent += 1
            numbers.append(viewing.latest_sent)
        wire = {"sentAt": self.clock, "reports": [body for _, body in reports]}
        request = ReportRequest.model_validate(wire)
        for _ in range(2 if self.occasions.is_doubled() else 1):
            clockwork.start(lambda: self._exchange(request, reports, numbers))

    def _exchange(
        self, request: ReportRequest, reports: Sequence[tuple[Viewing, dict[str, Any]]], numbers: Sequence[int]
    ) -> None:
        """Carry a request to a handler and its answer back; both may be lost, and the handler may die."""
        self.occasions.travel()
        if self.occasions.is_lost():
            return
        for viewing, _ in reports:
            self.truth.sessions.setdefault(viewing.key, set()).add(viewing.session)
        try:
            results, next_update_ms = self._handle(request)
        except StoreUnavailable:
            return
        self.occasions.travel()
        if not self.occasions.is_lost():
            for (viewing, sent), result, number in zip(reports, results, numbers, strict=True):
                self._hear(viewing, sent, result, next_update_ms, number)

    def _handle(self, request: ReportRequest) -> tuple[Sequence[Result], int]:
        return self.occasions.clockwork.random.choice(self.instances).report(self.user_id, request)

    def _hear(self, viewing: Viewing, sent: dict[str, Any], result: Result, next_update_ms: int, number: int) -> None:
        """Take an answer, unless a newer request has cancelled this one."""
        if viewing.latest_sent != number:
            return
        viewing.settle(sent, result)
        viewing.next_due = self.occasions.clockwork.now + next_update_ms
        if result.outcome is Outcome.REJECTED:
            viewing.closed, viewing.pending = True, False
        if result.clipped_seconds and self.set_right_at is None:
            self.truth.clipped.append(result)
        elif result.outcome in (Outcome.APPLIED, Outcome.QUEUED) and not result.clipped_seconds:
            watched = tuple((start, end) for start, end in sent["watched"])
            self.truth.acknowledged.append(Acknowledged(viewing.key, viewing.session, result.outcome, watched))
