"""Habits: what was watched in each half hour of the clock, from which any time zone's days can be made."""

from playhead.domain.ranges import Ranges, union

HALF_HOUR_MS = 30 * 60 * 1000
MAX_HALF_HOURS = 100

type HalfHours = tuple[tuple[int, Ranges], ...]
"""The beginning of each half hour in ms since the epoch, the earliest first, and the ranges watched in it."""


def half_hour(at: int) -> int:
    """Return when the half hour of a time began, both in ms since the epoch."""
    return at - at % HALF_HOUR_MS


def join_half_hours(*some: HalfHours) -> HalfHours:
    """Return what was watched in each half hour together; of more than are kept, the newest."""
    joined: dict[int, Ranges] = {}
    for began_at, watched in (one for half_hours in some for one in half_hours):
        joined[began_at] = union(joined.get(began_at, ()), watched)
    return tuple(sorted(joined.items())[-MAX_HALF_HOURS:])
