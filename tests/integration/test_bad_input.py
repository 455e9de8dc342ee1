"""Bad input through the handler: each gets a clear problem that names the field, and changes nothing."""

import json
from typing import Any

import pytest

from tests.builders import HOUR, NOW, http_event, identity_of, report_event, session_id, wire_report, wire_request
from tests.handlers import Answer, Backend

USER = "learner-1"
Case = tuple[dict[str, Any], str]
NAN, INFINITY = float("nan"), float("inf")


@pytest.fixture(autouse=True, scope="module")
def known(backend: Backend) -> None:
    """There is something that could be changed."""
    assert backend.report(USER).outcomes == ["applied"]


def _assert_problem(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.body.get("code")) == (status, code), answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["status"] == status
    assert answer.body["title"]
    assert answer.body["detail"]
    assert answer.headers["Cache-Control"] == "no-store"


_NO_ID: tuple[object, ...] = (
    "",
    None,
    7,
    True,
    ["a"],
    {"$gt": ""},
    "$$ROOT",
    "a/b",
    "a#b",
    "a b",
    "x" * 129,
    "\u00e9",
    "a\n",
    "\ud800",
)
_NO_SECONDS: tuple[object, ...] = (
    -1,
    -0.001,
    NAN,
    INFINITY,
    -INFINITY,
    "30",
    None,
    True,
    False,
    [30],
    {},
    10**400,
    -(10**400),
    172_801,
)
_NO_TIME: tuple[object, ...] = (-1, 1.5, "2027-01-15T08:00:00Z", None, True, NAN, INFINITY, 2**53, 10**400)
_ULID = session_id()
_NO_SESSION: tuple[object, ...] = (
    "$$ROOT",
    "",
    None,
    7,
    True,
    "session-1",
    _ULID[:-1],
    _ULID + "0",
    "8" + _ULID[1:],
    "x" * 5000,
    {"$ne": 1},
)
_WRONG: dict[str, tuple[object, ...]] = {
    "courseId": _NO_ID,
    "videoId": _NO_ID,
    "event": ("", "play", None, 7, ["pause"], "PAUSE", "pause ", "\ud800"),
    "position": _NO_SECONDS,
    "duration": (*_NO_SECONDS, 0, -0.0),
    "watched": (None, {}, "", 7, True, "[[0,30]]", [[2 * n, 2 * n + 1] for n in range(501)]),
    "session": (*_NO_SESSION, "\ud800", _ULID[:-1] + "\u017f", _ULID[:-1] + "\u212a"),
    "seq": (-1, 1.0, 1.5, "1", None, True, NAN, 2**53, 10**400, -(10**400), [1], {}),
    "at": _NO_TIME,
    "device": ("", "a.b", "$userId", "a b", "x" * 65, 7, True, "\u00e9", "a\u0000", ["laptop"], "\ud800"),
    "playbackRate": (0, -1, 17, NAN, INFINITY, "2", True, 10**400),
}
_UNKNOWN = ("userId", "$set", "progress", "completed", "user_id", "course_id", "__proto__", "playback_rate", "\u00e9")
_WRONG_RANGES: tuple[tuple[object, str], ...] = (
    ([[30, 0]], "[0]"),
    ([[0, 30], [30, 30]], "[1]"),
    ([[0, 30], [-1, 3]], "[1][0]"),
    ([[0, 30.5]], "[0][1]"),
    ([[0.5, 30]], "[0][0]"),
    ([["0", 30]], "[0][0]"),
    ([[0, True]], "[0][1]"),
    ([[False, 30]], "[0][0]"),
    ([[0, None]], "[0][1]"),
    ([[0, NAN]], "[0][1]"),
    ([[0, INFINITY]], "[0][1]"),
    ([[0, 10**400]], "[0][1]"),
    ([[0, 172_801]], "[0][1]"),
    ([[0]], "[0][1]"),
    ([[0, 30, 60]], "[0]"),
    ([[]], "[0][0]"),
    ([0, 30], "[0]"),
    ([{"start": 0, "end": 30}], "[0]"),
    ([[[0, 30]]], "[0][0]"),
    (["03"], "[0]"),
)
_CASES: list[Case] = [
    *(({name: value}, name) for name, values in _WRONG.items() for value in values),
    *(({"watched": value}, f"watched{place}") for value, place in _WRONG_RANGES),
    *(({name: ...}, name) for name in _WRONG if name not in {"device", "playbackRate"}),
    *(({name: 1}, name) for name in _UNKNOWN),
]


