"""What a learner does by hand, over HTTP: reset and its undoing, completion, hiding, position."""

from typing import Any

import pytest

from tests.builders import HOUR, MINUTE, NOW, http_event, identity_of, session_id, wire_report, wire_request
from tests.handlers import Answer, Backend

PATH = "/v1/courses/changes/videos"


def change(backend: Backend, method: str, path: str, body: object = None, user: str = "learner-1") -> Answer:
    """Call the function that changes progress."""
    event = http_event(method, f"{PATH}/{path}", body=body, authorizer=identity_of(user))
    return backend.call("change_progress", event)


def report(backend: Backend, video: str, **changes: Any) -> Answer:  # noqa: ANN401 - any field of the wire
    """Report as learner-1."""
    key = {"courseId": "changes", "videoId": video}
    return backend.report("learner-1", wire_request(wire_report(**key, **changes)))


def test_reset_late_report_and_undo(backend: Backend) -> None:
    backend.now = NOW
    assert report(backend, "reset", watched=[[0, 60]]).outcomes == ["applied"]
    emptied = change(backend, "DELETE", "reset/progress")
    assert (emptied.status, emptied.body["watched"], emptied.body["position"]) == (200, [], 0)

    late = report(backend, "reset", watched=[[0, 60]], seq=2, event="pause")
    assert (late.status, late.body["code"]) == (409, "attempt_over")
    assert late.body["results"][0]["error"]["code"] == "attempt_over"
    assert backend.read("learner-1", "changes", "reset").body["watched"] == []

    backend.now = NOW + HOUR
    fresh = session_id(NOW + MINUTE)
    assert report(backend, "reset", watched=[[100, 110]], session=fresh, event="pause").outcomes == ["applied"]
    undone = change(backend, "POST", "reset/progress/undo-reset")
    assert (undone.status, undone.body["watched"]) == (200, [[0, 60], [100, 110]])
    again = change(backend, "POST", "reset/progress/undo-reset")
    assert (again.status, again.body["code"]) == (409, "nothing_to_undo")


def test_a_batch_with_one_session_of_an_old_attempt_refuses_that_alone(backend: Backend) -> None:
    backend.now = NOW
    report(backend, "mixed")
    change(backend, "DELETE", "mixed/progress")
    backend.now = NOW + HOUR
    key = {"courseId": "changes", "videoId": "mixed", "event": "pause", "at": NOW + HOUR}
    old = wire_report(**key, seq=5, watched=[[0, 500]])
    new = wire_report(**key, session=session_id(NOW + MINUTE), watched=[[20, 30]])
    answer = backend.report("learner-1", {"sentAt": NOW + HOUR, "reports": [old, new]})
    assert (answer.status, answer.outcomes) == (200, ["rejected", "applied"])
    assert backend.read("learner-1", "changes", "mixed").body["watched"] == [[20, 30]]


def test_completion_hiding_and_position(backend: Backend) -> None:
    backend.now = NOW
    report(backend, "by-hand", watched=[[0, 60]])
    assert change(backend, "PUT", "by-hand/completion", {"completed": True}).body["completed"] is True
    assert change(backend, "PUT", "by-hand/completion", {"completed": False}).body["completed"] is False
    backend.now = NOW + 1
    assert change(backend, "PUT", "by-hand/position", {"position": 12.5}).body["position"] == 12.5
    listed = http_event("GET", "/v1/continue-watching", authorizer=identity_of("learner-1"), query={"limit": "50"})
    videos = [one["videoId"] for one in backend.call("read_progress", listed).body["items"]]
    assert "by-hand" in videos
    change(backend, "PUT", "by-hand/hidden", {"hidden": True})
    videos = [one["videoId"] for one in backend.call("read_progress", listed).body["items"]]
    assert "by-hand" not in videos


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("v/completion", {"completed": "yes"}, "completed"),
        ("v/completion", {}, "completed"),
        ("v/hidden", {"hidden": 1}, "hidden"),
        ("v/position", {"position": -1}, "position"),
        ("v/position", {"position": 1, "userId": "learner-2"}, "userId"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(
    backend: Backend, path: str, body: dict[str, Any], field: str
) -> None:
    before = backend.snapshot()
    answer = change(backend, "PUT", path, body)
    assert (answer.status, answer.fields) == (400, [field])
    assert backend.snapshot() == before


def test_nobody_changes_anothers_progress(backend: Backend) -> None:
    backend.now = NOW
    report(backend, "mine", watched=[[0, 60]])
    before = backend.snapshot()
    assert change(backend, "DELETE", "mine/progress", user="learner-2").body["watched"] == []
    assert change(backend, "PUT", "mine/hidden", {"hidden": True}, user="learner-2").status == 200
    assert backend.snapshot() == before


@pytest.mark.parametrize("method", ["DELETE", "PUT", "POST"])
def test_without_a_learner_nothing_is_reached(backend: Backend, method: str) -> None:
    path = {"DELETE": "progress", "PUT": "completion", "POST": "progress/undo-reset"}[method]
    event = http_event(method, f"{PATH}/v/{path}", authorizer={"refusal": "token_expired"})
    answer = backend.call("change_progress", event)
    assert (answer.status, answer.body["code"]) == (401, "token_expired")
