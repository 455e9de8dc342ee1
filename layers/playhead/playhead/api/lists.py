"""Lists over the wire: roll-up, pages and their opaque cursors, and what is unfinished."""

from collections.abc import Sequence

from pydantic import ConfigDict, Field

from playhead.api import cursors, examples
from playhead.api.progress import summed_up
from playhead.api.requests import WireModel
from playhead.api.summary import SummaryBody, summary
from playhead.domain.course import CourseProgress, VideoProgress
from playhead.domain.progress import Progress
from playhead.domain.report import Key
from playhead.usecases.list_progress import Page

_FIELD = "cursor"


class CourseVideoBody(SummaryBody):
    """A video of a course and the learner's progress in it."""

    title: str
    optional: bool = Field(description="Optional videos count neither for nor against the course's completion.")
    new_content: bool = Field(
        description="Added after the learner had completed the course, or longer than when the learner completed it."
    )


class CourseProgressBody(WireModel):
    """One learner in one course, as the catalogue has it today."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.COURSE_PROGRESS]})

    course_id: str
    title: str
    videos: list[CourseVideoBody]
    total_videos: int
    completed_videos: int
    watched_percentage: int
    completed: bool
    new_content: bool = Field(description="Some of the videos are new content to the learner.")
    next_video_id: str | None = Field(description="The video to go on with; null where none is left.")
    last_watched_video_id: str | None


class ProgressPageBody(WireModel):
    """A page of everything that a learner has begun."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PAGE]})

    items: list[SummaryBody]
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")


class UnfinishedBody(WireModel):
    """What is worth going on with, the last watched first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.UNFINISHED]})

    items: list[SummaryBody]


def course_progress_body(course: CourseProgress) -> CourseProgressBody:
    """Return a roll-up as it goes over the wire."""
    return CourseProgressBody(
        course_id=course.course_id,
        title=course.title,
        videos=[_course_video(one) for one in course.videos],
        total_videos=course.total_videos,
        completed_videos=course.completed_videos,
        watched_percentage=course.percentage,
        completed=course.completed,
        new_content=course.new_content,
        next_video_id=course.next_video.video.video_id if course.next_video else None,
        last_watched_video_id=course.last_watched.video.video_id if course.last_watched else None,
    )


def page_body(page: Page) -> ProgressPageBody:
    """Return a page as it goes over the wire."""
    return ProgressPageBody(
        items=[summary(one) for one in page.items],
        next_cursor=to_cursor(page.next_key) if page.next_key else None,
    )


def unfinished_body(items: Sequence[Progress]) -> UnfinishedBody:
    """Return what is unfinished as it goes over the wire."""
    return UnfinishedBody(items=[summary(one) for one in items])


def from_cursor(cursor: str, user_id: str) -> Key | None:
    """Return the key where a page starts, None for an empty cursor; always one of this learner's.

    Raises InvalidRequest for what is no cursor of ours.
    """
    if not cursor:
        return None
    match cursors.decode(cursor, _FIELD):
        case [str(course_id), str(video_id)]:
            return Key(user_id, course_id, video_id)
    raise cursors.refused(_FIELD)


def to_cursor(key: Key) -> str:
    """Return the opaque cursor of a page that starts at a key; it does not hold whose it is."""
    return cursors.encode([key.course_id, key.video_id])


def _course_video(one: VideoProgress) -> CourseVideoBody:
    known = summed_up(one.progress)
    known["duration"] = one.video.duration or known["duration"]
    return CourseVideoBody(title=one.video.title, optional=one.video.optional, new_content=one.is_new, **known)
