"""HTTP semantics through the handlers: entity tags, zero states, unknown routes, health, the API's own description."""

import json

import pytest

from tests.builders import MINUTE, NOW, http_event, identity_of, session_id, wire_report, wire_request
from tests.handlers import Backend

USER = "learner-1"


def test_a_report_is_answered_with_its_progress(backend: Backend) -> None:
    answer = backend.report("answered", wire_request(wire_report(position=30.5, device="laptop")))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert 0 < answer.body["nextUpdateMs"] <= 60_000
    (result,) = answer.body["results"]
    progress = result.pop("progress")
    assert result == {
        "courseId": "course-1",
        "videoId": "video-1",
        "session": session_id(NOW - 10 * MINUTE),
        "seq": 1,
        "outcome": "applied",
    }
    assert progress == {
        "courseId": "course-1",
        "videoId": "video-1",
        "position": 30.5,
        "positionAt": "2027-01-15T08:00:00Z",
        "duration": 600,
        "furthest": 30.5,
        "watched": [[0, 30]],
        "watchedSeconds": 30,
        "watchedPercentage": 5,
        "completed": False,
        "completedAt": None,
        "watchCount": 1,
        "lastWatchedAt": "2027-01-15T08:00:00Z",
        "resume": {"position": 27.5, "reason": "continue"},
        "otherDevice": None,
    }
    assert backend.read("answered").body == progress


def test_too_soon_says_when_to_come_back(backend: Backend) -> None:
    first = backend.report("soon", wire_request(wire_report(seq=1)))
    backend.now += 400
    try:
        answer = backend.report("soon", wire_request(wire_report(seq=2)))
    finally:
        backend.now -= 400
    (result,) = answer.body["results"]
    assert (result["outcome"], result["retryAfterMs"]) == ("throttled", first.body["nextUpdateMs"] - 400)
    assert "progress" not in result


def test_an_overtaken_report_is_stale(backend: Backend) -> None:
    backend.report("overtaken", wire_request(wire_report(seq=2, event="pause")))
    answer = backend.report("overtaken", wire_request(wire_report(seq=1, event="pause", at=NOW - 5)))
    assert answer.outcomes == ["stale"]


def test_seconds_beyond_belief_are_clipped_and_told(backend: Backend) -> None:
    eager = wire_report(session=session_id(NOW - 10_000), watched=[[0, 600]])
    (result,) = backend.report("eager", wire_request(eager)).body["results"]
    assert (result["outcome"], result["clippedSeconds"]) == ("applied", 520)
    assert result["progress"]["watched"] == [[0, 80]]


def test_what_lies_past_the_end_is_left_out_and_told(backend: Backend) -> None:
    over = wire_report(duration=59.5, position=80, watched=[[0, 90]])
    (result,) = backend.report("over", wire_request(over)).body["results"]
    assert result["clippedSeconds"] == 30
    assert (result["progress"]["position"], result["progress"]["watchedPercentage"]) == (59.5, 100)


def test_clocks_are_corrected_and_never_ahead(backend: Backend) -> None:
    """A client an hour ahead is corrected; an event later than its own sending is capped at receipt."""
    hour = 3_600_000
    ahead = wire_request(wire_report(at=NOW + hour - 5000), sentAt=NOW + hour)
    assert backend.report("ahead", ahead).body["results"][0]["progress"]["positionAt"] == "2027-01-15T07:59:55Z"
    liar = wire_request(wire_report(at=2**53 - 1, position=500, session=session_id(NOW - MINUTE, 1), seq=1))
    assert backend.report("liar", liar).body["results"][0]["progress"]["positionAt"] == "2027-01-15T08:00:00Z"
    backend.now += 31_000
    try:
        later = wire_request(wire_report(at=NOW + 30_000, position=10), sentAt=NOW + 31_000)
        backend.report("liar", later | {"reports": [later["reports"][0] | {"event": "pause"}]})
    finally:
        backend.now -= 31_000
    assert backend.read("liar").body["position"] == 10, "a far-future clock does not win for ever"


# --- reading


