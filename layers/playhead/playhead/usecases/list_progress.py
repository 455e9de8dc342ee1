"""List progress: everything a learner has begun, in pages, and what is worth going on with."""

from dataclasses import dataclass

from playhead.domain.progress import Progress
from playhead.domain.report import Key
from playhead.ports import ProgressLists


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a learner's progress, and the key where the next page starts, None on the last."""

    items: list[Progress]
    next_key: Key | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListProgress:
    """The use case, with the port it needs."""

    lists: ProgressLists

    def __call__(self, user_id: str, start: Key | None, limit: int) -> Page:
        """Return a page by course and video, from a key of this learner on. Raises StoreUnavailable."""
        return Page(*self.lists.page(user_id, start, limit))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinueWatching:
    """The use case, with the port it needs."""

    lists: ProgressLists

    def __call__(self, user_id: str, limit: int) -> list[Progress]:
        """Return what is unfinished and not hidden, the last watched first. Raises StoreUnavailable."""
        return self.lists.unfinished(user_id, limit)
