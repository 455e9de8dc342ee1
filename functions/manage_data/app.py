"""Manage data: everything that is stored about the learner who asks, handed over or erased, and what is to be kept."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from playhead.api.export import ErasureBody, Format, LearnerExport, answer_export, export_body, statements_body
from playhead.api.learner_settings import SettingsBody, settings_body
from playhead.api.lists import from_cursor
from playhead.api.problems import documented
from playhead.api.progress import from_ms
from playhead.api.resolver import caller, make_resolver, serve
from playhead.bootstrap import erase_learner, export_learner, manage_settings, now_ms

app = make_resolver()

_PROBLEMS = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.SERVICE_UNAVAILABLE)


@app.get(
    "/v1/me/data",
    summary="Export what is stored about me",
    description="All documents with all fields, or xAPI video-profile statements; in pages.",
    operation_id="exportLearner",
    tags=["learner"],
    responses=documented(LearnerExport, *_PROBLEMS),
)
def get(
    form: Annotated[Format, Query(alias="format")] = Format.JSON,
    cursor: Annotated[str, Query(max_length=1024)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> Response[str]:
    """Parse, export, answer."""
    user_id = caller(app).user_id
    start = from_cursor(cursor, user_id)
    if form is Format.XAPI:
        home = f"https://{app.current_event.request_context.domain_name}"
        return answer_export(statements_body(*export_learner().statements(user_id, start, limit, home), limit))
    return answer_export(export_body(*export_learner()(user_id, start, limit), manage_settings().read(user_id)))


@app.delete(
    "/v1/me/data",
    summary="Erase what is stored about me",
    description="Late reports of sessions that began before are rejected as erased.",
    operation_id="eraseLearner",
    tags=["learner"],
    responses=documented(ErasureBody, *_PROBLEMS),
)
def erase() -> Response[str]:
    """Erase, answer."""
    now = now_ms()
    videos = erase_learner()(caller(app).user_id, now)
    return answer_export(ErasureBody(erased_at=from_ms(now), videos=videos))


@app.get(
    "/v1/me/settings",
    summary="Read my settings",
    operation_id="readSettings",
    tags=["learner"],
    responses=documented(SettingsBody, HTTPStatus.UNAUTHORIZED, HTTPStatus.SERVICE_UNAVAILABLE),
)
def get_settings() -> Response[str]:
    """Read, answer."""
    return answer_export(settings_body(manage_settings().read(caller(app).user_id)))


@app.put(
    "/v1/me/settings",
    summary="Change my settings",
    description="With `history` off the viewings that are kept are forgotten at once and no more are; progress stays.",
    operation_id="changeSettings",
    tags=["learner"],
    responses=documented(SettingsBody, *_PROBLEMS),
)
def put_settings(body: Annotated[SettingsBody, Body()]) -> Response[str]:
    """Parse, set, answer."""
    learner = manage_settings().set_history(caller(app).user_id, now_ms(), kept=body.history)
    return answer_export(settings_body(learner))


handler = serve(app)
