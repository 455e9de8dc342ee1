"""Habits over the wire: the days of a learner's own time zone, and the streaks."""

import datetime as dt
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ConfigDict, Field, StringConstraints

from playhead.api import examples
from playhead.api.requests import WireModel
from playhead.domain.errors import FieldError, InvalidRequest
from playhead.domain.habits import Habits

TimeZoneName = Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$")]


class DayBody(WireModel):
    """A day and how much was watched on it."""

    date: dt.date
    watched_seconds: int = Field(description="The same second of a video counts once a day.")


class StreakBody(WireModel):
    """Days in a row that saw a minute or more."""

    current: int = Field(description="The row that reaches today, or yesterday as long as today may still join it.")
    longest: int = Field(description="The longest row of the last 366 days.")


class HabitsBody(WireModel):
    """How much a learner watched on each day, the earliest first, today last."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.HABITS]})

    time_zone: str
    days: list[DayBody]
    streak: StreakBody


def to_zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name. Raises InvalidRequest for what is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        field = FieldError("timeZone", "is not the name of a time zone, such as Europe/Vienna")
        raise InvalidRequest((field,)) from error


def habits_body(habits: Habits, zone: ZoneInfo) -> HabitsBody:
    """Return habits as they go over the wire."""
    return HabitsBody(
        time_zone=zone.key,
        days=[DayBody(date=one.date, watched_seconds=one.watched_seconds) for one in habits.days],
        streak=StreakBody(current=habits.current_streak, longest=habits.longest_streak),
    )
