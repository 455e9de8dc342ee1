"""The resolver: routes one function's requests, with the caller checked before anything of the request is looked at."""

import json
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.logging.correlation_paths import API_GATEWAY_HTTP
from aws_lambda_powertools.metrics import MetricUnit

from playhead.api.identity import from_event
from playhead.api.problems import answer_error
from playhead.api.requests import field_path
from playhead.api.telemetry import logger, metrics, tracer
from playhead.bootstrap import now_ms
from playhead.domain.errors import (
    FieldError,
    InvalidRequest,
    NotFound,
    PlayheadError,
    RequestTooLarge,
    UnsupportedMediaType,
)
from playhead.domain.identity import Identity

MAX_BODY_BYTES = 64 * 1024
# On every answer. An answer that says nothing else of caches is personal, and none of them may keep it.
ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
}
_JSON = "application/json"

type Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
type Answer = Callable[[PlayheadError], Response[str]]


def make_resolver(answer: Answer = answer_error) -> APIGatewayHttpResolver:
    """Return a resolver that validates requests and answers every error, as a problem unless told otherwise."""
    app = APIGatewayHttpResolver(enable_validation=True, json_body_deserializer=_parse_json)
    app.exception_handler(PlayheadError)(partial(_answer_refusal, answer))
    app.exception_handler(RequestValidationError)(partial(_answer_invalid, answer))
    app.exception_handler(Exception)(partial(_answer_defect, answer))
    app.not_found(partial(_answer_not_found, answer))
    return app


def caller(app: APIGatewayHttpResolver) -> Identity:
    """Return who calls. Raises Unauthorized; there is no other way to a learner's id."""
    return from_event(app.current_event.raw_event, now_ms())


def serve(app: APIGatewayHttpResolver, *, public: bool = False, answer: Answer = answer_error) -> Handler:
    """Return the Lambda handler of a resolver; unless it is public, without a caller no route is reached."""

    @metrics.log_metrics
    @tracer.capture_lambda_handler(capture_response=False)
    @logger.inject_lambda_context(correlation_id_path=API_GATEWAY_HTTP, clear_state=True)
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's own type
        metrics.add_metric("Requests", MetricUnit.Count, 1)
        try:
            if not public:
                from_event(event, now_ms())
            answered = app.resolve(_with_checked_body(event), context)
        except PlayheadError as error:
            answered = _as_event(_answer_refusal(answer, error))
        return answered | {"headers": ALWAYS | answered["headers"]}

    return handler


def _answer_refusal(answer: Answer, error: PlayheadError) -> Response[str]:
    logger.info("refused", extra={"code": error.code})
    return answer(error)


def _answer_invalid(answer: Answer, error: RequestValidationError) -> Response[str]:
    return _answer_refusal(answer, InvalidRequest(_field_errors(error)))


def _answer_not_found(answer: Answer, _: NotFoundError) -> Response[str]:
    message = "There is no such resource."
    return _answer_refusal(answer, NotFound(message))


def _answer_defect(answer: Answer, _: Exception) -> Response[str]:
    logger.exception("defect")
    metrics.add_metric("Defects", MetricUnit.Count, 1)
    message = "Something went wrong on our side; nothing of the request needs to change."
    return answer(PlayheadError(message))


def _with_checked_body(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event with its body as plain text, refused by size and kind before any of it is parsed."""
    if not event.get("body"):
        return event
    raw = _raw_body(event)
    if len(raw) > MAX_BODY_BYTES:
        message = f"A request may hold at most {MAX_BODY_BYTES} bytes; send fewer reports at a time."
        raise RequestTooLarge(message)
    headers = event.get("headers") or {}
    if headers.get("content-type", _JSON).partition(";")[0].strip().lower() != _JSON:
        message = "The body must be application/json."
        raise UnsupportedMediaType(message)
    plain = {"body": raw.decode(), "isBase64Encoded": False, "headers": {**headers, "content-type": _JSON}}
    return event | plain


def _raw_body(event: Mapping[str, Any]) -> bytes:
    """Return the body's bytes, which must be UTF-8; the gateway may have wrapped them in base64."""
    try:
        raw = b64decode(event["body"], validate=True) if event.get("isBase64Encoded") else event["body"].encode()
        raw.decode()
    except ValueError:
        raise InvalidRequest((FieldError("body", "is not UTF-8"),)) from None
    return bytes(raw)


def _as_event(response: Response[str]) -> dict[str, Any]:
    headers = {"Content-Type": response.content_type, **response.headers}
    return {"statusCode": response.status_code, "headers": headers, "body": response.body, "isBase64Encoded": False}


def _parse_json(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Parse a body; one nested too deep, or with a number too long, to be ours is no JSON to us."""
    try:
        return json.loads(text, object_pairs_hook=_named_once)
    except (RecursionError, ValueError):
        message = "cannot be read"
        raise json.JSONDecodeError(message, "", 0) from None


def _named_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that names a field twice: two readers might each believe another one."""
    named = dict(pairs)
    if len(named) < len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise InvalidRequest((FieldError(field_path((twice,)), "is given twice"),))
    return named


def _field_errors(error: RequestValidationError) -> tuple[FieldError, ...]:
    found = [
        FieldError(field_path(tuple(one["loc"][1:]) if one["type"] != "json_invalid" else ()), _reason(one))
        for one in error.errors()
    ]
    return tuple(found)


def _reason(error: Mapping[str, Any]) -> str:
    return "is not valid JSON" if error["type"] == "json_invalid" else str(error["msg"])
