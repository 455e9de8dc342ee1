"""Export over the wire: pages of everything that is stored about a learner, as it is or as xAPI; and erasure."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response, content_types
from pydantic import BaseModel, ConfigDict, Field, RootModel

from playhead.api import examples
from playhead.api.learner_settings import SettingsBody, settings_body
from playhead.api.lists import to_cursor
from playhead.api.requests import WireModel
from playhead.domain.learner import Learner
from playhead.domain.record import Record
from playhead.domain.report import Key
from playhead.domain.xapi import Statement

PATH = "/v1/me/data"
_HEADERS = {"X-Experience-API-Version": "1.0.3"}


class Format(StrEnum):
    """How an export is spelt."""

    JSON = "json"
    XAPI = "xapi"


class ExportBody(WireModel):
    """A page of all documents about the learner, with all of their fields."""

    items: list[dict[str, Any]] = Field(description="Ids as text, times in ISO 8601 UTC, the rest as it is stored.")
    next_cursor: str | None = Field(description="Give it as `cursor` for the next page; null on the last.")
    settings: SettingsBody


class StatementsBody(WireModel):
    """A page of statements of the xAPI video profile, in the form of an xAPI StatementResult."""

    statements: list[dict[str, Any]] = Field(description="With ids made of their content: the same is not said twice.")
    more: str = Field(description="The address of the next page, empty on the last.")


class LearnerExport(RootModel[ExportBody | StatementsBody]):
    """What `format` asks for."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.EXPORT]})


class ErasureBody(WireModel):
    """What was erased."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.ERASURE]})

    erased_at: datetime = Field(description="Sessions that began before bring nothing back.")
    videos: int = Field(description="Of how many videos progress was stored.")


def export_body(records: Sequence[Record], next_key: Key | None, learner: Learner) -> ExportBody:
    """Return a page of records, and the learner's settings, as they go over the wire."""
    return ExportBody(
        items=[dict(one.fields) for one in records],
        next_cursor=to_cursor(next_key) if next_key else None,
        settings=settings_body(learner),
    )


def statements_body(statements: Sequence[Statement], next_key: Key | None, limit: int) -> StatementsBody:
    """Return a page of statements as it goes over the wire."""
    rest = {"format": Format.XAPI.value, "limit": limit, "cursor": to_cursor(next_key)} if next_key else {}
    return StatementsBody(statements=list(statements), more=f"{PATH}?{urlencode(rest)}" if rest else "")


def answer_export(body: BaseModel) -> Response[str]:
    """Return what is known of a learner as an answer that no cache keeps."""
    return Response(HTTPStatus.OK, content_types.APPLICATION_JSON, body.model_dump_json(), headers=_HEADERS)