@pytest.mark.parametrize(
    ("changes", "field"),
    _CASES,
    ids=lambda value: str(value)[:40].encode("ascii", "backslashreplace").decode() if value else "x",
)
def test_a_field_that_is_wrong_is_named(backend: Backend, changes: dict[str, Any], field: str) -> None:
    before = backend.snapshot()
    answer = backend.report(USER, wire_request(wire_report(**changes)))
    _assert_problem(answer, 400, "invalid_request")
    assert answer.fields[0] == f"reports[0].{field}"
    assert all(one["reason"] for one in answer.body["errors"])
    assert answer.outcomes == ["rejected"]
    assert backend.snapshot() == before


_NO_REPORTS: tuple[object, ...] = (None, {}, "", 7, [], [wire_report()] * 101, ...)
_NO_REPORT: tuple[object, ...] = (None, 7, [], "$$ROOT")
_NO_REQUESTS: list[Case] = [
    *(({"sentAt": value}, "sentAt") for value in (*_NO_TIME, ...)),
    *(({"reports": value}, "reports") for value in _NO_REPORTS),
    *(({"reports": [value]}, "reports[0]") for value in _NO_REPORT),
    ({"userId": "learner-2"}, "userId"),
]


@pytest.mark.parametrize(
    ("changes", "field"),
    _NO_REQUESTS,
    ids=lambda value: str(value)[:40],
)
def test_a_request_that_is_wrong_is_refused_by_its_field(backend: Backend, changes: dict[str, Any], field: str) -> None:
    before = backend.snapshot()
    request = {name: value for name, value in wire_request(**changes).items() if value is not ...}
    answer = backend.report(USER, request)
    _assert_problem(answer, 400, "invalid_request")
    assert answer.fields[0].removesuffix(".body") == field
    assert backend.snapshot() == before


_VALID = json.dumps(wire_request())


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("", 400, "invalid_request"),
        (None, 400, "invalid_request"),
        ("null", 400, "invalid_request"),
        ("[]", 400, "invalid_request"),
        ("7", 400, "invalid_request"),
        ('"text"', 400, "invalid_request"),
        ("true", 400, "invalid_request"),
        ("{}", 400, "invalid_request"),
        (" ", 400, "invalid_request"),
        ("{", 400, "invalid_request"),
        (_VALID + "x", 400, "invalid_request"),
        (_VALID + _VALID, 400, "invalid_request"),
        ("\ufeff" + _VALID, 400, "invalid_request"),
        (_VALID.replace('"seq": 1', '"seq": ' + "9" * 5000), 400, "invalid_request"),
        (_VALID.replace('"seq": 1', '"seq": ' + "9" * 5000 + ".5"), 400, "invalid_request"),
        (_VALID.replace('"position": 30.5', '"position": 1e999999'), 400, "invalid_request"),
        ("[" * 60_000, 400, "invalid_request"),
        ("[" * 30_000 + "]" * 30_000, 400, "invalid_request"),
        ("[" * 900 + "]" * 900, 400, "invalid_request"),
        ('{"a":' * 10_000 + "1" + "}" * 10_000, 400, "invalid_request"),
        (_VALID.replace("30.5", "[" * 900 + "]" * 900), 400, "invalid_request"),
        (_VALID.replace("30.5", "[" * 5000 + "]" * 5000), 400, "invalid_request"),
        (b"\xff\xfe\xfa", 400, "invalid_request"),
        (_VALID.encode("utf-16"), 400, "invalid_request"),
        (_VALID.encode() + b"\x80", 400, "invalid_request"),
        ("x" * 1_000_000, 413, "request_too_large"),
        (_VALID + " " * (65_537 - len(_VALID)), 413, "request_too_large"),
        ("\u00e9" * 40_000, 413, "request_too_large"),
        (b"x" * 65_537, 413, "request_too_large"),
        (json.dumps(wire_request(wire_report(watched=[[n, n + 1] for n in range(10_000)]))), 413, "request_too_large"),
    ],
    ids=lambda value: (value[:20].decode("latin1") if isinstance(value, bytes) else str(value)[:30]) or "empty",
)
def test_a_body_that_is_no_request_is_refused(
    backend: Backend, body: str | bytes | None, status: int, code: str
) -> None:
    before = backend.snapshot()
    event = http_event("POST", "/v1/progress", body=body, authorizer=identity_of(USER))
    _assert_problem(backend.call("report_progress", event), status, code)
    assert backend.snapshot() == before


