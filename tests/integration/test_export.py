"""Everything about the learner who asks, over HTTP: as it is stored, and as xAPI statements."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.builders import NOW, http_event, identity_of, wire_report, wire_request
from tests.handlers import Answer, Backend
from tests.video_profile import check


def export(backend: Backend, user: str, query: Mapping[str, str] | None = None, **changes: Any) -> Answer:  # noqa: ANN401 - of the event
    """Get what is stored about a learner."""
    event = http_event("GET", "/v1/me/data", **{"query": query or {}, "authorizer": identity_of(user), **changes})
    return backend.call("manage_data", event)


def report(backend: Backend, user: str, *videos: str) -> None:
    """Watch half a minute of each video."""
    backend.now = NOW
    backend.report(user, wire_request(*(wire_report(videoId=video) for video in videos)))


def test_every_document_is_handed_over_whole_in_pages(backend: Backend) -> None:
    report(backend, "exported", *(f"v{number}" for number in range(5)))
    items: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = export(backend, "exported", {"limit": "2", "cursor": cursor})
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
        items += answer.body["items"]
        cursor = answer.body["nextCursor"]
    assert [one["videoId"] for one in items] == [f"v{number}" for number in range(5)]
    stored = backend.database["progresses"].find_one({"userId": "exported", "videoId": "v0"})
    assert stored
    assert items[0].keys() == stored.keys()
    assert items[0]["lastWatchedAt"] == "2027-01-15T08:00:00.000Z"
    assert items[0]["playback"]["watched"] == [{"start": 0, "end": 30}]


def test_statements_are_of_the_profile_and_the_same_each_time(backend: Backend) -> None:
    report(backend, "stated", "v0", "v1", "v2")
    first = export(backend, "stated", {"format": "xapi", "limit": "2"})
    assert (first.status, first.headers["X-Experience-API-Version"]) == (200, "1.0.3")
    rest = urlsplit(first.body["more"])
    last = export(backend, "stated", dict(parse_qsl(rest.query)))
    assert (rest.path, last.body["more"]) == ("/v1/me/data", "")
    statements = first.body["statements"] + last.body["statements"]
    for one in statements:
        check(one)
    assert len({one["id"] for one in statements}) == len(statements) == 6
    assert statements[0]["actor"]["account"] == {"homePage": "https://api.example.com", "name": "stated"}
    assert export(backend, "stated", {"format": "xapi", "limit": "2"}).body == first.body


def test_nobody_is_given_anothers_data_not_even_by_a_cursor(backend: Backend) -> None:
    report(backend, "owner", "v0", "v1")
    cursor = export(backend, "owner", {"limit": "1"}).body["nextCursor"]
    assert export(backend, "curious").body == {"items": [], "nextCursor": None, "settings": {"history": True}}
    assert export(backend, "curious", {"cursor": cursor}).body["items"] == []
    assert export(backend, "curious", {"format": "xapi", "cursor": cursor}).body == {"statements": [], "more": ""}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"format": "xml"}, "format"),
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_bad_input_names_its_field(backend: Backend, query: dict[str, str], field: str) -> None:
    answer = export(backend, "learner-1", query)
    assert (answer.status, answer.fields) == (400, [field])


def test_without_a_learner_nothing_is_handed_over(backend: Backend) -> None:
    answer = export(backend, "", authorizer={"refusal": "token_expired"})
    assert (answer.status, answer.body["code"]) == (401, "token_expired")
