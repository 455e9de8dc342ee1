"""Enrolments: what the old endpoints need to know of one learner in one course, all read at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from playhead.domain.errors import Forbidden, NotFound, Unauthorized
from playhead.domain.identity import Identity, Refusal
from playhead.domain.progress import COMPLETE_PERCENT, Progress
from playhead.domain.report import Key

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Account:
    """The old application's own entry of a user. `token_version` grows when it calls all tokens back."""

    role: str = ""
    active: bool = True
    token_version: int = 0


@dataclass(frozen=True, slots=True)
class Lesson:
    """A video of a course as the old endpoints tell it. `duration` in seconds; `order` as stored, None without one."""

    video_id: str
    title: str = ""
    duration: float = 0
    order: float | None = None
    s3_key: str = ""


@dataclass(frozen=True, slots=True)
class OldCourse:
    """A course as the old endpoints tell it, its lessons in order; one that is not `known` has nothing but its id."""

    course_id: str
    title: str = ""
    thumbnail: str | None = None
    lessons: tuple[Lesson, ...] = ()
    known: bool = True

    def durations(self) -> dict[str, float]:
        """Return the seconds of each video whose length is known."""
        return {one.video_id: one.duration for one in self.lessons if one.duration}


@dataclass(frozen=True, slots=True)
class Published:
    """The progress in one video and the published figures beside it, in the old meaning; zeros where nothing is stored.

    `watched_duration` is the largest second reached, `completion_percentage` also tells of completion by hand.
    """

    progress: Progress
    watched_duration: float = 0
    completion_percentage: int = 0

    @property
    def last_position(self) -> float:
        """Where the playhead was last, in seconds."""
        return self.progress.position.seconds if self.progress.position else 0

    def grown_to(self, progress: Progress) -> Self:
        """Return what is published after a merge or a change that never lowers anything."""
        return type(self)(
            progress,
            max(self.watched_duration, progress.furthest),
            max(self.completion_percentage, progress.percentage),
        )

    def completed_by_hand(self, progress: Progress) -> Self:
        """Return what is published after a completion by hand."""
        return type(self)(progress, max(self.watched_duration, progress.furthest), COMPLETE_PERCENT)


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One learner in one course: whether it was bought, and what is published of each video begun in it."""

    user_id: str
    course: OldCourse
    bought: bool = False
    published: Mapping[str, Published] = field(default_factory=dict)

    def of_video(self, video_id: str) -> Published:
        """Return what is published of a video, zeros where nothing is stored."""
        key = Key(self.user_id, self.course.course_id, video_id)
        return self.published.get(video_id) or Published(Progress(key))

    def of_lessons(self) -> list[tuple[Lesson, Published]]:
        """Return each lesson of the course with what is published of it."""
        return [(one, self.of_video(one.video_id)) for one in self.course.lessons]

    @property
    def completed_lessons(self) -> int:
        """How many of the course's videos are completed."""
        return sum(published.progress.completed for _, published in self.of_lessons())

    @property
    def percentage(self) -> int:
        """The mean of the videos' percentages, whole."""
        return mean_percentage([published.completion_percentage for _, published in self.of_lessons()])

    @property
    def last_watched(self) -> Published | None:
        """What is published of the video that was watched last, None where none was."""
        begun = [one for _, one in self.of_lessons() if one.progress.last_at is not None]
        return max(begun, key=lambda one: one.progress.last_at or 0, default=None)

    def with_video(self, published: Published) -> Self:
        """Return the enrolment as it is after one video's progress has changed."""
        return replace(self, published={**self.published, published.progress.key.video_id: published})


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A user's account and the courses that were asked for."""

    account: Account
    enrolments: tuple[Enrolment, ...]


def check_account(identity: Identity, enrolled: Enrolled | None) -> Enrolled:
    """Return what was read for a token that still counts. Raises Unauthorized: no such user, not active, called back.

    A token, like an account, without a version is of version 0.
    """
    if enrolled is None:
        raise Unauthorized(Refusal.NO_LEARNER)
    if not enrolled.account.active:
        raise Unauthorized(Refusal.INACTIVE)
    if (identity.token_version or 0) != enrolled.account.token_version:
        raise Unauthorized(Refusal.CALLED_BACK)
    return enrolled


def check_known(enrolment: Enrolment) -> None:
    """Let a known course pass. Raises NotFound."""
    if not enrolment.course.known:
        message = "Course not found."
        raise NotFound(message)


def check_admin(identity: Identity, account: Account) -> None:
    """Let an admin pass, by the token's or by the account's word. Raises Forbidden."""
    if ADMIN not in {account.role, *identity.role.split()}:
        message = "Only an admin may do this."
        raise Forbidden(message)


def mean_percentage(percentages: Sequence[int]) -> int:
    """Return the mean, rounded as JavaScript rounds; 0 of nothing."""
    return int(sum(percentages) / len(percentages) + 0.5) if percentages else 0
