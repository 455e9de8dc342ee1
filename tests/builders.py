"""Builders of test values: each is valid as it is, and a test changes only what it is about."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playhead.domain.claim import Claim
from playhead.domain.deferred import Accepted
from playhead.domain.playback import gather
from playhead.domain.progress import Contribution
from playhead.domain.ranges import Ranges
from playhead.domain.report import Event, Key, Report

NOW = 1_800_000_000_000
MINUTE, HOUR = 60_000, 3_600_000
KEY = Key("learner-1", "course-1", "video-1")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def session_id(began_at: int = NOW, number: int = 0) -> str:
    """Return the ULID of a session that began at a time in ms; different numbers make different sessions."""
    return _digits(began_at, 10) + _digits(number, 16)


def report(**changes: Any) -> Report:  # noqa: ANN401 - any field of a report
    """Return a report of a session that began ten minutes before NOW, at whose time it was made."""
    session = changes.get("session", session_id(NOW - 10 * MINUTE))
    fields: dict[str, Any] = {
        "key": KEY,
        "event": Event.TIMEUPDATE,
        "position": 30,
        "duration": 600,
        "watched": ((0, 30),),
        "session": session,
        "seq": 1,
        "at": NOW,
        "session_at": NOW - 10 * MINUTE,
    }
    return Report(**(fields | changes))


def contribution(*reports: Report, **changes: Any) -> Contribution:  # noqa: ANN401 - any field of a contribution
    """Return what reports of one key (one if none is given) contribute."""
    given = reports or (report(),)
    fields: dict[str, Any] = {
        "key": given[0].key,
        "playback": gather(given),
        "received_at": NOW,
        "threshold": 90,
        "session_at": min(one.session_at for one in given),
    }
    return Contribution(**(fields | changes))


def accepted(*reports: Report, **changes: Any) -> Accepted:  # noqa: ANN401 - any of its fields
    """Return what was accepted of one session of a key (one report if none is given)."""
    fields: dict[str, Any] = {"reports": reports or (report(),), "received_at": NOW, "threshold": 90}
    return Accepted(**(fields | changes))


def claim(**changes: Any) -> Claim:  # noqa: ANN401 - any field of a claim
    """Return a routine claim with a window of 30 s and a spacing of 1 s."""
    fields: dict[str, Any] = {
        "key": KEY,
        "session": session_id(NOW - 10 * MINUTE),
        "seq": 1,
        "urgent": False,
        "now": NOW,
        "window_ms": 30_000,
        "spacing_ms": 1000,
        "watched": (0, 30),
    }
    return Claim(**(fields | changes))


def wire_report(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the wire
    """Return a report as a client spells it; a field that is changed to ... is left out."""
    fields: dict[str, Any] = {
        "courseId": "course-1",
        "videoId": "video-1",
        "event": "timeupdate",
        "position": 30.5,
        "duration": 600,
        "watched": [[0, 30]],
        "session": session_id(NOW - 10 * MINUTE),
        "seq": 1,
        "at": NOW,
        "device": "laptop",
    }
    return {name: value for name, value in (fields | changes).items() if value is not ...}


def wire_request(*reports: Mapping[str, Any], **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return a request of reports, one if none is given, sent at NOW by the client's clock."""
    return {"sentAt": NOW, "reports": list(reports) or [wire_report()]} | changes


def http_event(
    method: str,
    path: str,
    *,
    body: object = None,
    authorizer: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return an HTTP API event of format 2.0. A body of bytes goes base64-encoded, one of str as it is."""
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "&".join(f"{name}={value}" for name, value in (query or {}).items()),
        "headers": {"content-type": "application/json", **(headers or {})},
        "queryStringParameters": dict(query or {}),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api",
            "domainName": "api.example.com",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t"},
            "requestId": "request-1",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "15/Jan/2027:08:00:00 +0000",
            "timeEpoch": NOW,
        },
        "isBase64Encoded": isinstance(body, bytes),
    }
    if authorizer is not None:
        event["requestContext"]["authorizer"] = {"lambda": dict(authorizer)}
    if isinstance(body, bytes):
        event["body"] = base64.b64encode(body).decode()
    elif body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    return event


def identity_of(user_id: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any entry of the context
    """Return the context that the authorizer gives for a learner."""
    return {"userId": user_id, "role": "", "scope": "", **changes}


def report_event(user_id: str, request: object = None, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - of http_event
    """Return a learner's POST /v1/progress."""
    given = {"body": wire_request() if request is None else request, "authorizer": identity_of(user_id), **changes}
    return http_event("POST", "/v1/progress", **given)


def read_event(user_id: str, course_id: str = "course-1", video_id: str = "video-1", **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - of http_event
    """Return a learner's GET of one video's progress."""
    path = f"/v1/courses/{course_id}/videos/{video_id}/progress"
    return http_event("GET", path, **{"authorizer": identity_of(user_id), **changes})


@dataclass(frozen=True)
class LambdaContext:
    """What Lambda hands a handler beside the event."""

    function_name: str = "function"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id: str = "00000000-0000-0000-0000-000000000000"


def seconds_of(ranges: Ranges) -> set[int]:
    """Return the seconds that ranges hold, one by one."""
    return {second for start, end in ranges for second in range(start, end)}


def _digits(number: int, count: int) -> str:
    return "".join(_CROCKFORD[number >> 5 * place & 31] for place in range(count - 1, -1, -1))
