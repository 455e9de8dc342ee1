"""How the queue's messages are spelt: JSON in ASCII, with the version that this release writes and reads.

A later release that writes another form writes another version; what this one does not know is left to that one.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from playhead.domain.deferred import Deferred

MAX_BYTES = 250_000  # SQS takes 256 KiB, with the message's attributes


@dataclass(frozen=True)
class _Message:
    version: Literal[1]
    deferred: Deferred


@cache
def _form() -> TypeAdapter[_Message]:
    """Return what spells and reads; made when first needed, which in most environments is never."""
    return TypeAdapter(_Message)


def read_message(body: str) -> Deferred:
    """Return what a message holds. Raises ValueError (pydantic's) where it is of no form that this release knows."""
    return _form().validate_json(body).deferred


def write_messages(deferred: Deferred, max_bytes: int = MAX_BYTES) -> Iterator[str]:
    """Yield the messages that hold it: one wherever it fits, as it does for all that one request can bring."""
    body = json.dumps(_plain(deferred), separators=(",", ":"))  # ASCII: of other characters SQS refuses some
    if len(body) <= max_bytes or len(deferred.accepted) == 1:
        yield body
        return
    half = len(deferred.accepted) // 2
    for part in (deferred.accepted[:half], deferred.accepted[half:]):
        yield from write_messages(Deferred(part, deferred.entitled), max_bytes)


def _plain(deferred: Deferred) -> Any:  # noqa: ANN401 - plain JSON
    return _form().dump_python(_Message(version=1, deferred=deferred), mode="json")
