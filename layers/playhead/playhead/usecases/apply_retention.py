"""Apply retention: let progress that nobody has touched for long be deleted, as the deployment says."""

from dataclasses import dataclass

from playhead.ports import Retention


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRetention:
    """The use case, with the port it needs, and for how many days progress is kept; 0 is for ever."""

    retention: Retention
    days: int

    def __call__(self) -> bool:
        """Apply; tell whether anything had to change. Raises StoreUnavailable."""
        return self.retention.keep(self.days)
