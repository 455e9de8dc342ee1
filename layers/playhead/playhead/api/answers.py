"""What the API gives: wire models in camelCase, and how the domain's values are spelt in them."""

from collections.abc import Sequence
from typing import Any

from pydantic import ConfigDict, Field

from playhead.api import examples
from playhead.api.progress import ProgressBody, progress_body
from playhead.api.requests import RefusedReport, ReportBody, WireModel
from playhead.domain.errors import FieldError
from playhead.domain.report import Outcome
from playhead.usecases.reported import Reported, Result


class ErrorBody(WireModel):
    """Which field is wrong and why."""

    field: str
    reason: str


class ResultBody(WireModel):
    """What became of a report. Only applied, queued and rejected let the client forget what it sent."""

    course_id: str | None = None
    video_id: str | None = None
    session: str | None = None
    seq: int | None = None
    outcome: Outcome
    retry_after_ms: int | None = Field(None, description="Where throttled: when a turn is free again.")
    clipped_seconds: int | None = Field(None, description="Seconds left out, being more than time allows.")
    error: "RejectionBody | None" = Field(None, description="Where rejected: why.")
    progress: ProgressBody | None = Field(None, description="Where the request held one report and it was applied.")


class RejectionBody(WireModel):
    """Why a report was rejected."""

    code: str = Field(
        description="invalid_report; not_entitled; attempt_over: a reset has ended what the session belonged to; "
        "erased: the session began before the learner had everything erased; too_fragmented: more separate ranges "
        "are stored of the video than any player makes."
    )
    errors: list[ErrorBody] | None = None


class ReportAnswer(WireModel):
    """The results in the order of the request's reports."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.REPORT_ANSWER]})

    results: list[ResultBody]
    next_update_ms: int = Field(description="When to send the next routine report.")


class Problem(WireModel):
    """An error, as RFC 9457 describes it; `code` is stable."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PROBLEM]})

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: list[ErrorBody] | None = None
    results: list[ResultBody] | None = Field(None, description="Of a request that held not one acceptable report.")


def report_answer(bodies: Sequence[ReportBody | RefusedReport], reported: Reported) -> ReportAnswer:
    """Return what became of each report of the request; `reported` holds the results of those that were not refused."""
    results = iter(reported.results)
    return ReportAnswer(
        results=[
            _refused(body) if isinstance(body, RefusedReport) else _result(body, next(results)) for body in bodies
        ],
        next_update_ms=reported.next_update_ms,
    )


def _refused(refused: RefusedReport) -> ResultBody:
    echo = refused.model_dump(exclude={"errors"}, exclude_none=True)
    error = RejectionBody(code="invalid_report", errors=error_bodies(refused.errors))
    return ResultBody(outcome=Outcome.REJECTED, error=error, **echo)


def error_bodies(errors: tuple[FieldError, ...]) -> list[ErrorBody]:
    """Return field errors as they go over the wire."""
    return [ErrorBody(field=error.field, reason=error.reason) for error in errors]


def _result(body: ReportBody, result: Result) -> ResultBody:
    found: dict[str, Any] = {
        "retry_after_ms": result.retry_after_ms,
        "clipped_seconds": result.clipped_seconds or None,
        "error": RejectionBody(code=result.reason) if result.outcome is Outcome.REJECTED else None,
        "progress": progress_body(result.progress) if result.progress else None,
    }
    return ResultBody(
        course_id=body.course_id,
        video_id=body.video_id,
        session=body.session,
        seq=body.seq,
        outcome=result.outcome,
        **{name: value for name, value in found.items() if value is not None},
    )
