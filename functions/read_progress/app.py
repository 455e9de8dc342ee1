"""Read progress: GET /v1/courses/{courseId}/videos/{videoId}/progress, with an ETag."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Path

from playhead.api.answers import ProgressBody, progress_body
from playhead.api.conditional import answer_if_changed
from playhead.api.problems import documented
from playhead.api.requests import Id
from playhead.api.resolver import caller, make_resolver, serve
from playhead.bootstrap import read_progress
from playhead.domain.report import Key

app = make_resolver()


@app.get(
    "/v1/courses/<courseId>/videos/<videoId>/progress",
    summary="Read progress",
    description="A zero state, not 404, where nothing is stored. Answers 304 to a matching If-None-Match.",
    operation_id="readProgress",
    tags=["progress"],
    responses=documented(
        ProgressBody,
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
    | {304: {"description": "Not Modified"}},
)
def get(
    course_id: Annotated[Id, Path(alias="courseId")],
    video_id: Annotated[Id, Path(alias="videoId")],
    if_none_match: Annotated[str, Header(alias="If-None-Match")] = "",
) -> Response[str]:
    """Parse, read, answer."""
    progress = read_progress()(Key(caller(app).user_id, course_id, video_id))
    return answer_if_changed(progress_body(progress), if_none_match)


handler = serve(app)
