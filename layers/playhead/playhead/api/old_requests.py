"""What the old endpoints take: numbers may be texts, and fields that nobody knows are passed over, as they were."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from playhead.api import old_examples
from playhead.api.requests import MAX_MS, MAX_VIDEO_SECONDS, Id
from playhead.usecases.update_old_progress import OldUpdate

# For OpenAPI: ISO 8601 as JavaScript spells it. What is taken is any date and time in ISO 8601 since 1970.
_DATE_TEXT = "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9]{3}Z$"
_DATE: TypeAdapter[datetime] = TypeAdapter(datetime)


class OldModel(BaseModel):
    """A JSON object of the old kind; it shows no values, since bodies are not for logs."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)

    def __repr_args__(self) -> list[tuple[str | None, Any]]:
        """Show nothing."""
        return []


def _no_truth(value: object) -> object:
    if isinstance(value, bool):
        message = "Input should be a valid number"
        raise PydanticCustomError("float_type", message)  # noqa: EM101 - a code, not the message
    return value


def _as_ms(value: object) -> object:
    """Return a time as ms since the epoch: a number of these, such a number as text, or a date in ISO 8601."""
    if not isinstance(value, str) or value.strip().isdecimal():
        return _no_truth(value)
    if not value.strip():
        return None
    try:
        date = _DATE.validate_python(value)
    except ValidationError:
        message = "Input should be ms since the epoch or a date in ISO 8601"
        raise PydanticCustomError("old_timestamp", message) from None  # noqa: EM101 - a code, not the message
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() * 1000


def _or_text(largest: int, *texts: dict[str, str]) -> WithJsonSchema:
    """Return how OpenAPI spells a number that may also be one of some kinds of text."""
    spelt = [{"type": "string", **text} for text in texts]
    return WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": largest}, *spelt]})


# The limits stand before the validator that reads texts: pydantic applies them to what that has made of the value.
OldSeconds = Annotated[
    float,
    Field(ge=0, le=MAX_VIDEO_SECONDS, allow_inf_nan=False),
    BeforeValidator(_no_truth),
    _or_text(MAX_VIDEO_SECONDS, {"pattern": "^[0-9]{1,5}([.][0-9]{1,9})?$"}),
]
_Ms = Annotated[float, Field(ge=0, le=MAX_MS, allow_inf_nan=False)]
OldTime = Annotated[
    Annotated[_Ms, _or_text(MAX_MS, {"pattern": _DATE_TEXT}, {"pattern": "^[0-9]{0,15}$"})] | None,
    BeforeValidator(_as_ms),
]


class OldUpdateBody(OldModel):
    """Where the playhead is."""

    model_config = ConfigDict(json_schema_extra={"examples": [old_examples.UPDATE]})

    course_id: Id = Field(description="The course.")
    video_id: Id = Field(description="The video.")
    watched_duration: OldSeconds = Field(description="Where the playhead is, in seconds; a number or its text.")
    total_duration: OldSeconds = Field(description="How long the video is, in seconds; a number or its text.")
    timestamp: OldTime = Field(None, description="When: ms since the epoch, or a date in ISO 8601.")

    def to_update(self) -> OldUpdate:
        """Return the update."""
        at = None if self.timestamp is None else round(self.timestamp)
        return OldUpdate(self.course_id, self.video_id, self.watched_duration, self.total_duration, at)


class OldVideoBody(OldModel):
    """Which video."""

    model_config = ConfigDict(json_schema_extra={"examples": [old_examples.VIDEO]})

    course_id: Id
    video_id: Id


class OldResetBody(OldVideoBody):
    """Whose video is to be begun again."""

    model_config = ConfigDict(json_schema_extra={"examples": [old_examples.RESET]})

    user_id: Id = Field(description="The learner; the caller must be an admin.")
