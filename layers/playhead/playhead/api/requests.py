"""What the API takes: wire models in camelCase, from which OpenAPI and the client's types are made."""

from collections.abc import Sequence
from math import ceil
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from playhead.api import examples
from playhead.domain import ranges, session
from playhead.domain.errors import FieldError
from playhead.domain.report import Event, Key, Report

MAX_VIDEO_SECONDS = 2 * 24 * 3600
MAX_RANGES = 500
MAX_REPORTS = 100
MAX_MS = 2**53 - 1
MAX_SEQ = 2**53 - 1
_MAX_PATH_LENGTH = 200
# For OpenAPI, which knows no flags: a ULID or a UUIDv7, in any case of letters.
_SESSION = (
    "^([0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}"
    "|[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-7[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12})$"
)


class WireModel(BaseModel):
    """An immutable JSON object with camelCase names; unknown fields are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True
    )

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        """Show no values: Powertools spells its arguments for a debug log on each call; bodies are not for logs."""
        return []


def _check_order(pair: tuple[int, int]) -> tuple[int, int]:
    if pair[0] >= pair[1]:
        message = "The start must be before the end"
        raise PydanticCustomError("range_order", message)  # noqa: EM101 - a code, not the message
    return pair


def _check_session(text: str) -> str:
    try:
        session.canonical(text)
    except ValueError as error:
        message = "The session {reason}"
        raise PydanticCustomError("session_id", message, {"reason": str(error)}) from error  # noqa: EM101 - a code
    return text


Id = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9._~:@+-]{1,128}$")]
Seconds = Annotated[float, Field(strict=True, ge=0, le=MAX_VIDEO_SECONDS, allow_inf_nan=False)]
Second = Annotated[int, Field(strict=True, ge=0, le=MAX_VIDEO_SECONDS)]
Milliseconds = Annotated[int, Field(strict=True, ge=0, le=MAX_MS)]
WatchedRange = Annotated[tuple[Second, Second], AfterValidator(_check_order)]
SessionId = Annotated[
    str,
    StringConstraints(strict=True, max_length=36),
    AfterValidator(_check_session),
    Field(json_schema_extra={"pattern": _SESSION}),
]
Device = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class ReportBody(WireModel):
    """One progress update."""

    model_config = ConfigDict(validate_by_name=False)

    course_id: Id = Field(description="The course.")
    video_id: Id = Field(description="The video.")
    event: Event = Field(description="The media or page event that caused the report.")
    position: Seconds = Field(description="Where the playhead is, in seconds.")
    duration: Annotated[Seconds, Field(gt=0)] = Field(description="How long the video is, in seconds.")
    watched: Annotated[list[WatchedRange], Field(max_length=MAX_RANGES)] = Field(
        description="What was played and not yet acknowledged: half-open ranges [start, end) of whole seconds.",
    )
    session: SessionId = Field(description="The viewing: a ULID or UUIDv7 that the client made when it began.")
    seq: Annotated[int, Field(strict=True, ge=0, le=MAX_SEQ)] = Field(description="Strictly increasing in a session.")
    at: Milliseconds = Field(description="When the event happened, by the client's clock, in ms since the epoch.")
    device: Device | None = Field(None, description="A name for the device, stable on it.")
    playback_rate: Annotated[float, Field(strict=True, gt=0, le=16, allow_inf_nan=False)] | None = Field(
        None, description="How fast the video was playing."
    )


class RefusedReport(BaseModel):
    """A report of a batch that is not of the documented form; it is refused alone."""

    model_config = ConfigDict(frozen=True)

    errors: tuple[FieldError, ...]
    course_id: str | None = None
    video_id: str | None = None
    session: str | None = None
    seq: int | None = None


def _refuse_alone(value: Any, parse: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 - a wrap validator's types
    try:
        return parse(value)
    except ValidationError as error:
        return RefusedReport(errors=field_errors(error.errors(include_url=False)), **_echo(value))


def _echo(value: object) -> dict[str, Any]:
    """Return what of a refused report can be given back, for the client to know which one it was.

    What is not ASCII is no id of ours, and half a surrogate pair could not be sent back at all.
    """
    wire = value if isinstance(value, dict) else {}
    texts = {name: wire.get(to_camel(name)) for name in ("course_id", "video_id", "session")}
    sendable = {name: text for name, text in texts.items() if isinstance(text, str) and text.isascii()}
    echo: dict[str, Any] = {name: text[:128] for name, text in sendable.items()}
    seq = wire.get("seq")
    return echo | ({"seq": seq} if isinstance(seq, int) and abs(seq) <= MAX_SEQ else {})


def field_errors(errors: Any) -> tuple[FieldError, ...]:  # noqa: ANN401 - pydantic's and Powertools' own shapes
    """Return validation errors as which field and why, in the wire's names, without what was sent."""
    return tuple(FieldError(field_path(error["loc"]), error["msg"]) for error in errors)


def field_path(location: tuple[int | str, ...]) -> str:
    """Return a location as a path: ("watched", 3, 0) is watched[3][0]."""
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path.encode(errors="backslashreplace").decode()[:_MAX_PATH_LENGTH] or "body"


class ReportRequest(WireModel):
    """What a player sends: one to a hundred reports, in any order."""

    model_config = ConfigDict(validate_by_name=False, json_schema_extra={"examples": [examples.REPORT_REQUEST]})

    sent_at: Milliseconds = Field(description="When the request was sent, by the client's clock, in ms.")
    reports: Annotated[
        list[Annotated[ReportBody, WrapValidator(_refuse_alone)]], Field(min_length=1, max_length=MAX_REPORTS)
    ]


def refused_reports(request: ReportRequest) -> list[RefusedReport]:
    """Return what of a request was refused, in its order."""
    bodies: Sequence[object] = request.reports
    return [body for body in bodies if isinstance(body, RefusedReport)]


class CompletionBody(WireModel):
    """Whether the video is completed, by the learner's own word."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"completed": True}]})

    completed: Annotated[bool, Field(strict=True)]


class HiddenBody(WireModel):
    """Whether to leave the video out of what is unfinished."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"hidden": True}]})

    hidden: Annotated[bool, Field(strict=True)]


class PositionBody(WireModel):
    """Where to go on."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"position": 10}]})

    position: Seconds = Field(description="In seconds.")


def to_reports(request: ReportRequest, user_id: str, received_at: int) -> list[Report]:
    """Return the learner's acceptable reports of a request, in its order; `received_at` in ms."""
    bodies: Sequence[ReportBody | RefusedReport] = request.reports
    accepted = (body for body in bodies if not isinstance(body, RefusedReport))
    return [_to_report(body, user_id, received_at - request.sent_at, received_at) for body in accepted]


def _to_report(body: ReportBody, user_id: str, offset: int, received_at: int) -> Report:
    """Return a wire report as the learner's report, its times (ms) on the server's clock and never after receipt.

    What was watched past the end is left out and counted as overshoot; a playhead past the end is at the end.
    """
    watched = ranges.union(body.watched)
    within = ranges.until(watched, ceil(body.duration))
    canonical = session.canonical(body.session)
    return Report(
        key=Key(user_id, body.course_id, body.video_id),
        event=body.event,
        position=round(min(body.position, body.duration), 3),
        duration=body.duration,
        watched=within,
        session=canonical,
        seq=body.seq,
        at=max(0, min(body.at + offset, received_at)),
        session_at=max(0, min(session.started_at(canonical) + offset, received_at)),
        device=body.device or "",
        overshoot_seconds=ranges.seconds(watched) - ranges.seconds(within),
    )
