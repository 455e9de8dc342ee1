"""Ports: what the use cases need of the world, in the domain's words; adapters and the tests' fakes fulfil them."""

from collections.abc import Callable, Sequence
from typing import Protocol

from playhead.domain.claim import Claim, Granted, TooSoon, Turn
from playhead.domain.course import Course
from playhead.domain.progress import Contribution, Progress
from playhead.domain.report import Key

type Clock = Callable[[], int]
"""Returns the time in ms since the epoch."""


class Throttle(Protocol):
    """Decides whose turn it is, atomically, for all instances together."""

    def claim(self, claim: Claim) -> Turn:
        """Give at most one claim its turn. Never raises: a throttle out of reach answers Unguarded."""

    def release(self, claim: Claim, granted: Granted) -> None:
        """Put back what was there before a claim, if it is still this claim's. Never raises."""


class Burst(Protocol):
    """Limits how fast a learner may bring late reports."""

    def book(self, user_id: str, now: int) -> TooSoon | None:
        """Book one request at the time `now` in ms; None where it may go on. Never raises: out of reach, it may."""


class ProgressStore(Protocol):
    """Keeps one progress a key, merged by one atomic update each."""

    def merge(self, contribution: Contribution) -> Progress:
        """Merge and return what is stored then. Raises StoreUnavailable."""

    def merge_all(self, contributions: Sequence[Contribution]) -> None:
        """Merge several keys in one request to the store. Raises StoreUnavailable: then some may not be merged."""

    def read(self, key: Key) -> Progress:
        """Return what is stored, a zero state where nothing is. Raises StoreUnavailable."""

    def is_slow(self) -> bool:
        """Tell whether the store has been answering slowly of late."""


class ProgressLists(Protocol):
    """Lists a learner's progress. In lists it comes without its ranges. All raise StoreUnavailable."""

    def of_course(self, user_id: str, course_id: str) -> list[Progress]:
        """Return the learner's progress in each video of a course that was begun."""

    def page(self, user_id: str, start: Key | None, limit: int) -> tuple[list[Progress], Key | None]:
        """Return a learner's progress by course and video, from a key on, and the key where the next page starts."""

    def unfinished(self, user_id: str, limit: int) -> list[Progress]:
        """Return what a learner has begun, not completed and not hidden, the last watched first."""


class Catalogue(Protocol):
    """Knows the platform's videos."""

    def duration(self, video_id: str) -> float | None:
        """Return a video's duration in seconds, None where the catalogue does not say. Never raises."""


class CourseCatalogue(Protocol):
    """Knows the platform's courses."""

    def course(self, course_id: str) -> Course | None:
        """Return a course with its videos in order, None where the catalogue does not know it.

        Raises StoreUnavailable.
        """


class Entitlement(Protocol):
    """Knows who may track which course."""

    def allows(self, user_id: str, course_id: str) -> bool:
        """Tell whether this learner may track this course. Raises StoreUnavailable."""


class Probe(Protocol):
    """Tells whether something that Playhead needs can be reached."""

    def __call__(self) -> bool:
        """Return whether it answered in time; raising is no answer."""
