"""Playback: what reports say together. `join` is commutative, associative and idempotent: a join-semilattice."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import attrgetter

from playhead.domain.habits import HalfHours, half_hour, join_half_hours
from playhead.domain.ranges import Ranges, union
from playhead.domain.report import Position, Report

MAX_VIEWINGS = 10
MAX_DEVICES = 10


@dataclass(frozen=True, slots=True)
class Playback:
    """What is known of one learner in one video; all times in ms since the epoch, the rest in seconds of the video.

    `sessions` are distinct ids, newest first; `viewings` hold the last position of each of the newest sessions,
    oldest session first; `devices` the last position of each device, latest first; `half_hours` what was watched in
    each half hour of the clock, in the order of time.
    """

    position: Position
    furthest: float
    duration: float
    watched: Ranges
    sessions: tuple[str, ...]
    viewings: tuple[Position, ...]
    devices: tuple[Position, ...]
    half_hours: HalfHours
    first_at: int
    last_at: int


def playback_of(report: Report) -> Playback:
    """Return what one report says."""
    playhead = report.playhead
    watched = union(report.watched)
    return Playback(
        position=playhead,
        furthest=max(report.position, max((end for _, end in report.watched), default=0)),
        duration=report.duration,
        watched=watched,
        sessions=(report.session,),
        viewings=(playhead,),
        devices=(playhead,) if report.device else (),
        half_hours=((half_hour(report.at), watched),) if watched else (),
        first_at=report.at,
        last_at=report.at,
    )


def join(one: Playback, other: Playback) -> Playback:
    """Return what two playbacks of the same key say together, in whichever order they come and however often."""
    return Playback(
        position=max(one.position, other.position),
        furthest=max(one.furthest, other.furthest),
        duration=max(one.duration, other.duration),
        watched=union(one.watched, other.watched),
        sessions=tuple(sorted({*one.sessions, *other.sessions}, reverse=True)),
        viewings=latest_viewings(one.viewings, other.viewings),
        devices=latest_devices(one.devices, other.devices),
        half_hours=join_half_hours(one.half_hours, other.half_hours),
        first_at=min(one.first_at, other.first_at),
        last_at=max(one.last_at, other.last_at),
    )


def gather(reports: Iterable[Report]) -> Playback:
    """Return what reports of one key (at least one) say together."""
    return reduce(join, map(playback_of, reports))


def latest_viewings(*positions: Iterable[Position]) -> tuple[Position, ...]:
    """Return the last position of each session, oldest session first, of the newest sessions."""
    by_session = _latest_by("session", positions)
    return tuple(sorted(by_session, key=attrgetter("session"))[-MAX_VIEWINGS:])


def latest_devices(*positions: Iterable[Position]) -> tuple[Position, ...]:
    """Return the last position of each device, latest first, of the devices seen last."""
    return tuple(sorted(_latest_by("device", positions), reverse=True)[:MAX_DEVICES])


def _latest_by(name: str, positions: tuple[Iterable[Position], ...]) -> Iterable[Position]:
    latest: dict[str, Position] = {}
    for position in sorted(one for some in positions for one in some):
        latest[getattr(position, name)] = position
    return latest.values()
