"""What has changed since a cursor, over HTTP: devices catch up, are left alone in quiet times, and told of erasures."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from tests.builders import NOW, http_event, identity_of, wire_report, wire_request
from tests.handlers import Answer, Backend


def changes(backend: Backend, user: str, **query: str) -> Answer:
    """Ask what has changed."""
    return backend.call("read_progress", http_event("GET", "/v1/changes", authorizer=identity_of(user), query=query))


def report(backend: Backend, user: str, video: str, **fields: Any) -> None:  # noqa: ANN401 - any field of the wire
    """Report once."""
    backend.now = NOW
    request = wire_request(wire_report(courseId="feed", videoId=video, event="pause", **fields))
    assert backend.report(user, request).outcomes == ["applied"]


def test_a_device_catches_up_in_pages_and_is_left_alone(backend: Backend) -> None:
    for number in range(5):
        report(backend, "feed-1", f"v{number}")
    report(backend, "feed-2", "v0")
    seen, cursor, more = [], "", True
    while more:
        body = changes(backend, "feed-1", limit="2", since=cursor).body
        seen += [one["videoId"] for one in body["items"]]
        cursor, more = body["nextCursor"], body["more"]
    assert seen == [f"v{number}" for number in range(5)]
    quiet = changes(backend, "feed-1", since=cursor)
    assert (quiet.body["items"], quiet.body["more"], quiet.body["erasedAt"]) == ([], False, None)
    again = http_event(
        "GET",
        "/v1/changes",
        authorizer=identity_of("feed-1"),
        query={"since": cursor},
        headers={"if-none-match": quiet.headers["ETag"]},
    )
    assert backend.call("read_progress", again).status == 304

    report(backend, "feed-1", "v3", seq=2, position=77)
    (item,) = changes(backend, "feed-1", since=cursor).body["items"]
    assert (item["videoId"], item["position"], item["attempt"], item["hidden"]) == ("v3", 77, 1, False)


def test_what_is_done_by_hand_is_told(backend: Backend) -> None:
    report(backend, "feed-3", "v")
    cursor = changes(backend, "feed-3").body["nextCursor"]
    path = "/v1/courses/feed/videos/v"
    hide = http_event("PUT", f"{path}/hidden", body={"hidden": True}, authorizer=identity_of("feed-3"))
    assert backend.call("change_progress", hide).status == 200
    (item,) = changes(backend, "feed-3", since=cursor).body["items"]
    assert (item["hidden"], item["completed"], item["attempt"]) == (True, False, 1)
    complete = http_event("PUT", f"{path}/completion", body={"completed": True}, authorizer=identity_of("feed-3"))
    assert backend.call("change_progress", complete).status == 200
    (item,) = changes(backend, "feed-3", since=cursor).body["items"]
    assert (item["hidden"], item["completed"]) == (True, True)
    reset = http_event("DELETE", f"{path}/progress", authorizer=identity_of("feed-3"))
    assert backend.call("change_progress", reset).status == 200
    (item,) = changes(backend, "feed-3", since=cursor).body["items"]
    assert (item["attempt"], item["completed"], item["position"]) == (2, False, 0)


def test_an_erasure_is_told(backend: Backend) -> None:
    report(backend, "feed-4", "v")
    cursor = changes(backend, "feed-4").body["nextCursor"]
    backend.call("manage_data", http_event("DELETE", "/v1/me/data", authorizer=identity_of("feed-4")))
    body = changes(backend, "feed-4", since=cursor).body
    assert (body["items"], body["erasedAt"]) == ([], "2027-01-15T08:00:00Z")


@pytest.mark.parametrize(
    "value",
    [
        {},
        [1],
        [-1, "a", ""],
        [10**15, "a", ""],
        ["1", "a", ""],
        [1.5, "a", ""],
        [1, 2, ""],
        [None, "a", ""],
        [1, "a", 3],
    ],
)
def test_what_is_no_cursor_is_refused(backend: Backend, value: object) -> None:
    answer = changes(backend, "feed-5", since=urlsafe_b64encode(json.dumps(value).encode()).decode())
    assert (answer.status, answer.fields) == (400, ["since"])


@pytest.mark.parametrize("text", ["%", "é", "AAAA", "W" * 5000])
def test_what_is_no_json_is_refused(backend: Backend, text: str) -> None:
    assert changes(backend, "feed-5", since=text).status == 400


def test_limits_are_checked_and_a_learner_is_needed(backend: Backend) -> None:
    assert changes(backend, "feed-5", limit="0").fields == ["limit"]
    assert changes(backend, "feed-5", limit="201").fields == ["limit"]
    refused = http_event("GET", "/v1/changes", authorizer={"refusal": "token_expired"})
    assert backend.call("read_progress", refused).status == 401
