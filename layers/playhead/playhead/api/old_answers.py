"""What the old endpoints give: the envelope, the old names, and how the domain's values are spelt in them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from playhead.api.answers import to_time
from playhead.domain.enrolment import Enrolment, Lesson, Published, mean_percentage
from playhead.usecases.update_old_progress import Updated


def _spelt_number(value: float) -> float:
    return int(value) if value.is_integer() else value


def _spelt_time(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")


# As JavaScript spells them: some clients' languages read 1 as a whole number, and 1.0 not.
Number = Annotated[float, PlainSerializer(_spelt_number, return_type=Any), WithJsonSchema({"type": "number"})]
Time = Annotated[datetime, PlainSerializer(_spelt_time), WithJsonSchema({"type": "string", "format": "date-time"})]


class _Old(BaseModel):
    """A JSON object of the old kind."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True)


class OldVideoProgress(_Old):
    """One learner in one video, in the old meaning: seconds and whole percent."""

    watched_duration: Number = Field(description="The largest second reached; it never goes down.")
    total_duration: Number
    watched_percentage: int
    completion_percentage: int
    is_completed: bool
    last_position: Number = Field(description="Where the playhead was last.")


class OldCourseProgress(_Old):
    """One learner in one course, in the old meaning."""

    total_videos: int
    completed_videos: int
    total_progress: int
    last_watched_video: str | None
    last_watched_position: Number
    course_progress_percentage: int
    total_watched_duration: Number
    course_total_duration: Number


class OldListed(_Old):
    """A video in a list."""

    id: str = Field(alias="_id")
    title: str
    duration: Number
    order: Number | None


class OldListedProgress(_Old):
    """What is published of a video in a course's list."""

    watched_duration: Number
    total_duration: Number
    completion_percentage: int
    is_completed: bool
    last_position: Number
    last_watched_at: Time | None


class OldCourseVideo(OldListed):
    """A video of a course, to be played, with the learner's progress."""

    video_url: str
    progress: OldListedProgress


class OldCourseName(_Old):
    """A course."""

    id: str = Field(alias="_id")
    title: str
    total_videos: int


class OldDashboardCourse(_Old):
    """A course on the dashboard."""

    id: str = Field(alias="_id")
    title: str
    thumbnail: str | None = None
    duration: str
    total_lessons: int
    completed_lessons: int
    progress: int
    last_watched: Time | None
    videos: list[OldListed]
    is_completed: bool


class OldCompletion(_Old):
    """A completion by hand."""

    is_completed: bool
    completion_percentage: int
    completed_at: Time | None


class OldUpdateAnswer(_Old):
    """What became of an update: progress, or that it was skipped."""

    video_progress: OldVideoProgress | None = None
    course_progress: OldCourseProgress | None = None
    skipped: bool | None = None


class OldReadAnswer(_Old):
    """A video's progress."""

    video_progress: OldVideoProgress


class OldCourseAnswer(_Old):
    """A course with its videos."""

    course: OldCourseName
    videos: list[OldCourseVideo]
    overall_progress: OldCourseProgress


class OldDashboardAnswer(_Old):
    """All courses that were bought."""

    courses: list[OldDashboardCourse]
    total_courses: int
    completed_courses: int
    total_progress: int


class OldCompletionAnswer(_Old):
    """A video completed by hand, and its course."""

    video_progress: OldCompletion
    course_progress: OldCourseProgress


class OldNextAnswer(_Old):
    """The next video, null after the last."""

    next_video: OldListed | None


class OldResumeAnswer(_Old):
    """Where to go on."""

    resume_position: Number
    is_completed: bool
    completion_percentage: int
    last_watched_at: Time | None = None


class OldResetAnswer(_Old):
    """What is published after a reset."""

    message: str
    video_progress: OldVideoProgress


def update_answer(updated: Updated) -> OldUpdateAnswer:
    """Return what became of an update as it is answered."""
    if updated.enrolment is None:
        return OldUpdateAnswer(skipped=True)
    published = updated.enrolment.of_video(updated.report.key.video_id)
    return OldUpdateAnswer(video_progress=video_progress(published), course_progress=course_progress(updated.enrolment))