def test_a_body_is_measured_as_it_was_sent(backend: Backend) -> None:
    """64 KiB are allowed, and base64, which the gateway may wrap a body in, does not count."""
    padded = _VALID.ljust(65_536)
    for body in (padded, padded.encode()):
        event = http_event("POST", "/v1/progress", body=body, authorizer=identity_of("learner-large"))
        assert backend.call("report_progress", event).status == 200


def test_base64_that_is_none_is_refused(backend: Backend) -> None:
    before = backend.snapshot()
    event = report_event(USER) | {"isBase64Encoded": True, "body": "%%%not base64"}
    _assert_problem(backend.call("report_progress", event), 400, "invalid_request")
    assert backend.snapshot() == before


@pytest.mark.parametrize(
    "body",
    [
        _VALID.replace('"seq": 1', '"seq": 1, "seq": 2'),
        _VALID.replace('"sentAt"', '"sentAt": 5, "sentAt"'),
        _VALID.replace('"reports"', '"reports": [], "reports"'),
    ],
)
def test_a_name_twice_is_refused(backend: Backend, body: str) -> None:
    """Two readers of one body might believe different halves of it."""
    before = backend.snapshot()
    _assert_problem(backend.report(USER, body), 400, "invalid_request")
    assert backend.snapshot() == before


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"])
def test_a_body_of_another_kind_is_refused(backend: Backend, kind: str) -> None:
    before = backend.snapshot()
    _assert_problem(backend.report(USER, headers={"content-type": kind}), 415, "unsupported_media_type")
    assert backend.snapshot() == before


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"]
)
def test_json_is_json_however_it_is_spelt(backend: Backend, kind: str) -> None:
    assert backend.report("learner-json", headers={"content-type": kind}).status == 200


