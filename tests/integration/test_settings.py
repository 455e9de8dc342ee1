"""A learner's settings over HTTP: history off, exported, and erased with the rest."""

from typing import Any

import pytest

from tests.builders import NOW, http_event, identity_of, read_event, wire_report, wire_request
from tests.handlers import Answer, Backend


def call(backend: Backend, method: str, path: str, user: str, **changes: Any) -> Answer:  # noqa: ANN401 - of the event
    """Ask for something that is the learner's own."""
    event = http_event(method, f"/v1/me/{path}", **{"authorizer": identity_of(user), **changes})
    return backend.call("manage_data", event)


def report(backend: Backend, user: str, video: str, **changes: Any) -> Answer:  # noqa: ANN401 - any field of the wire
    """Report once."""
    backend.now = NOW
    return backend.report(user, wire_request(wire_report(videoId=video, event="pause", **changes)))


def history(backend: Backend, user: str, video: str) -> list[Any]:
    """Return the viewings of a video."""
    path = f"/v1/courses/course-1/videos/{video}/history"
    items: list[Any] = backend.call("read_progress", http_event("GET", path, authorizer=identity_of(user))).body[
        "items"
    ]
    return items


def test_without_history_progress_is_kept_and_no_viewing(backend: Backend) -> None:
    user = "without"
    assert call(backend, "GET", "settings", user).body == {"history": True}
    report(backend, user, "v1")
    assert len(history(backend, user, "v1")) == 1
    answer = call(backend, "PUT", "settings", user, body={"history": False})
    assert (answer.status, answer.body) == (200, {"history": False})
    assert call(backend, "GET", "settings", user).body == {"history": False}
    assert history(backend, user, "v1") == []

    assert report(backend, user, "v1", seq=2, watched=[[30, 60]], device="phone").outcomes == ["applied"]
    assert report(backend, user, "v2", device="phone").outcomes == ["applied"]
    assert history(backend, user, "v1") == history(backend, user, "v2") == []
    read = backend.call("read_progress", read_event(user, "course-1", "v1", query={"device": "tv"})).body
    assert (read["watched"], read["watchCount"], read["otherDevice"]) == ([[0, 60]], 1, None)

    exported = call(backend, "GET", "data", user).body
    assert exported["settings"] == {"history": False}
    assert [one["watchHistory"] for one in exported["items"]] == [[], []]

    assert call(backend, "PUT", "settings", user, body={"history": True}).body == {"history": True}
    report(backend, user, "v1", seq=3)
    assert len(history(backend, user, "v1")) == 1


def test_an_erasure_takes_the_settings(backend: Backend) -> None:
    backend.now = NOW
    call(backend, "PUT", "settings", "erased-settings", body={"history": False})
    assert call(backend, "DELETE", "data", "erased-settings").status == 200
    assert call(backend, "GET", "settings", "erased-settings").body == {"history": True}
    stored = backend.database["learners"].find_one({"_id": "erased-settings"}) or {}
    assert stored["erasedAt"]


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "history"), ({"history": "no"}, "history"), ({"history": 0}, "history"), ({"history": True, "x": 1}, "x")],
)
def test_bad_input_names_its_field_and_changes_nothing(backend: Backend, body: dict[str, Any], field: str) -> None:
    before = list(backend.database["learners"].find())
    answer = call(backend, "PUT", "settings", "learner-1", body=body)
    assert (answer.status, answer.fields) == (400, [field])
    assert list(backend.database["learners"].find()) == before


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_without_a_learner_nothing_is_reached(backend: Backend, method: str) -> None:
    refused = {"authorizer": {"refusal": "token_expired"}, "body": {"history": False} if method == "PUT" else None}
    assert call(backend, method, "settings", "nobody", **refused).status == 401
