"""Erasing everything about the learner who asks, over HTTP."""

from typing import Any

import pytest

from playhead.domain.errors import StoreUnavailable
from tests.builders import HOUR, MINUTE, NOW, http_event, identity_of, session_id, wire_report, wire_request
from tests.handlers import Answer, Backend


def call(backend: Backend, method: str, user: str, **changes: Any) -> Answer:  # noqa: ANN401 - of the event
    """Ask for a learner's data, or that it is erased."""
    event = http_event(method, "/v1/me/data", **{"authorizer": identity_of(user), **changes})
    return backend.call("manage_data", event)


def report(backend: Backend, user: str, video: str, **changes: Any) -> Answer:  # noqa: ANN401 - any field of the wire
    """Report once."""
    request = wire_request(wire_report(videoId=video, event="pause", **changes), sentAt=backend.now)
    return backend.report(user, request)


def test_everything_goes_and_late_reports_bring_nothing_back(backend: Backend) -> None:
    backend.now = NOW
    report(backend, "erased", "v1")
    report(backend, "erased", "v2")
    report(backend, "bystander", "v1")
    report(backend, "erased", "v2", at=NOW - HOUR, seq=2, session=session_id(NOW - 2 * HOUR))
    backend.now = NOW + MINUTE
    answer = call(backend, "DELETE", "erased")
    assert (answer.status, answer.body) == (200, {"erasedAt": "2027-01-15T08:01:00Z", "videos": 2})
    assert call(backend, "GET", "erased").body["items"] == []
    documents, items = backend.snapshot()
    assert "erased" not in str([one["userId"] for one in documents])
    assert [one["key"]["S"] for one in items if one["key"]["S"].split("#")[0] == "erased"] == []
    assert call(backend, "GET", "bystander").body["items"]

    late = report(backend, "erased", "v1", seq=9)
    assert (late.status, late.body["code"], late.outcomes) == (409, "erased", ["rejected"])
    backend.now = NOW + HOUR
    fresh = {"session": session_id(NOW + 2 * MINUTE), "at": backend.now}
    assert report(backend, "erased", "v1", watched=[[100, 110]], **fresh).outcomes == ["applied"]
    assert report(backend, "erased", "v1", seq=10, at=backend.now).body["code"] == "erased"
    assert backend.read("erased", "course-1", "v1").body["watched"] == [[100, 110]]


def test_of_a_batch_the_sessions_from_before_are_refused_alone(backend: Backend) -> None:
    backend.now = NOW
    call(backend, "DELETE", "mixed")
    backend.now = NOW + HOUR
    changed = {"at": backend.now, "event": "pause"}
    old = wire_report(**changed, seq=5)
    new = wire_report(**changed, session=session_id(NOW + MINUTE), watched=[[20, 30]])
    answer = backend.report("mixed", {"sentAt": backend.now, "reports": [old, new]})
    assert (answer.status, answer.outcomes) == (200, ["rejected", "applied"])
    assert answer.body["results"][0]["error"]["code"] == "erased"


def test_what_failed_half_way_is_asked_for_again(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    backend.now = NOW
    report(backend, "half-way", "v1")
    with monkeypatch.context() as broken:

        def fail(*_: object) -> None:
            message = "out of reach"
            raise StoreUnavailable(message)

        broken.setattr("playhead.adapters.dynamodb_claims.DynamoDBClaims.forget", fail)
        answer = call(backend, "DELETE", "half-way")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert call(backend, "DELETE", "half-way").body["videos"] == 1


def test_without_a_learner_nothing_is_erased(backend: Backend) -> None:
    before = backend.snapshot()
    answer = call(backend, "DELETE", "", authorizer={"refusal": "token_expired"})
    assert (answer.status, answer.body["code"]) == (401, "token_expired")
    assert backend.snapshot() == before
