"""Habits: what was watched in each half hour of the clock, and the learner's days and streaks made of that."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from playhead.domain.ranges import Ranges, seconds, union

HALF_HOUR_MS = 30 * 60 * 1000
MAX_HALF_HOURS = 100
STREAK_SECONDS = 60
MAX_DAYS = 366
_DAY = timedelta(days=1)

type HalfHours = tuple[tuple[int, Ranges], ...]
"""The beginning of each half hour in ms since the epoch, the earliest first, and the ranges watched in it."""


@dataclass(frozen=True, slots=True)
class Day:
    """How many seconds were watched on a day; the same second of a video counts once a day."""

    date: date
    watched_seconds: int


@dataclass(frozen=True, slots=True)
class Habits:
    """The days up to today, the earliest first, and how many days in a row saw a minute or more.

    `current_streak` is the row that reaches today, or yesterday as long as today may still join it; rows are of the
    last MAX_DAYS days.
    """

    days: tuple[Day, ...]
    current_streak: int
    longest_streak: int


def half_hour(at: int) -> int:
    """Return when the half hour of a time began, both in ms since the epoch."""
    return at - at % HALF_HOUR_MS


def join_half_hours(*some: HalfHours) -> HalfHours:
    """Return what was watched in each half hour together; of more than are kept, the newest."""
    joined: dict[int, Ranges] = {}
    for began_at, watched in (one for half_hours in some for one in half_hours):
        joined[began_at] = union(joined.get(began_at, ()), watched)
    return tuple(sorted(joined.items())[-MAX_HALF_HOURS:])


def habits(videos: Iterable[HalfHours], zone: tzinfo, now: int, days: int) -> Habits:
    """Return the habits of the last days in a time zone, at the time `now` in ms, from each video's half hours."""
    watched: dict[date, int] = defaultdict(int)
    for half_hours in videos:
        for day, ranges in _by_day(half_hours, zone).items():
            watched[day] += seconds(ranges)
    today = _local_day(now, zone)
    dates = [today - _DAY * back for back in reversed(range(MAX_DAYS))]
    streaks = _streaks(dates, {day for day, some in watched.items() if some >= STREAK_SECONDS})
    return Habits(tuple(Day(one, watched[one]) for one in dates[-days:]), max(streaks[-2:]), max(streaks))


def _by_day(half_hours: HalfHours, zone: tzinfo) -> dict[date, Ranges]:
    """Return what was watched of one video on each day."""
    by_day: dict[date, Ranges] = {}
    for began_at, watched in half_hours:
        day = _local_day(began_at, zone)
        by_day[day] = union(by_day.get(day, ()), watched)
    return by_day


def _local_day(at: int, zone: tzinfo) -> date:
    return datetime.fromtimestamp(at // 1000, UTC).astimezone(zone).date()


def _streaks(dates: Iterable[date], active: set[date]) -> list[int]:
    """Return for each date how many days in a row up to it saw enough."""
    streaks: list[int] = []
    for one in dates:
        streaks.append((streaks[-1] if streaks else 0) + 1 if one in active else 0)
    return streaks
