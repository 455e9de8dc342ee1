"""Nothing of a request but ids and outcomes reaches logs, metrics or traces: through every function, at every level."""

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from pymongo.errors import PyMongoError

from playhead.domain.errors import StoreUnavailable
from tests.builders import LambdaContext, http_event
from tests.handlers import Backend, Output
from tests.old_client import OldUser, give_course
from tests.routes import BODIES, PRIVATE, ROUTES

_SECRET = "a-shared-secret-of-at-least-32-bytes"
TOKEN = jwt.encode({"sub": "learner-1", "email": "mark-email@example.com"}, _SECRET, algorithm="HS256")
MARK = "mark 4711"  # with a space, so that it is no id: ids may be told
URI = "mongodb://mark-user:mark-password@127.0.0.1:1/?serverSelectionTimeoutMS=50&timeoutMS=50"
HEADERS = {
    "authorization": f"Bearer {TOKEN}",
    "cookie": f"session={MARK}",
    "if-none-match": f'"{MARK}"',
    "user-agent": MARK,
    "x-email": "mark-email@example.com",
    "referer": f"https://example.com/{MARK}",
}
QUERY = {"email": MARK, "cursor": MARK, "since": MARK, "limit": MARK, "timeZone": MARK, "device": MARK, "token": TOKEN}


@pytest.fixture(name="school")
def _school(make_backend: Callable[..., Any]) -> Iterator[Backend]:
    """A backend that logs all that can be logged."""
    with make_backend({"POWERTOOLS_LOG_LEVEL": "DEBUG", "POWERTOOLS_DEV": "false"}, UrgentSpacingMs=0) as backend:
        give_course(backend.database)
        yield backend


@pytest.fixture(name="without_store")
def _without_store(make_backend: Callable[..., Any], put_secret: Callable[[str], str]) -> Iterator[Backend]:
    """A backend whose store is away."""
    with make_backend({"MONGODB_URI_SECRET_ARN": put_secret(URI)}, UrgentSpacingMs=0) as backend:
        yield backend


@pytest.fixture(autouse=True)
def _loud(make_backend: object, caplog: pytest.LogCaptureFixture) -> Iterator[None]:  # noqa: ARG001 - of it
    """Let every logger say everything, the libraries' too."""
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="playhead"):
        yield


def _assert_untold(output: Output, caplog: pytest.LogCaptureFixture) -> None:
    """Look into what was printed, and into all that any logger was given."""
    for text in (output.text, caplog.text):
        for mark in (MARK, TOKEN, TOKEN.split(".")[1], TOKEN.split(".")[2], "mark-email", "mark-password", "mark-user"):
            assert mark not in text


def test_no_route_tells_what_it_was_sent(school: Backend, output: Output, caplog: pytest.LogCaptureFixture) -> None:
    user = OldUser(school)
    context = user.context | {"scope": "", "role": "student"}
    for route in ROUTES:
        body = BODIES.get(route.name, {})
        wrong = [{**body, name: MARK} for name in body] + [{**body, "unknown": MARK}, [MARK], MARK]
        changes: list[dict[str, Any]] = [
            {},
            {"query": QUERY},
            *({"query": {name: value}} for name, value in QUERY.items()),
            *({"body": one} for one in wrong),
            {"body": "{" + MARK},
            {"body": MARK, "headers": HEADERS | {"content-type": MARK}},
            {"body": MARK * 10_000},
        ]
        for change in changes:
            school.call(route.role, route.event(context, **{"headers": HEADERS, **change}))
        school.call(route.role, route.event({"refusal": "token_expired"}, headers=HEADERS))
        school.call(route.role, http_event("GET", f"/v1/nowhere/{MARK}", headers=HEADERS, authorizer=context))
    assert len(output.lines) > len(ROUTES)
    _assert_untold(output, caplog)


def test_the_authorizer_tells_nothing(school: Backend, output: Output, caplog: pytest.LogCaptureFixture) -> None:
    for header in (f"Bearer {TOKEN}", f"Bearer {TOKEN}x", TOKEN, f"Basic {MARK}", f"Bearer {MARK}"):
        event = {"headers": {**HEADERS, "authorization": header}, "identitySource": [header]}
        answer = school.apps["authorize"].handler(event, LambdaContext())
        assert MARK not in json.dumps(answer)
        assert "email" not in json.dumps(answer)
    _assert_untold(output, caplog)


def test_poison_in_the_queue_is_not_told(school: Backend, output: Output, caplog: pytest.LogCaptureFixture) -> None:
    school.queue.sqs.send_message(QueueUrl=school.queue.url, MessageBody=json.dumps({"version": 1, "email": MARK}))
    school.queue.sqs.send_message(QueueUrl=school.queue.url, MessageBody=MARK)
    assert school.replay() == 2
    assert "replay failed" in output.text
    _assert_untold(output, caplog)


@pytest.mark.parametrize("failure", ["the store is away", "a defect"])
def test_no_failure_tells_what_it_failed_on(
    without_store: Backend,
    output: Output,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    failure: str,
) -> None:
    """Neither the connection string of a store that is away, nor what the arguments of a defect hold."""
    backend = without_store
    context = OldUser(backend).context
    for route in PRIVATE:
        if failure == "a defect":
            monkeypatch.setattr(backend.apps[route.role], "caller", lambda _: 1 / 0)
        answer = backend.call(route.role, route.event(context, headers=HEADERS, query={"x": MARK}))
        assert "mark" not in json.dumps(answer.body)
        assert answer.status in ({500} if failure == "a defect" else {202, 503})
    for role in ("publish_events", "apply_retention"):
        with pytest.raises((StoreUnavailable, PyMongoError, UserWarning)):
            backend.apps[role].handler({}, LambdaContext())
    _assert_untold(output, caplog)
