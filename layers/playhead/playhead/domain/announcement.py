"""Announcements: what others are told when a learner has completed a video or a course; at least once, under one id.

The id is made of what is announced, so whoever is told twice can tell. That of a course is made of its required videos
and the attempts in which they were completed: the same course completed again, after a reset or with videos that came
since, is announced again, under another id.
"""

import json
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from playhead.domain.course import CourseProgress
from playhead.domain.progress import Completion
from playhead.domain.report import Key

VIDEO_COMPLETED = "video.completed"
COURSE_COMPLETED = "course.completed"

_NAMESPACE = uuid5(NAMESPACE_URL, "playhead/announcements")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A completion of a video that is to be announced."""

    key: Key
    completion: Completion


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What happened, when in ms, and whom it concerns; `video_id` and `attempt` of a video alone."""

    type: str
    id: str
    at: int
    user_id: str
    course_id: str
    video_id: str | None = None
    attempt: int | None = None


def video_completed(waiting: Waiting) -> Announcement:
    """Return the announcement of a video's completion; one id for each attempt."""
    key, completion = waiting.key, waiting.completion
    return Announcement(
        type=VIDEO_COMPLETED,
        id=_id(VIDEO_COMPLETED, *key, completion.attempt),
        at=completion.at,
        user_id=key.user_id,
        course_id=key.course_id,
        video_id=key.video_id,
        attempt=completion.attempt,
    )


def course_completed(user_id: str, course: CourseProgress) -> Announcement | None:
    """Return the announcement of a course's completion, None where it is not complete."""
    if not course.completed:
        return None
    required = [one.progress for one in course.videos if not one.video.optional]
    attempts = sorted((one.key.video_id, one.attempt) for one in required)
    return Announcement(
        type=COURSE_COMPLETED,
        id=_id(COURSE_COMPLETED, user_id, course.course_id, attempts),
        at=max(one.completed_at or 0 for one in required),
        user_id=user_id,
        course_id=course.course_id,
    )


def _id(*content: object) -> str:
    return str(uuid5(_NAMESPACE, json.dumps(content)))
