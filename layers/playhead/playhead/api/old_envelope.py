"""The envelope of the old endpoints: what succeeded and what was refused, in the one form that their clients read."""

import json
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponse
from pydantic import BaseModel, ConfigDict, Field

from playhead.api import old_courses, old_examples, old_videos
from playhead.api.problems import HEADERS, STATUSES
from playhead.domain.errors import PlayheadError


class Envelope[Data: BaseModel](BaseModel):
    """Whether it succeeded, a word for people, and what was asked for."""

    model_config = ConfigDict(frozen=True)

    success: bool = True
    message: str | None = Field(None, description="For people.")
    data: Data


class Refused(BaseModel):
    """What was refused and why."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [old_examples.REFUSED]})

    success: bool = False
    message: str


class UpdateEnvelope(Envelope[old_courses.OldUpdateAnswer]):
    """An update's answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [old_examples.UPDATED]})


class ReadEnvelope(Envelope[old_videos.OldReadAnswer]):
    """A video's answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [old_examples.READ]})


class CourseEnvelope(Envelope[old_courses.OldCourseAnswer]):
    """A course's answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [old_examples.COURSE]})


class DashboardEnvelope(Envelope[old_courses.OldDashboardAnswer]):
    """The dashboard's answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [old_examples.DASHBOARD]})


class CompletionEnvelope(Envelope[old_courses.OldCompletionAnswer]):
    """A completion's answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [old_examples.COMPLETED]})


class NextEnvelope(Envelope[old_videos.OldNextAnswer]):
    """The next video's answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [old_examples.NEXT]})


class ResumeEnvelope(Envelope[old_videos.OldResumeAnswer]):
    """Where to go on."""

    model_config = ConfigDict(json_schema_extra={"examples": [old_examples.RESUME]})


class ResetEnvelope(Envelope[old_videos.OldResetAnswer]):
    """A reset's answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [old_examples.RESET_DONE]})


def answer_old(data: BaseModel) -> Response[str]:
    """Return a success; what was never set is left out, as the old application left it out."""
    told = {"success": True, "data": data.model_dump(mode="json", exclude_unset=True)}
    body = json.dumps(told, separators=(",", ":"), ensure_ascii=False)
    return Response(HTTPStatus.OK, content_types.APPLICATION_JSON, body)


def answer_old_error(error: PlayheadError) -> Response[str]:
    """Return a refusal, with the statuses and headers of the problems."""
    return Response(
        STATUSES[type(error)],
        content_types.APPLICATION_JSON,
        Refused(message=str(error)).model_dump_json(),
        headers=HEADERS.get(type(error)),
    )


def documented_old(success: type[BaseModel], *refusals: HTTPStatus) -> dict[int, OpenAPIResponse]:
    """Return the OpenAPI entries of what an old endpoint may answer; a defect may always be answered too."""
    every = (*refusals, HTTPStatus.UNAUTHORIZED, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE)
    answers: dict[int, OpenAPIResponse] = {
        200: {"description": "OK", "content": {content_types.APPLICATION_JSON: {"model": success}}},
    }
    for status in every:
        answers[int(status)] = {
            "description": status.phrase,
            "content": {content_types.APPLICATION_JSON: {"model": Refused}},
        }
    return answers