def test_nothing_stored_is_a_zero_state(backend: Backend) -> None:
    answer = backend.read("nobody-yet", "course-9", "video-9")
    assert answer.status == 200
    assert answer.body == {
        "courseId": "course-9",
        "videoId": "video-9",
        "position": 0,
        "positionAt": None,
        "duration": 0,
        "furthest": 0,
        "watched": [],
        "watchedSeconds": 0,
        "watchedPercentage": 0,
        "completed": False,
        "completedAt": None,
        "watchCount": 0,
        "lastWatchedAt": None,
        "resume": {"position": 0, "reason": "start"},
        "otherDevice": None,
    }


def test_a_read_changes_nothing(backend: Backend) -> None:
    before = backend.snapshot()
    backend.read("nobody-yet")
    assert backend.snapshot() == before


@pytest.mark.parametrize("spelling", ["{}", "W/{}", '"x", {}', '{}, "x"', '"x",W/{} , "y"', "*", " {} "])
@pytest.mark.parametrize("name", ["if-none-match", "If-None-Match"])
def test_what_the_client_has_is_not_sent_again(backend: Backend, spelling: str, name: str) -> None:
    backend.report("tagged")
    etag = backend.read("tagged").headers["ETag"]
    answer = backend.read("tagged", headers={name: spelling.format(etag)})
    assert (answer.status, answer.body or "") == (304, ""), answer.body
    assert answer.headers["ETag"] == etag
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("spelling", ['"x"', "", "W/x", '"*"', "{}x", "x{}"])
def test_what_the_client_has_not_is_sent(backend: Backend, spelling: str) -> None:
    backend.report("tagged-2")
    etag = backend.read("tagged-2").headers["ETag"]
    assert backend.read("tagged-2", headers={"if-none-match": spelling.format(etag)}).status == 200


def test_an_etag_changes_with_what_it_names(backend: Backend) -> None:
    empty = backend.read("changing").headers["ETag"]
    backend.report("changing")
    stored = backend.read("changing").headers["ETag"]
    assert empty != stored == backend.read("changing").headers["ETag"]
    assert backend.read("changing-2").headers["ETag"] == empty


# --- routes


@pytest.mark.parametrize("role", ["report_progress", "read_progress", "check_health", "describe_api"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nowhere"), ("PATCH", "/v1/progress"), ("GET", "/"), ("PUT", "/v1")]
)
def test_an_unknown_route_is_a_problem(backend: Backend, role: str, method: str, path: str) -> None:
    answer = backend.call(role, http_event(method, path, authorizer=identity_of(USER)))
    assert (answer.status, answer.body["code"]) == (404, "not_found")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_api_describes_itself(backend: Backend) -> None:
    answer = backend.call("describe_api", http_event("GET", "/v1/openapi.json"))
    assert answer.status == 200
    assert {"/v1/progress", "/v1/courses/{courseId}/videos/{videoId}/progress", "/v1/health"} <= set(
        answer.body["paths"]
    )
    assert "max-age" in answer.headers["Cache-Control"]


def test_health_is_well(backend: Backend) -> None:
    answer = backend.call("check_health", http_event("GET", "/v1/health"))
    assert (answer.status, answer.body) == (200, {"status": "ok", "checks": {"mongodb": "ok"}})


# --- the authorizer


def test_the_authorizer_hands_on_who_calls_or_why_nobody(backend: Backend) -> None:
    """Without any setting nobody is trusted; the answer lets the request through, to be refused with a reason."""
    event = {"version": "2.0", "type": "REQUEST", "headers": {"authorization": "Bearer x.y.z"}}
    for request in (event, {**event, "headers": {}}, {**event, "headers": None}):
        answer = backend.apps["authorize"].handler(request, None)
        assert answer["isAuthorized"] is True
        assert set(answer["context"]) == {"refusal"}
        refused = backend.report(USER, authorizer=answer["context"])
        assert (refused.status, refused.body["code"]) == (401, answer["context"]["refusal"])


def test_answers_are_json_that_any_client_reads(backend: Backend) -> None:
    """No NaN, no infinity, no bare value: what a strict parser takes."""

    def refuse(name: str) -> float:
        raise AssertionError(name)

    answer = backend.apps["report_progress"].handler(
        http_event("POST", "/v1/progress", body=wire_request(), authorizer=identity_of("strict")), _Context()
    )
    assert isinstance(json.loads(answer["body"], parse_constant=refuse), dict)


class _Context:
    """As little as a handler may need of Lambda's own."""

    function_name = "f"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:f"
    aws_request_id = "r"
