"""Ports: what the use cases need of the world, in the domain's words; adapters and the tests' fakes fulfil them."""

from __future__ import annotations  # a function loads only the parts of the domain that it uses

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from playhead.domain.announcement import Announcement, Waiting
    from playhead.domain.changes import Change, Place
    from playhead.domain.claim import Claim, Granted, TooSoon, Turn, Unguarded
    from playhead.domain.course import Course
    from playhead.domain.deferred import Deferred
    from playhead.domain.enrolment import Enrolled
    from playhead.domain.habits import HalfHours
    from playhead.domain.learner import Learner
    from playhead.domain.progress import Contribution, Progress
    from playhead.domain.record import Record
    from playhead.domain.report import Key, Position

type Clock = Callable[[], int]
"""Returns the time in ms since the epoch."""


class Throttle(Protocol):
    """Decides whose turn it is, atomically, for all instances together."""

    def claim(self, claim: Claim) -> Turn:
        """Give at most one claim its turn. Never raises: a throttle out of reach answers Unguarded."""

    def release(self, claim: Claim, granted: Granted) -> Unguarded | None:
        """Put back what was there before a claim, if it is still this claim's. Never raises, as above."""


class Burst(Protocol):
    """Limits how fast a learner may bring late reports."""

    def book(self, user_id: str, now: int) -> TooSoon | Unguarded | None:
        """Book one request at the time `now` in ms; None where it may go on.

        Never raises: out of reach it answers Unguarded, and the request may go on.
        """


class Queue(Protocol):
    """Keeps what cannot be merged now, until it is."""

    def send(self, deferred: Deferred, delay_seconds: int = 0) -> None:
        """Keep it, to be replayed no earlier than after a delay of at most 900 s.

        Raises StoreUnavailable: then not all of it is kept.
        """


type ReadMessage = Callable[[str], Deferred]
"""Reads what a queue has kept. Raises ValueError where it is nothing that this release knows."""


class ProgressStore(Protocol):
    """Keeps one progress a key, merged by one atomic update each."""

    def merge(self, contribution: Contribution) -> Progress | None:
        """Merge and return what is stored then, None where it was left out.

        That is where a reset or an erasure came after its session began, or where too many ranges are stored.
        Raises StoreUnavailable.
        """

    def merge_all(self, contributions: Sequence[Contribution]) -> list[Contribution]:
        """Merge several in one request to the store; return those left out, as `merge` does.

        Raises StoreUnavailable: then some may not be merged.
        """

    def read(self, key: Key) -> Progress:
        """Return what is stored, a zero state where nothing is. Raises StoreUnavailable."""

    def viewings(self, key: Key) -> list[Position]:
        """Return the last position of each of the newest viewings, the latest first. Raises StoreUnavailable."""

    def erased_at(self, user_id: str) -> int | None:
        """Return when in ms a learner had everything erased, None where never. Raises StoreUnavailable."""

    def is_slow(self) -> bool:
        """Tell whether the store has been answering slowly of late."""


class ProgressChanges(Protocol):
    """Changes by hand, one atomic update each; `now` in ms. All raise StoreUnavailable."""

    def reset(self, key: Key, now: int) -> Progress:
        """Keep the attempt in the archive and begin the next; nothing where nothing is stored."""

    def undo_reset(self, key: Key, since: int) -> Progress | None:
        """Bring the last attempt back as it was; None where none was ended after `since` ms."""

    def complete(self, key: Key, now: int) -> Progress:
        """Mark as completed by hand, also a video that was never played."""

    def withdraw_completion(self, key: Key, threshold: int) -> Progress:
        """Withdraw a completion by hand; one that was reached by watching (percent) stays."""

    def hide(self, key: Key, now: int, *, hidden: bool) -> Progress:
        """Leave out of the unfinished list until the next play, or bring back."""

    def move(self, key: Key, position: Position) -> Progress:
        """Bid for the position register by hand."""


class HabitsLog(Protocol):
    """Tells when a learner watched."""

    def half_hours(self, user_id: str, since: int) -> list[HalfHours]:
        """Return the half hours of each video that the learner reported since a time in ms. Raises StoreUnavailable."""


