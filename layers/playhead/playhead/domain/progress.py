"""Progress: what is stored and published of one learner in one video, and the merge that the store must equal."""

from dataclasses import dataclass, replace
from math import floor
from typing import Any

from playhead.domain import ranges
from playhead.domain.habits import HalfHours, join_half_hours
from playhead.domain.playback import Playback, latest_devices, latest_viewings
from playhead.domain.report import Key, Position

MAX_SESSIONS = 50
COMPLETE_PERCENT = 100
MAX_RANGES_KEPT = 1000


@dataclass(frozen=True, slots=True, order=True)
class Completion:
    """That a video became complete, at a time in ms and in which attempt; to be told to whom it concerns."""

    at: int
    attempt: int


@dataclass(frozen=True, slots=True)
class Progress:
    """One learner in one video; seconds of the video, times in ms since the epoch, percentages whole.

    `base_count` is how many viewings are counted without their session id being kept. `attempt` grows with each reset,
    `attempt_at` is when the last one was. `outbox` holds the completions that are not published yet,
    `history_off` that no viewings are kept.
    """

    key: Key
    position: Position | None = None
    furthest: float = 0
    duration: float = 0
    watched: ranges.Ranges = ()
    percentage: int = 0
    completed: bool = False
    completed_at: int | None = None
    first_at: int | None = None
    last_at: int | None = None
    watch_count: int = 0
    unverified_seconds: int = 0
    sessions: tuple[str, ...] = ()
    base_count: int = 0
    viewings: tuple[Position, ...] = ()
    devices: tuple[Position, ...] = ()
    half_hours: HalfHours = ()
    attempt: int = 1
    attempt_at: int | None = None
    outbox: tuple[Completion, ...] = ()
    history_off: bool = False

    @property
    def watched_seconds(self) -> int:
        """How many different seconds were watched."""
        return ranges.seconds(self.watched)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one merge adds to a key: a playback and what the server knows beside it.

    `catalogue_duration` (s) is the course's own figure, None where there is none; `unverified_seconds` is how many of
    the watched seconds nothing but a session id vouches for; `received_at` is in ms; `threshold` is a percentage.
    `reported_percentage` is what a client of the old endpoints makes of its playhead; it knows of no watched seconds.
    `session_at` is when the session began whose reports these are, in ms: an attempt takes only sessions begun in it.
    """

    key: Key
    playback: Playback
    received_at: int
    threshold: int
    session_at: int
    catalogue_duration: float | None = None
    unverified_seconds: int = 0
    reported_percentage: int = 0


def merge(stored: Progress, new: Contribution) -> Progress:
    """Return the progress after a contribution; the reference that the store's one atomic update is tested against."""
    seen = new.playback
    watched = ranges.union(stored.watched, seen.watched)
    added = ranges.seconds(watched) - stored.watched_seconds
    duration = new.catalogue_duration or max(stored.duration, seen.duration)
    covered = coverage_percent(ranges.seconds(watched), duration)
    percentage = max(stored.percentage, covered, new.reported_percentage)
    reached = percentage >= new.threshold
    became = (Completion(new.received_at, stored.attempt),) if reached and not stored.completed else ()
    counted = _count_sessions(stored, seen.sessions)
    return replace(
        counted,
        position=max(filter(None, (stored.position, seen.position))),
        furthest=max(stored.furthest, seen.furthest),
        duration=duration,
        watched=watched,
        percentage=percentage,
        completed=stored.completed or reached,
        completed_at=stored.completed_at or (new.received_at if reached else None),
        first_at=seen.first_at if stored.first_at is None else min(stored.first_at, seen.first_at),
        last_at=seen.last_at if stored.last_at is None else max(stored.last_at, seen.last_at),
        unverified_seconds=stored.unverified_seconds + min(new.unverified_seconds, added),
        outbox=(*stored.outbox, *became),
        **_history(stored, seen),
    )


def _history(stored: Progress, seen: Playback) -> dict[str, Any]:
    """Return what tells of single viewings; nothing of a learner who wants no history."""
    if stored.history_off:
        return {"viewings": (), "devices": (), "half_hours": ()}
    return {
        "viewings": latest_viewings(stored.viewings, seen.viewings),
        "devices": latest_devices(stored.devices, seen.devices),
        "half_hours": join_half_hours(stored.half_hours, seen.half_hours),
    }


def is_over(stored: Progress, new: Contribution) -> bool:
    """Tell whether a contribution is of an attempt that a reset has ended."""
    return stored.attempt_at is not None and new.session_at < stored.attempt_at


def is_erased(new: Contribution, erased_at: int | None) -> bool:
    """Tell whether a contribution is of a session that began before its learner's data was erased, at a time in ms."""
    return erased_at is not None and new.session_at < erased_at


def is_fragmented(stored: Progress) -> bool:
    """Tell whether so many separate ranges are stored that no player made them: each is a jump of the playhead."""
    return len(stored.watched) >= MAX_RANGES_KEPT


def coverage_percent(watched_seconds: int, duration: float) -> int:
    """Return the whole percentage of a video that was watched, at most 100."""
    return floor(min(COMPLETE_PERCENT, COMPLETE_PERCENT * watched_seconds / duration)) if duration > 0 else 0


def _count_sessions(stored: Progress, seen: tuple[str, ...]) -> Progress:
    """Count new session ids. Of a full list, an id older than the oldest kept one counts as known."""
    kept = tuple(sorted({*stored.sessions, *seen}, reverse=True)[:MAX_SESSIONS])
    base_count = stored.base_count + len(set(stored.sessions) - set(kept))
    return replace(stored, sessions=kept, base_count=base_count, watch_count=base_count + len(kept))