@pytest.mark.parametrize(
    ("authorizer", "code"),
    [
        (None, "token_missing"),
        ({}, "token_missing"),
        ({"refusal": "token_expired"}, "token_expired"),
        ({"refusal": "token_untrusted"}, "token_untrusted"),
        ({"refusal": "token_malformed", "userId": ""}, "token_malformed"),
        (identity_of(USER, expiresAt=NOW // 1000), "token_expired"),
        (identity_of(USER, expiresAt=(NOW - HOUR) // 1000), "token_expired"),
    ],
    ids=str,
)
@pytest.mark.parametrize("role", ["report_progress", "read_progress"])
def test_nobody_may_do_nothing(backend: Backend, role: str, authorizer: dict[str, Any] | None, code: str) -> None:
    before = backend.snapshot()
    event = (
        report_event(USER, authorizer=authorizer)
        if role == "report_progress"
        else http_event("GET", "/v1/courses/course-1/videos/video-1/progress", authorizer=authorizer)
    )
    answer = backend.call(role, event)
    _assert_problem(answer, 401, code)
    assert "Bearer" in answer.headers["WWW-Authenticate"]
    assert backend.snapshot() == before


def test_nobody_learns_nothing_of_the_routes(backend: Backend) -> None:
    """Whoever has no identity gets 401 for any path and any body."""
    for event in (
        http_event("GET", "/nowhere"),
        http_event("POST", "/v1/progress", body="x" * 100_000),
        http_event("POST", "/v1/progress", body="{", headers={"content-type": "text/plain"}),
    ):
        _assert_problem(backend.call("report_progress", event), 401, "token_missing")


@pytest.mark.parametrize("name", ["a#b", "a b", "\u00e9", "x" * 129, "$$ROOT", "a%2Fb", "$userId"])
def test_an_id_in_the_path_that_is_none_is_named(backend: Backend, name: str) -> None:
    for names, field in (((name, "video-1"), "courseId"), (("course-1", name), "videoId")):
        answer = backend.read(USER, *names)
        assert answer.status in {400, 404}
        assert answer.status == 404 or answer.fields == [field]


# --- one bad report among good ones


def test_a_bad_report_is_refused_alone_and_the_order_is_kept(backend: Backend) -> None:
    good = [wire_report(videoId=f"video-{number}", seq=number) for number in range(3)]
    bad = [
        wire_report(videoId="bad-0", watched=[[30, 0]], seq=7),
        wire_report(videoId="bad-1", session="\ud800", device="\ud800"),
        wire_report(videoId="\ud800", **{"\ud800": 1}),
        wire_report(videoId="bad-3", position=10**400, seq=True),
        {},
    ]
    request = wire_request(bad[0], good[0], bad[1], bad[2], good[1], bad[3], good[2], bad[4])
    answer = backend.report("learner-batch", request)
    assert answer.status == 200
    assert answer.outcomes == [
        "rejected",
        "applied",
        "rejected",
        "rejected",
        "applied",
        "rejected",
        "applied",
        "rejected",
    ]
    results = answer.body["results"]
    assert [results[index]["videoId"] for index in (0, 1, 2, 4, 5, 6)] == [
        "bad-0",
        "video-0",
        "bad-1",
        "video-1",
        "bad-3",
        "video-2",
    ]
    assert (results[0]["seq"], results[0]["error"]["code"]) == (7, "invalid_report")
    assert [one["field"] for one in results[0]["error"]["errors"]] == ["watched[0]"]
    documents = list(backend.database["progresses"].find({"userId": "learner-batch"}, {"videoId": 1}))
    assert sorted(one["videoId"] for one in documents) == ["video-0", "video-1", "video-2"]


def test_a_report_with_a_tiny_duration_does_not_hold_up_the_others(backend: Backend) -> None:
    tiny = wire_report(videoId="tiny", duration=1e-9, position=0, watched=[[0, 1]])
    answer = backend.report("learner-tiny", wire_request(tiny, wire_report()))
    assert answer.outcomes == ["applied", "applied"]


@pytest.mark.parametrize("session", ["7" + "Z" * 25, "0" * 26, "ffffffff-ffff-7fff-bfff-ffffffffffff"])
@pytest.mark.parametrize("sent_at", [0, NOW, 2**53 - 1])
def test_a_session_of_another_age_holds_nobody_up(backend: Backend, session: str, sent_at: int) -> None:
    """Its id may say a time that no calendar knows; it counts as begun when the report came, or in 1970."""
    strange = wire_report(videoId="strange", session=session, at=2**53 - 1, event="pause")
    answer = backend.report(f"learner-{session[:1]}-{sent_at}", wire_request(strange, wire_report(), sentAt=sent_at))
    assert answer.outcomes == ["applied", "applied"]


def test_a_hundred_reports_are_taken(backend: Backend) -> None:
    request = wire_request(*(wire_report(videoId=f"v-{n}", device=..., watched=[[0, n + 1]]) for n in range(100)))
    answer = backend.report("learner-hundred", request)
    assert answer.outcomes == ["applied"] * 100
    assert all("progress" not in one for one in answer.body["results"])


# --- whose progress


def test_no_field_of_a_request_reaches_anothers_progress(backend: Backend) -> None:
    """A user is who the token says."""
    backend.report("victim", wire_request(wire_report(position=123)))
    before = [one for one in backend.snapshot()[0] if one["userId"] == "victim"]
    names = {"x-user-id": "victim", "userid": "victim", "user-id": "victim", "x-amzn-oidc-identity": "victim"}
    query = {"userId": "victim", "user_id": "victim", "sub": "victim"}
    for request in (
        wire_request(userId="victim"),
        wire_request(wire_report(userId="victim")),
        wire_request(wire_report(user_id="victim")),
        wire_request(wire_report(key={"userId": "victim"})),
    ):
        assert backend.report("attacker", request, headers=names, query=query).status == 400
    assert backend.report("attacker", headers=names, query=query).body["results"][0]["progress"]["position"] == 30.5
    for claimed in ({"lambda": identity_of("attacker"), "jwt": {"claims": {"sub": "victim"}}}, None):
        event = report_event("attacker", headers=names, query=query)
        event |= {"userId": "victim", "pathParameters": {"userId": "victim"}}
        if claimed:
            event["requestContext"]["authorizer"] = claimed
        backend.call("report_progress", event)
    assert [one for one in backend.snapshot()[0] if one["userId"] == "victim"] == before


def test_no_field_of_a_request_reads_anothers_progress(backend: Backend) -> None:
    backend.report("victim-2", wire_request(wire_report(position=123)))
    for changes in (
        {"headers": {"x-user-id": "victim-2", "authorization": "Bearer victim-2"}},
        {"query": {"userId": "victim-2", "user_id": "victim-2"}},
        {"body": {"userId": "victim-2"}},
    ):
        answer = backend.read("nobody-yet", **changes)
        assert answer.body["position"] == 0
    assert backend.read("victim-2").body["position"] == 123
