"""Read habits: how much a learner watched on each day of their own time zone, and how many days in a row."""

from dataclasses import dataclass
from datetime import tzinfo

from playhead.domain.habits import MAX_DAYS, Habits, habits
from playhead.ports import HabitsLog

_DAY_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadHabits:
    """The use case, with the port it needs."""

    log: HabitsLog

    def __call__(self, user_id: str, zone: tzinfo, now: int, days: int) -> Habits:
        """Return the habits of the last `days` days at the time `now` in ms. Raises StoreUnavailable."""
        since = now - (MAX_DAYS + 1) * _DAY_MS  # a day more: the first one begins at another hour in each zone
        return habits(self.log.half_hours(user_id, since), zone, now, days)
