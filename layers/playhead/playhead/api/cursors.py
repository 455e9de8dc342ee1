"""Cursors over the wire: JSON that nobody needs to read, told from what is none of ours."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from playhead.domain.errors import FieldError, InvalidRequest


def encode(value: object) -> str:
    """Return a JSON value as a cursor."""
    return urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode()


def decode(cursor: str, field: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return the JSON value in a cursor. Raises InvalidRequest, which names the field, for what is no JSON."""
    try:
        return json.loads(urlsafe_b64decode(cursor.encode("ascii")))
    except (ValueError, RecursionError) as error:
        raise refused(field) from error


def refused(field: str) -> InvalidRequest:
    """Return the refusal of a cursor that this API did not give."""
    return InvalidRequest((FieldError(field, "is not a cursor that this API gave"),))
