"""Times: how a moment in UTC is spelt where JavaScript's own spelling is expected."""

from datetime import datetime


def spelt_time(time: datetime) -> str:
    """Return a time in UTC in ISO 8601, with milliseconds and a Z."""
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
