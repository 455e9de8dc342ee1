"""Serve the old API: the eight routes of the application that Playhead replaces, for its clients as they are."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path

from playhead.api import old_courses, old_videos
from playhead.api.old_envelope import (
    CompletionEnvelope,
    CourseEnvelope,
    DashboardEnvelope,
    NextEnvelope,
    ReadEnvelope,
    ResetEnvelope,
    ResumeEnvelope,
    UpdateEnvelope,
    answer_old,
    answer_old_error,
    documented_old,
)
from playhead.api.old_requests import OldResetBody, OldUpdateBody, OldVideoBody
from playhead.api.requests import Id
from playhead.api.resolver import caller, make_resolver, serve
from playhead.api.telemetry import tell_reports
from playhead.bootstrap import change_old_progress, link_videos, now_ms, read_old_progress, update_old_progress

app = make_resolver(answer_old_error)

_PATH = "/api/progress"
_TAGS = ["old"]
_REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_POST_REFUSALS = (*_REFUSALS, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
_RESET = "Video progress has been reset"

CourseId = Annotated[Id, Path(alias="courseId")]
VideoId = Annotated[Id, Path(alias="videoId")]


@app.post(
    f"{_PATH}/update",
    summary="Update progress (old)",
    description="Moves the playhead and the published percentage. Too soon: `skipped`, unless it may not wait.",
    operation_id="oldUpdate",
    tags=_TAGS,
    responses=documented_old(UpdateEnvelope, *_POST_REFUSALS),
)
def update(body: Annotated[OldUpdateBody, Body()]) -> Response[str]:
    """Parse, update, answer."""
    updated = update_old_progress()(caller(app), body.to_update(), now_ms())
    tell_reports([updated.report], [updated.result])
    return answer_old(old_courses.update_answer(updated))


@app.get(
    f"{_PATH}/video/<courseId>/<videoId>",
    summary="Read a video's progress (old)",
    description="Zeros where nothing is stored.",
    operation_id="oldVideo",
    tags=_TAGS,
    responses=documented_old(ReadEnvelope, *_REFUSALS),
)
def get_video(course_id: CourseId, video_id: VideoId) -> Response[str]:
    """Parse, read, answer."""
    published = read_old_progress().video(caller(app), course_id, video_id)
    return answer_old(old_videos.OldReadAnswer(video_progress=old_videos.video_progress(published)))


@app.get(
    f"{_PATH}/course/<courseId>",
    summary="Read a course (old)",
    description="Its videos in order, with addresses that play for half an hour, and the progress in each.",
    operation_id="oldCourse",
    tags=_TAGS,
    responses=documented_old(CourseEnvelope, *_REFUSALS),
)
def get_course(course_id: CourseId) -> Response[str]:
    """Parse, read, link, answer."""
    enrolment = read_old_progress().course(caller(app), course_id)
    return answer_old(old_courses.course_answer(enrolment, link_videos()(enrolment)))


@app.get(
    f"{_PATH}/dashboard",
    summary="Read the dashboard (old)",
    description="Every course that was bought, with the progress in it.",
    operation_id="oldDashboard",
    tags=_TAGS,
    responses=documented_old(DashboardEnvelope),
)
def get_dashboard() -> Response[str]:
    """Read, answer."""
    return answer_old(old_courses.dashboard_answer(read_old_progress().dashboard(caller(app))))


@app.post(
    f"{_PATH}/complete-video",
    summary="Complete a video by hand (old)",
    description="Whatever was watched of it.",
    operation_id="oldComplete",
    tags=_TAGS,
    responses=documented_old(CompletionEnvelope, *_POST_REFUSALS),
)
def complete(body: Annotated[OldVideoBody, Body()]) -> Response[str]:
    """Parse, complete, answer."""
    completed = change_old_progress().complete(caller(app), body.course_id, body.video_id, now_ms())
    return answer_old(old_courses.completion_answer(*completed))


@app.get(
    f"{_PATH}/next-video/<courseId>/<currentVideoId>",
    summary="Read which video comes next (old)",
    description="In the course's order; null after the last.",
    operation_id="oldNext",
    tags=_TAGS,
    responses=documented_old(NextEnvelope, *_REFUSALS),
)
def get_next(course_id: CourseId, current_video_id: Annotated[Id, Path(alias="currentVideoId")]) -> Response[str]:
    """Parse, read, answer."""
    return answer_old(old_videos.next_answer(read_old_progress().next_video(caller(app), course_id, current_video_id)))


@app.get(
    f"{_PATH}/resume/<courseId>/<videoId>",
    summary="Read where to go on (old)",
    description="Where the playhead was last.",
    operation_id="oldResume",
    tags=_TAGS,
    responses=documented_old(ResumeEnvelope, *_REFUSALS),
)
def get_resume(course_id: CourseId, video_id: VideoId) -> Response[str]:
    """Parse, read, answer."""
    return answer_old(old_videos.resume_answer(read_old_progress().video(caller(app), course_id, video_id)))


@app.post(
    f"{_PATH}/reset-completion",
    summary="Begin a learner's video again (old)",
    description="For admins. A new attempt, as `DELETE /v1/courses/{courseId}/videos/{videoId}/progress` begins it.",
    operation_id="oldReset",
    tags=_TAGS,
    responses=documented_old(ResetEnvelope, *_POST_REFUSALS),
)
def reset(body: Annotated[OldResetBody, Body()]) -> Response[str]:
    """Parse, reset, answer."""
    published = change_old_progress().reset(caller(app), body.course_id, body.video_id, body.user_id, now_ms())
    return answer_old(old_videos.OldResetAnswer(message=_RESET, video_progress=old_videos.video_progress(published)))


handler = serve(app, answer=answer_old_error)
