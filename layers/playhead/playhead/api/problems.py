"""Problems: one table turns the domain's errors into statuses, and each into an RFC 9457 answer."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse
from pydantic import BaseModel

from playhead.api.answers import ErrorBody, Problem, ReportAnswer, error_bodies
from playhead.domain import errors
from playhead.domain.report import Outcome

CONTENT_TYPE = "application/problem+json"

STATUSES: dict[type[errors.PlayheadError], HTTPStatus] = {
    errors.InvalidRequest: HTTPStatus.BAD_REQUEST,
    errors.Unauthorized: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.AttemptOver: HTTPStatus.CONFLICT,
    errors.TooFragmented: HTTPStatus.CONFLICT,
    errors.Erased: HTTPStatus.CONFLICT,
    errors.NothingToUndo: HTTPStatus.CONFLICT,
    errors.RequestTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.PlayheadError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.BreakerOpen: HTTPStatus.SERVICE_UNAVAILABLE,
}
_OF_WHOLE_REQUESTS = (errors.Forbidden, errors.AttemptOver, errors.Erased, errors.TooFragmented)
_ACCEPTED = {Outcome.APPLIED, Outcome.QUEUED}
HEADERS: dict[type[errors.PlayheadError], dict[str, str]] = {
    errors.Unauthorized: {"WWW-Authenticate": 'Bearer error="invalid_token"'},
    errors.StoreUnavailable: {"Retry-After": "5"},
    errors.BreakerOpen: {"Retry-After": "10"},
}


def answer_error(error: errors.PlayheadError) -> Response[str]:
    """Return the answer to a refusal."""
    status = STATUSES[type(error)]
    invalid = error_bodies(error.errors) if isinstance(error, errors.InvalidRequest) else None
    problem = Problem(title=status.phrase, status=status, code=error.code, detail=str(error), errors=invalid)
    return answer_problem(problem, HEADERS.get(type(error)))


def answer_problem(problem: Problem, headers: dict[str, str] | None = None) -> Response[str]:
    """Return a problem as an answer."""
    return Response(
        status_code=problem.status,
        content_type=CONTENT_TYPE,
        body=problem.model_dump_json(exclude_none=True),
        headers=headers,
    )


def answer_reports(answer: ReportAnswer) -> Response[str]:
    """Return the results, or where no report was acceptable the problem with the results in it.

    202 says that what was accepted is kept, but not merged yet.
    """
    outcomes = {result.outcome for result in answer.results}
    if outcomes != {Outcome.REJECTED}:
        status = HTTPStatus.ACCEPTED if outcomes & _ACCEPTED == {Outcome.QUEUED} else HTTPStatus.OK
        return Response(status, content_types.APPLICATION_JSON, answer.model_dump_json(exclude_unset=True))
    codes = {one.error.code for one in answer.results if one.error}
    kind = next((one for one in _OF_WHOLE_REQUESTS if codes == {one.code}), errors.InvalidRequest)
    status = STATUSES[kind]
    problem = Problem(
        title=status.phrase,
        status=status,
        code=kind.code,
        detail="No report of the request was accepted; the results say why.",
        errors=[
            ErrorBody(field=f"reports[{index}].{error.field}", reason=error.reason)
            for index, result in enumerate(answer.results)
            for error in (result.error and result.error.errors) or ()
        ],
        results=answer.results,
    )
    return answer_problem(problem)


def documented(success: type[BaseModel], *problems: HTTPStatus, accepted: bool = False) -> dict[int, OpenAPIResponse]:
    """Return the OpenAPI entries of what a route may answer; a defect may always be answered too."""
    well = (HTTPStatus.OK, HTTPStatus.ACCEPTED) if accepted else (HTTPStatus.OK,)
    answers: dict[int, OpenAPIResponse] = {
        int(status): {"description": status.phrase, "content": {"application/json": {"model": success}}}
        for status in well
    }
    for status in (*problems, HTTPStatus.INTERNAL_SERVER_ERROR):
        answers[int(status)] = {"description": status.phrase, "content": {CONTENT_TYPE: {"model": Problem}}}
    return answers
