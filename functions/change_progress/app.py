"""Change progress: what a learner does by hand to a video: reset and its undoing, completion, hiding, position."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.openapi.params import Body, Path

from playhead.api.problems import documented
from playhead.api.progress import ProgressBody, progress_body
from playhead.api.requests import CompletionBody, HiddenBody, Id, PositionBody
from playhead.api.resolver import caller, make_resolver, serve
from playhead.bootstrap import change_progress, now_ms
from playhead.domain.progress import Progress
from playhead.domain.report import Key

app = make_resolver()

_PATH = "/v1/courses/<courseId>/videos/<videoId>"
_PROBLEMS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_ANSWERS = documented(ProgressBody, *_PROBLEMS)

CourseId = Annotated[Id, Path(alias="courseId")]
VideoId = Annotated[Id, Path(alias="videoId")]


@app.delete(
    f"{_PATH}/progress",
    summary="Reset progress",
    description="Begins a new attempt. Reports of sessions that began before it are rejected as attempt_over.",
    operation_id="resetProgress",
    tags=["progress"],
    responses=_ANSWERS,
)
def reset(course_id: CourseId, video_id: VideoId) -> Response[str]:
    """Parse, reset, answer."""
    return _answer(change_progress().reset(_key(course_id, video_id), now_ms()))


@app.post(
    f"{_PATH}/progress/undo-reset",
    summary="Undo a reset",
    description="Brings back the attempt that the last reset ended, with what was watched since; within 30 days.",
    operation_id="undoReset",
    tags=["progress"],
    responses=documented(ProgressBody, *_PROBLEMS, HTTPStatus.CONFLICT),
)
def undo_reset(course_id: CourseId, video_id: VideoId) -> Response[str]:
    """Parse, undo, answer."""
    return _answer(change_progress().undo_reset(_key(course_id, video_id), now_ms()))


@app.put(
    f"{_PATH}/completion",
    summary="Complete by hand, or withdraw that",
    description="A completion that was reached by watching is not withdrawn.",
    operation_id="setCompleted",
    tags=["progress"],
    responses=_ANSWERS,
)
def set_completed(course_id: CourseId, video_id: VideoId, body: Annotated[CompletionBody, Body()]) -> Response[str]:
    """Parse, complete, answer."""
    return _answer(change_progress().set_completed(_key(course_id, video_id), now_ms(), completed=body.completed))


@app.put(
    f"{_PATH}/hidden",
    summary="Hide from what is unfinished, or show again",
    description="Leaves the progress as it is; the next play shows the video again.",
    operation_id="setHidden",
    tags=["progress"],
    responses=_ANSWERS,
)
def set_hidden(course_id: CourseId, video_id: VideoId, body: Annotated[HiddenBody, Body()]) -> Response[str]:
    """Parse, hide, answer."""
    return _answer(change_progress().set_hidden(_key(course_id, video_id), now_ms(), hidden=body.hidden))


@app.put(
    f"{_PATH}/position",
    summary="Go to a position",
    description="Moves the playhead, for example back to one of the history; what was watched stays.",
    operation_id="setPosition",
    tags=["progress"],
    responses=_ANSWERS,
)
def set_position(course_id: CourseId, video_id: VideoId, body: Annotated[PositionBody, Body()]) -> Response[str]:
    """Parse, move, answer."""
    return _answer(change_progress().set_position(_key(course_id, video_id), now_ms(), body.position))


def _key(course_id: str, video_id: str) -> Key:
    return Key(caller(app).user_id, course_id, video_id)


def _answer(progress: Progress) -> Response[str]:
    return Response(HTTPStatus.OK, content_types.APPLICATION_JSON, progress_body(progress).model_dump_json())


handler = serve(app)
