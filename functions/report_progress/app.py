"""Report progress: POST /v1/progress takes one to a hundred reports and says of each what became of it."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from playhead.api.answers import ReportAnswer, report_answer
from playhead.api.problems import answer_reports, documented
from playhead.api.requests import ReportRequest, refused_reports, to_reports
from playhead.api.resolver import caller, make_resolver, serve
from playhead.api.telemetry import tell_refused, tell_reports
from playhead.bootstrap import now_ms, report_progress

app = make_resolver()


@app.post(
    "/v1/progress",
    summary="Report progress",
    description="Takes one to a hundred reports, in any order; a bad report is refused alone. "
    "202 where all that is accepted was queued: it is kept, and merged when the store can be reached again.",
    operation_id="reportProgress",
    tags=["progress"],
    responses=documented(
        ReportAnswer,
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.CONFLICT,
        HTTPStatus.SERVICE_UNAVAILABLE,
        accepted=True,
    ),
)
def post(request: Annotated[ReportRequest, Body()]) -> Response[str]:
    """Parse, report, answer."""
    now = now_ms()
    user_id = caller(app).user_id
    tell_refused(refused_reports(request), user_id)
    reports = to_reports(request, user_id, received_at=now)
    reported = report_progress()(reports, now)
    tell_reports(reports, reported.results)
    return answer_reports(report_answer(request.reports, reported))


handler = serve(app)
