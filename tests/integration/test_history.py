"""A video's last viewings and its places on other devices, over HTTP."""

from typing import Any

import pytest

from tests.builders import HOUR, MINUTE, NOW, http_event, identity_of, read_event, session_id, wire_report, wire_request
from tests.handlers import Answer, Backend

COURSE = "history"


def report(backend: Backend, user: str, video: str, at: int, **changes: Any) -> None:  # noqa: ANN401 - any field of the wire
    """Report once, at a time, in a session that began a minute before."""
    backend.now = at
    fields = {"courseId": COURSE, "videoId": video, "session": session_id(at - MINUTE), "at": at, "event": "pause"}
    answer = backend.report(user, wire_request(wire_report(**(fields | changes)), sentAt=at))
    assert answer.outcomes == ["applied"]


def history(backend: Backend, user: str, video: str, **changes: Any) -> Answer:  # noqa: ANN401 - of the event
    """Get the viewings."""
    path = f"/v1/courses/{COURSE}/videos/{video}/history"
    return backend.call("read_progress", http_event("GET", path, **{"authorizer": identity_of(user), **changes}))


def test_viewings_are_told_and_one_is_gone_back_to(backend: Backend) -> None:
    report(backend, "learner-1", "viewings", NOW, position=20)
    report(backend, "learner-1", "viewings", NOW + HOUR, position=300, device=...)
    answer = history(backend, "learner-1", "viewings")
    assert answer.status == 200
    assert answer.body == {
        "items": [
            {
                "session": session_id(NOW + HOUR - MINUTE),
                "position": 300,
                "at": "2027-01-15T09:00:00Z",
                "device": None,
            },
            {"session": session_id(NOW - MINUTE), "position": 20, "at": "2027-01-15T08:00:00Z", "device": "laptop"},
        ]
    }
    backend.now += 1
    path = f"/v1/courses/{COURSE}/videos/viewings/position"
    event = http_event("PUT", path, body={"position": 20}, authorizer=identity_of("learner-1"))
    assert backend.call("change_progress", event).body["position"] == 20
    again = history(backend, "learner-1", "viewings", headers={"if-none-match": answer.headers["ETag"]})
    assert (again.status, again.body) == (304, "")


def test_a_player_is_told_where_another_device_went_on(backend: Backend) -> None:
    report(backend, "learner-1", "devices", NOW, position=20, device="tv")
    report(backend, "learner-1", "devices", NOW + HOUR, position=300, device="phone")
    asking = {"query": {"device": "tv"}}
    told = backend.read("learner-1", COURSE, "devices", **asking).body["otherDevice"]
    assert told == {"device": "phone", "position": 300, "at": "2027-01-15T09:00:00Z"}
    assert backend.read("learner-1", COURSE, "devices").body["otherDevice"] is None
    assert backend.read("learner-1", COURSE, "devices", query={"device": "phone"}).body["otherDevice"] is None
    report(backend, "learner-1", "devices", NOW + 2 * HOUR, position=30, device="tv")
    assert backend.read("learner-1", COURSE, "devices", **asking).body["otherDevice"] is None


def test_a_reset_ends_the_question(backend: Backend) -> None:
    report(backend, "learner-1", "anew", NOW, position=20, device="tv")
    report(backend, "learner-1", "anew", NOW + HOUR, position=300, device="phone")
    path = f"/v1/courses/{COURSE}/videos/anew/progress"
    backend.call("change_progress", http_event("DELETE", path, authorizer=identity_of("learner-1")))
    assert backend.read("learner-1", COURSE, "anew", query={"device": "tv"}).body["otherDevice"] is None


def test_nobody_reads_anothers_viewings(backend: Backend) -> None:
    report(backend, "learner-1", "private", NOW)
    assert history(backend, "learner-2", "private").body == {"items": []}


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (read_event("learner-1", query={"device": "a b"}), "device"),
        (read_event("learner-1", query={"device": "x" * 65}), "device"),
        (http_event("GET", "/v1/courses/c/videos/%24v/history", authorizer=identity_of("learner-1")), "videoId"),
    ],
)
def test_bad_input_names_its_field(backend: Backend, event: dict[str, Any], field: str) -> None:
    answer = backend.call("read_progress", event)
    assert (answer.status, answer.fields) == (400, [field])


def test_without_a_learner_nothing_is_read(backend: Backend) -> None:
    answer = history(backend, "", "viewings", authorizer={"refusal": "token_expired"})
    assert (answer.status, answer.body["code"]) == (401, "token_expired")
