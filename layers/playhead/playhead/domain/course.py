"""Courses: what a learner's progress in single videos says of the whole course, as the catalogue has it today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest

from playhead.domain.progress import COMPLETE_PERCENT, Progress
from playhead.domain.report import Key


@dataclass(frozen=True, slots=True)
class CatalogueVideo:
    """A video of a course. `duration` in seconds, 0 where unknown; `added_at` in ms since the epoch, None likewise."""

    video_id: str
    title: str = ""
    duration: float = 0
    optional: bool = False
    added_at: int | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A course of the catalogue, its videos in the order they are to be watched."""

    course_id: str
    title: str
    videos: tuple[CatalogueVideo, ...]


class Weight(StrEnum):
    """What a video counts in the course's percentage: its length, or one like every other."""

    DURATION = "duration"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class VideoProgress:
    """A video of the course and the learner's progress in it.

    `is_new` tells that it was added after the learner had completed the course as it was then, or that it has grown
    since the learner completed it.
    """

    video: CatalogueVideo
    progress: Progress
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class CourseProgress:
    """One learner in one course. Optional videos are listed but count neither for nor against completion.

    `new_content` tells that some of its videos are new to the learner.
    """

    course_id: str
    title: str
    videos: tuple[VideoProgress, ...]
    total_videos: int
    completed_videos: int
    percentage: int
    completed: bool
    new_content: bool
    next_video: VideoProgress | None
    last_watched: VideoProgress | None


def roll_up(user_id: str, course: Course, stored: Iterable[Progress], weight: Weight) -> CourseProgress:
    """Return the course's progress; what is stored of videos that the course no longer holds does not count."""
    by_video = {one.key.video_id: one for one in stored}
    videos = _with_news(
        VideoProgress(video, by_video.get(video.video_id) or Progress(Key(user_id, course.course_id, video.video_id)))
        for video in course.videos
    )
    required = [one for one in videos if not one.video.optional]
    completed = [one for one in required if one.progress.completed]
    last_watched = max((one for one in videos if one.progress.last_at is not None), key=_last_at, default=None)
    return CourseProgress(
        course_id=course.course_id,
        title=course.title,
        videos=videos,
        total_videos=len(required),
        completed_videos=len(completed),
        percentage=_percentage(required, weight),
        completed=bool(required) and len(completed) == len(required),
        new_content=any(one.is_new for one in videos),
        next_video=_next(videos, last_watched),
        last_watched=last_watched,
    )


def uncatalogued(course_id: str, stored: Sequence[Progress]) -> Course:
    """Return a course that no catalogue knows, made of what the learner watched in it."""
    videos = tuple(CatalogueVideo(one.key.video_id, duration=one.duration) for one in stored)
    return Course(course_id, "", videos)


def _last_at(one: VideoProgress) -> int:
    return one.progress.last_at or 0


def _percentage(videos: Sequence[VideoProgress], weight: Weight) -> int:
    """Return the whole percentage; a completed video counts whole, however much of it was watched or is new."""
    weights = [_length(one) if weight is Weight.DURATION else 1 for one in videos]
    if not sum(weights):
        return 0
    percentages = [COMPLETE_PERCENT if one.progress.completed else one.progress.percentage for one in videos]
    return int(sum(share * percentage for share, percentage in zip(weights, percentages, strict=True)) // sum(weights))


def _length(one: VideoProgress) -> float:
    return one.video.duration or one.progress.duration


def _with_news(videos: Iterable[VideoProgress]) -> tuple[VideoProgress, ...]:
    """Return the videos with what is new to the learner marked."""
    found = tuple(videos)
    done_at = _completed_as_it_was(found)
    return tuple(replace(one, is_new=_has_grown(one) or _came_after(one, done_at)) for one in found)


def _completed_as_it_was(videos: Sequence[VideoProgress]) -> int | None:
    """Return when in ms the learner last had completed all the required videos that were there; None for never."""
    required = sorted((one for one in videos if not one.video.optional), key=_added_at)
    done_at, latest = None, 0
    for one, following in zip_longest(required, required[1:]):
        if not one.progress.completed or one.progress.completed_at is None:
            break
        latest = max(latest, one.progress.completed_at)
        if following is None or _added_at(following) > latest:
            done_at = latest
    return done_at


def _came_after(one: VideoProgress, done_at: int | None) -> bool:
    return done_at is not None and not one.progress.completed and _added_at(one) > done_at


def _has_grown(one: VideoProgress) -> bool:
    """Tell whether a completed video is longer than it was at its last report; a second is a matter of rounding."""
    return one.progress.completed and 0 < one.progress.duration < one.video.duration - 1


def _added_at(one: VideoProgress) -> int:
    return one.video.added_at or 0


def _next(videos: Sequence[VideoProgress], last_watched: VideoProgress | None) -> VideoProgress | None:
    """Return the video to go on with: the one watched last if unfinished, else the next unfinished after it, or any."""
    start = videos.index(last_watched) if last_watched else 0
    in_turn = [*videos[start:], *videos[:start]]
    return next((one for one in in_turn if not one.progress.completed and not one.video.optional), None)