class ProgressLists(Protocol):
    """Lists a learner's progress. In lists it comes without its ranges. All raise StoreUnavailable."""

    def of_course(self, user_id: str, course_id: str) -> list[Progress]:
        """Return the learner's progress in each video of a course that was begun."""

    def page(self, user_id: str, start: Key | None, limit: int) -> tuple[list[Progress], Key | None]:
        """Return a learner's progress by course and video, from a key on, and the key where the next page starts."""

    def unfinished(self, user_id: str, limit: int) -> list[Progress]:
        """Return what a learner has begun, not completed and not hidden, the last watched first."""


class ChangesFeed(Protocol):
    """Gives out a learner's changes in the order of the store's clock. All raise StoreUnavailable."""

    def beyond(self, user_id: str, place: Place | None, limit: int) -> list[Change]:
        """Return at most `limit` changes beyond a place, the earliest first; each progress without its ranges."""

    def erased_at(self, user_id: str) -> int | None:
        """Return when in ms a learner had everything erased, None where never."""


class Outbox(Protocol):
    """Keeps completions, from the update that completed until they are announced. All raise StoreUnavailable."""

    def waiting(self, limit: int) -> list[Waiting]:
        """Return what waits of at most `limit` videos of learners, that which has waited longest."""

    def remove(self, announced: Sequence[Waiting]) -> None:
        """Take out exactly these; what is not there any more is no error."""


class EventBus(Protocol):
    """Tells others."""

    def put(self, announcements: Sequence[Announcement]) -> list[Announcement]:
        """Tell, and return what could not be told now. Never raises."""


class LearnerRecords(Protocol):
    """Gives away everything that is stored about a learner."""

    def page(self, user_id: str, start: Key | None, limit: int) -> tuple[list[Record], Key | None]:
        """Return records by course and video, from a key on, and the key where the next page starts.

        A page ends early where it grows larger than an answer may be. Raises StoreUnavailable.
        """


class LearnerSettings(Protocol):
    """Keeps what a learner has set. All raise StoreUnavailable."""

    def read(self, user_id: str) -> Learner:
        """Return what is known of the learner."""

    def set_history(self, user_id: str, now: int, *, kept: bool) -> None:
        """Keep viewings, or forget them and keep none, from now (ms) on."""


class Retention(Protocol):
    """Deletes what nobody has touched for long."""

    def keep(self, days: int) -> bool:
        """Keep progress for so many days after its last change, 0 for ever; tell whether that is new.

        Raises StoreUnavailable.
        """


class LearnerErasure(Protocol):
    """Erases what is stored about a learner. All raise StoreUnavailable."""

    def mark(self, user_id: str, now: int) -> None:
        """Remember the erasure, at a time in ms: from here on, sessions that began before it bring nothing back."""

    def keys(self, user_id: str) -> list[Key]:
        """Return the keys of all that is stored about a learner."""

    def delete(self, user_id: str) -> int:
        """Delete all progress of a learner and return of how many videos."""


class LearnerClaims(Protocol):
    """Knows what the throttle keeps about a learner."""

    def forget(self, user_id: str, keys: Sequence[Key]) -> None:
        """Delete the learner's claims of these keys and what was booked of bursts. Raises StoreUnavailable."""


class Catalogue(Protocol):
    """Knows the platform's videos."""

    def durations(self, video_ids: Collection[str]) -> Mapping[str, float]:
        """Return durations in seconds; nothing of videos that the catalogue cannot tell of now. Never raises."""


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


class Enrolments(Protocol):
    """Knows the old application's users, with their courses and progress; each answer is one round trip."""

    def of_course(self, user_id: str, course_id: str, learner_id: str) -> Enrolled | None:
        """Return a user's account and a learner's enrolment in a course, whether or not it was bought.

        Entitlement is the user's, progress the learner's. None where there is no such user. Raises StoreUnavailable.
        """

    def of_learner(self, user_id: str) -> Enrolled | None:
        """Return a user's account and an enrolment in each course that was bought; None where there is no such user.

        Raises StoreUnavailable.
        """


class VideoLinks(Protocol):
    """Knows where videos can be played."""

    def link(self, s3_key: str) -> str:
        """Return an address that plays for half an hour, empty where there is none."""


class Probe(Protocol):
    """Tells whether something that Playhead needs can be reached."""

    def __call__(self) -> bool:
        """Return whether it answered in time; raising is no answer."""
