"""Reports: one progress update each, as the rest of the domain sees it: parsed, owned by a learner, clock-corrected."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from playhead.domain.ranges import Ranges


class Event(StrEnum):
    """The media or page event that caused a report."""

    TIMEUPDATE = "timeupdate"
    PAUSE = "pause"
    SEEKED = "seeked"
    ENDED = "ended"
    VISIBILITYCHANGE = "visibilitychange"
    PAGEHIDE = "pagehide"
    MANUAL = "manual"

    @property
    def urgent(self) -> bool:
        """Whether the learner may be about to leave, so that the routine window must not hold the report."""
        return self is not Event.TIMEUPDATE


class Key(NamedTuple):
    """Whose progress in which video: the identity of everything that is stored."""

    user_id: str
    course_id: str
    video_id: str


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a playhead was. The field order is the order of the register: the latest wins, ties are broken for good.

    `at` is in ms since the epoch, corrected to the server's clock and never after receipt; `seconds` is in the video.
    """

    at: int
    seq: int
    device: str
    session: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """One progress update.

    `watched` holds what was played and not yet acknowledged, within the duration; `position` and `duration` are in
    seconds; `at` (the event) and `session_at` (the session's beginning) in ms since the epoch on the server's clock.
    `overshoot_seconds` were reported past the end of the video and left out. `reported_percentage` is what a client of
    the old kind makes of its playhead, 0 from all others.
    """

    key: Key
    event: Event
    position: float
    duration: float
    watched: Ranges
    session: str
    seq: int
    at: int
    session_at: int
    device: str = ""
    overshoot_seconds: int = 0
    reported_percentage: int = 0

    @property
    def playhead(self) -> Position:
        """The report's bid for the position register."""
        return Position(self.at, self.seq, self.device, self.session, self.position)


class Outcome(StrEnum):
    """What became of a report. Only applied, queued and rejected let the client forget what it sent."""

    APPLIED = "applied"
    QUEUED = "queued"
    THROTTLED = "throttled"
    STALE = "stale"
    REJECTED = "rejected"