def video_progress(published: Published) -> OldVideoProgress:
    """Return a video's progress as it is answered."""
    progress = published.progress
    return OldVideoProgress(
        watched_duration=published.watched_duration,
        total_duration=progress.duration,
        watched_percentage=progress.percentage,
        completion_percentage=published.completion_percentage,
        is_completed=progress.completed,
        last_position=published.last_position,
    )


def course_progress(enrolment: Enrolment) -> OldCourseProgress:
    """Return a course's progress as it is answered."""
    lessons = enrolment.of_lessons()
    last = enrolment.last_watched
    percentage = enrolment.percentage
    return OldCourseProgress(
        total_videos=len(lessons),
        completed_videos=enrolment.completed_lessons,
        total_progress=percentage,
        last_watched_video=last.progress.key.video_id if last else None,
        last_watched_position=last.last_position if last else 0,
        course_progress_percentage=percentage,
        total_watched_duration=round(sum(one.watched_duration for _, one in lessons), 3),
        course_total_duration=sum(lesson.duration or one.progress.duration for lesson, one in lessons),
    )


def course_answer(enrolment: Enrolment, links: Mapping[str, str]) -> OldCourseAnswer:
    """Return a course as it is answered, with the address of each video."""
    course = enrolment.course
    return OldCourseAnswer(
        course=OldCourseName(id=course.course_id, title=course.title, total_videos=len(course.lessons)),
        videos=[
            OldCourseVideo(
                **_listed(lesson), video_url=links[lesson.video_id], progress=_listed_progress(lesson, published)
            )
            for lesson, published in enrolment.of_lessons()
        ],
        overall_progress=course_progress(enrolment),
    )


def dashboard_answer(enrolments: Iterable[Enrolment]) -> OldDashboardAnswer:
    """Return the dashboard as it is answered."""
    courses = [_dashboard_course(one) for one in enrolments]
    return OldDashboardAnswer(
        courses=courses,
        total_courses=len(courses),
        completed_courses=sum(one.is_completed for one in courses),
        total_progress=mean_percentage([one.progress for one in courses]),
    )


def completion_answer(published: Published, enrolment: Enrolment) -> OldCompletionAnswer:
    """Return a completion by hand as it is answered."""
    return OldCompletionAnswer(
        video_progress=OldCompletion(
            is_completed=published.progress.completed,
            completion_percentage=published.completion_percentage,
            completed_at=to_time(published.progress.completed_at),
        ),
        course_progress=course_progress(enrolment),
    )


def next_answer(lesson: Lesson | None) -> OldNextAnswer:
    """Return the next video as it is answered."""
    return OldNextAnswer(next_video=OldListed(**_listed(lesson)) if lesson else None)


def resume_answer(published: Published) -> OldResumeAnswer:
    """Return where to go on as it is answered; when it was watched last is left out where it never was."""
    answer = OldResumeAnswer(
        resume_position=published.last_position,
        is_completed=published.progress.completed,
        completion_percentage=published.completion_percentage,
    )
    last_at = to_time(published.progress.last_at)
    return answer if last_at is None else answer.model_copy(update={"last_watched_at": last_at})


def _dashboard_course(enrolment: Enrolment) -> OldDashboardCourse:
    course, last = enrolment.course, enrolment.last_watched
    shown = {} if course.thumbnail is None else {"thumbnail": course.thumbnail}
    return OldDashboardCourse(
        id=course.course_id,
        title=course.title,
        duration=f"{len(course.lessons)} lessons",
        total_lessons=len(course.lessons),
        completed_lessons=enrolment.completed_lessons,
        progress=enrolment.percentage,
        last_watched=to_time(last.progress.last_at) if last else None,
        videos=[OldListed(**_listed(one)) for one in course.lessons],
        is_completed=0 < len(course.lessons) == enrolment.completed_lessons,
        **shown,
    )


def _listed(lesson: Lesson) -> dict[str, Any]:
    return {"id": lesson.video_id, "title": lesson.title, "duration": lesson.duration, "order": lesson.order}


def _listed_progress(lesson: Lesson, published: Published) -> OldListedProgress:
    return OldListedProgress(
        watched_duration=published.watched_duration,
        total_duration=published.progress.duration or lesson.duration,
        completion_percentage=published.completion_percentage,
        is_completed=published.progress.completed,
        last_position=published.last_position,
        last_watched_at=to_time(published.progress.last_at),
    )
