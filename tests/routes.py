"""Every HTTP route of the template, with a valid request of each: one that has none here fails the tests over them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.template import read_template, resources_of_type
from tests.builders import http_event, wire_report, wire_request
from tests.handlers import Answer, Backend
from tests.old_client import COURSE, SECONDS, VIDEOS

IDS = {"courseId": str(COURSE), "videoId": str(VIDEOS[0]), "currentVideoId": str(VIDEOS[0])}
_VIDEO = {"courseId": IDS["courseId"], "videoId": IDS["videoId"]}
PUBLIC = {"GET /v1/health", "GET /v1/openapi.json"}
FOR_ADMINS = {"POST /api/progress/reset-completion"}
# What each route that takes a body is sent, as a learner with nothing to hide sends it.
BODIES: Mapping[str, Any] = {
    "POST /v1/progress": wire_request(wire_report(**_VIDEO, event="pause")),
    "PUT /v1/courses/{courseId}/videos/{videoId}/completion": {"completed": True},
    "PUT /v1/courses/{courseId}/videos/{videoId}/hidden": {"hidden": True},
    "PUT /v1/courses/{courseId}/videos/{videoId}/position": {"position": 12},
    "PUT /v1/me/settings": {"history": False},
    "POST /api/progress/update": _VIDEO | {"watchedDuration": 20, "totalDuration": SECONDS[0]},
    "POST /api/progress/complete-video": _VIDEO,
    "POST /api/progress/reset-completion": _VIDEO | {"userId": "the-caller"},
}
# Those without a body; the last, since after it there is nothing left to read.
BARE = (
    "GET /v1/courses/{courseId}/videos/{videoId}/progress",
    "GET /v1/courses/{courseId}/videos/{videoId}/history",
    "GET /v1/courses/{courseId}/progress",
    "GET /v1/progress",
    "GET /v1/continue-watching",
    "GET /v1/me/habits",
    "GET /v1/changes",
    "GET /v1/me/data",
    "GET /v1/me/settings",
    "GET /v1/health",
    "GET /v1/openapi.json",
    "GET /api/progress/video/{courseId}/{videoId}",
    "GET /api/progress/course/{courseId}",
    "GET /api/progress/dashboard",
    "GET /api/progress/next-video/{courseId}/{currentVideoId}",
    "GET /api/progress/resume/{courseId}/{videoId}",
    "POST /v1/courses/{courseId}/videos/{videoId}/progress/undo-reset",
    "DELETE /v1/courses/{courseId}/videos/{videoId}/progress",
    "DELETE /v1/me/data",
)


@dataclass(frozen=True)
class Route:
    """A route and the function that answers it."""

    name: str
    role: str
    authorizer: str | None

    @property
    def method(self) -> str:
        """GET, say."""
        return self.name.partition(" ")[0]

    @property
    def old(self) -> bool:
        """Whether it is one of the old application's."""
        return " /api/" in self.name

    def path(self, **ids: str) -> str:
        """Return the path with its ids filled in."""
        named = IDS | ids
        return re.sub(r"{(\w+)}", lambda found: named[found[1]], self.name.partition(" ")[2])

    def event(self, authorizer: Mapping[str, Any] | None, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - of the event
        """Return a valid request of somebody."""
        given = {"body": BODIES.get(self.name), "authorizer": authorizer, "path": self.path(), **changes}
        return http_event(self.method, given.pop("path"), **given)


def call(backend: Backend, route: Route, authorizer: Any, **changes: Any) -> Answer:  # noqa: ANN401 - of the event
    """Send a valid request of somebody, or one that is changed, to the function that answers it."""
    return backend.call(route.role, route.event(authorizer, **changes))


def _routes() -> list[Route]:
    default = read_template()["Resources"]["Api"]["Properties"]["Auth"]["DefaultAuthorizer"]
    return [
        Route(f"{one['Method']} {one['Path']}", _role(function), one.get("Auth", {}).get("Authorizer", default))
        for name, function in resources_of_type(read_template(), "AWS::Serverless::Function").items()
        for one in (event["Properties"] for event in function["Properties"].get("Events", {}).values())
        if "Path" in one
    ]


def _role(function: Mapping[str, Any]) -> str:
    return str(function["Properties"]["CodeUri"]).strip("/").rpartition("/")[2]


ROUTES = _routes()
PRIVATE = [one for one in ROUTES if one.name not in PUBLIC]
WITH_BODY = [one for one in ROUTES if one.name in BODIES]
