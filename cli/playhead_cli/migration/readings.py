"""Readings: what a stored value of the wrong type most probably means; None where it means nothing."""

from datetime import UTC, datetime
from typing import Any

from bson import Decimal128, ObjectId
from pydantic import TypeAdapter, ValidationError

from playhead.adapters.mongo_documents import is_number, stored_id

_DATE = TypeAdapter(datetime)
_TRUE = frozenset({"true", "yes", "1"})


def number(value: object) -> float | None:
    """Return a number, of one or of its text, percent sign or not; whole ones as integers."""
    if isinstance(value, Decimal128 | str):
        value = _parsed(str(value).strip().removesuffix("%"))
    if not is_number(value):
        return None
    assert isinstance(value, int | float)
    return int(value) if value == int(value) and abs(value) < 2**31 else value


def flag(value: object) -> bool:
    """Return whether a value says yes."""
    if isinstance(value, str):
        return value.strip().lower() in _TRUE
    return value is True or number(value) == 1


def date(value: object) -> datetime | None:
    """Return a date, of one, of its ISO 8601 text, or of the ms (or s) since the epoch."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = _DATE.validate_python(value)
    except ValidationError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def identifier(value: object) -> ObjectId | str | None:
    """Return an id as Playhead stores it, None for what no report could ever name."""
    if isinstance(value, ObjectId):
        return value
    return stored_id(value) if isinstance(value, str) and value else None


def _parsed(text: str) -> Any:  # noqa: ANN401 - a float or nothing
    try:
        return float(text)
    except ValueError:
        return None
