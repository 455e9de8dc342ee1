"""Read progress: of a video and its viewings, over a course, in lists, and the habits they show; all with an ETag."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Path, Query

from playhead.api.changes import ChangesBody, changes_body
from playhead.api.changes import from_cursor as from_changes_cursor
from playhead.api.conditional import NOT_MODIFIED, answer_if_changed
from playhead.api.habits import HabitsBody, TimeZoneName, habits_body, to_zone
from playhead.api.history import HistoryBody, history_body
from playhead.api.lists import (
    CourseProgressBody,
    ProgressPageBody,
    UnfinishedBody,
    course_progress_body,
    from_cursor,
    page_body,
    unfinished_body,
)
from playhead.api.problems import documented
from playhead.api.progress import ProgressBody, progress_body
from playhead.api.requests import Device, Id
from playhead.api.resolver import caller, make_resolver, serve
from playhead.bootstrap import (
    continue_watching,
    list_progress,
    now_ms,
    read_changes,
    read_course_progress,
    read_habits,
    read_history,
    read_progress,
)
from playhead.domain.course import Weight
from playhead.domain.devices import other_device
from playhead.domain.habits import MAX_DAYS
from playhead.domain.report import Key

app = make_resolver()

_PROBLEMS = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.SERVICE_UNAVAILABLE)


@app.get(
    "/v1/courses/<courseId>/videos/<videoId>/progress",
    summary="Read progress",
    description="A zero state, not 404, where nothing is stored. Answers 304 to a matching If-None-Match.",
    operation_id="readProgress",
    tags=["progress"],
    responses=documented(ProgressBody, *_PROBLEMS, HTTPStatus.FORBIDDEN) | NOT_MODIFIED,
)
def get(
    course_id: Annotated[Id, Path(alias="courseId")],
    video_id: Annotated[Id, Path(alias="videoId")],
    device: Annotated[Device | None, Query(description="The asking device, to be told where another went on.")] = None,
    if_none_match: Annotated[str, Header(alias="If-None-Match")] = "",
) -> Response[str]:
    """Parse, read, answer."""
    progress = read_progress()(Key(caller(app).user_id, course_id, video_id))
    other = other_device(progress, device) if device else None
    return answer_if_changed(progress_body(progress, other), if_none_match)


@app.get(
    "/v1/courses/<courseId>/videos/<videoId>/history",
    summary="Read the last viewings",
    description="Where the last ten viewings ended, the latest first; `PUT .../position` goes back to one.",
    operation_id="readHistory",
    tags=["progress"],
    responses=documented(HistoryBody, *_PROBLEMS, HTTPStatus.FORBIDDEN) | NOT_MODIFIED,
)
def get_history(
    course_id: Annotated[Id, Path(alias="courseId")],
    video_id: Annotated[Id, Path(alias="videoId")],
    if_none_match: Annotated[str, Header(alias="If-None-Match")] = "",
) -> Response[str]:
    """Parse, read, answer."""
    viewings = read_history()(Key(caller(app).user_id, course_id, video_id))
    return answer_if_changed(history_body(viewings), if_none_match)


@app.get(
    "/v1/courses/<courseId>/progress",
    summary="Read a course's progress",
    description="The roll-up over the course's videos, as the catalogue has them today.",
    operation_id="readCourseProgress",
    tags=["progress"],
    responses=documented(CourseProgressBody, *_PROBLEMS, HTTPStatus.FORBIDDEN) | NOT_MODIFIED,
)
def get_course(
    course_id: Annotated[Id, Path(alias="courseId")],
    weight: Annotated[Weight, Query(description="What a video counts: its length, or one.")] = Weight.DURATION,
    if_none_match: Annotated[str, Header(alias="If-None-Match")] = "",
) -> Response[str]:
    """Parse, read, answer."""
    course = read_course_progress()(caller(app).user_id, course_id, weight)
    return answer_if_changed(course_progress_body(course), if_none_match)


@app.get(
    "/v1/progress",
    summary="List progress",
    description="Everything that the learner has begun, by course and video, in pages.",
    operation_id="listProgress",
    tags=["progress"],
    responses=documented(ProgressPageBody, *_PROBLEMS) | NOT_MODIFIED,
)
def get_list(
    cursor: Annotated[str, Query(max_length=1024)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    if_none_match: Annotated[str, Header(alias="If-None-Match")] = "",
) -> Response[str]:
    """Parse, list, answer."""
    user_id = caller(app).user_id
    page = list_progress()(user_id, from_cursor(cursor, user_id), limit)
    return answer_if_changed(page_body(page), if_none_match)


@app.get(
    "/v1/continue-watching",
    summary="List what is unfinished",
    description="Videos begun, not completed and not hidden, the last watched first.",
    operation_id="continueWatching",
    tags=["progress"],
    responses=documented(UnfinishedBody, *_PROBLEMS) | NOT_MODIFIED,
)
def get_unfinished(
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    if_none_match: Annotated[str, Header(alias="If-None-Match")] = "",
) -> Response[str]:
    """Parse, list, answer."""
    items = continue_watching()(caller(app).user_id, limit)
    return answer_if_changed(unfinished_body(items), if_none_match)


@app.get(
    "/v1/me/habits",
    summary="Read habits",
    description="How much was watched on each day, counted on the day it was watched, and how many days in a row.",
    operation_id="readHabits",
    tags=["learner"],
    responses=documented(HabitsBody, *_PROBLEMS) | NOT_MODIFIED,
)
def get_habits(
    time_zone: Annotated[TimeZoneName, Query(alias="timeZone", description="An IANA name.")] = "UTC",
    days: Annotated[int, Query(ge=1, le=MAX_DAYS, description="Up to today, which counts.")] = 30,
    if_none_match: Annotated[str, Header(alias="If-None-Match")] = "",
) -> Response[str]:
    """Parse, read, answer."""
    zone = to_zone(time_zone)
    habits = read_habits()(caller(app).user_id, zone, now_ms(), days)
    return answer_if_changed(habits_body(habits, zone), if_none_match)


@app.get(
    "/v1/changes",
    summary="Read what has changed",
    description="What has changed since a cursor; without one, everything. Poll with the cursor of the last answer.",
    operation_id="readChanges",
    tags=["progress"],
    responses=documented(ChangesBody, *_PROBLEMS) | NOT_MODIFIED,
)
def get_changes(
    since: Annotated[str, Query(max_length=4096)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    if_none_match: Annotated[str, Header(alias="If-None-Match")] = "",
) -> Response[str]:
    """Parse, read, answer."""
    user_id = caller(app).user_id
    changes, erased_at = read_changes()(user_id, from_changes_cursor(since), limit)
    return answer_if_changed(changes_body(changes, erased_at), if_none_match)


handler = serve(app)
