"""What the old endpoints give of courses: one with its videos, the dashboard, and what a change makes of one."""

from collections.abc import Iterable, Mapping

from pydantic import Field

from playhead.api.old_videos import Number, OldListed, OldModel, OldVideoProgress, Time, listed, video_progress
from playhead.api.progress import to_time
from playhead.domain.enrolment import Enrolment, Lesson, Published, mean_percentage
from playhead.usecases.update_old_progress import Updated


class OldCourseProgress(OldModel):
    """One learner in one course, in the old meaning."""

    total_videos: int
    completed_videos: int
    total_progress: int
    last_watched_video: str | None
    last_watched_position: Number
    course_progress_percentage: int
    total_watched_duration: Number
    course_total_duration: Number


class OldListedProgress(OldModel):
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


class OldCourseName(OldModel):
    """A course."""

    id: str = Field(alias="_id")
    title: str
    total_videos: int


class OldDashboardCourse(OldModel):
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


class OldCompletion(OldModel):
    """A completion by hand."""

    is_completed: bool
    completion_percentage: int
    completed_at: Time | None


class OldUpdateAnswer(OldModel):
    """What became of an update: progress, or that it was skipped."""

    video_progress: OldVideoProgress | None = None
    course_progress: OldCourseProgress | None = None
    skipped: bool | None = None


class OldCourseAnswer(OldModel):
    """A course with its videos."""

    course: OldCourseName
    videos: list[OldCourseVideo]
    overall_progress: OldCourseProgress


class OldDashboardAnswer(OldModel):
    """All courses that were bought."""

    courses: list[OldDashboardCourse]
    total_courses: int
    completed_courses: int
    total_progress: int


class OldCompletionAnswer(OldModel):
    """A video completed by hand, and its course."""

    video_progress: OldCompletion
    course_progress: OldCourseProgress


def update_answer(updated: Updated) -> OldUpdateAnswer:
    """Return what became of an update as it is answered."""
    if updated.enrolment is None:
        return OldUpdateAnswer(skipped=True)
    published = updated.enrolment.of_video(updated.report.key.video_id)
    return OldUpdateAnswer(video_progress=video_progress(published), course_progress=course_progress(updated.enrolment))


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
                **listed(lesson), video_url=links[lesson.video_id], progress=_listed_progress(lesson, published)
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
        videos=[OldListed(**listed(one)) for one in course.lessons],
        is_completed=0 < len(course.lessons) == enrolment.completed_lessons,
        **shown,
    )


def _listed_progress(lesson: Lesson, published: Published) -> OldListedProgress:
    return OldListedProgress(
        watched_duration=published.watched_duration,
        total_duration=published.progress.duration or lesson.duration,
        completion_percentage=published.completion_percentage,
        is_completed=published.progress.completed,
        last_position=published.last_position,
        last_watched_at=to_time(published.progress.last_at),
    )
