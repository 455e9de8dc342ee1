"""What the old endpoints refuse: in the old envelope, with the field named, and nothing stored changes."""

import json
from typing import Any

import pytest
from bson import ObjectId

from tests.builders import NOW, http_event, identity_of
from tests.handlers import Answer, Backend
from tests.old_client import COURSE, OTHER_COURSE, VIDEOS, OldUser

UNKNOWN = ObjectId("64b0000000000000000000ff")
NAN, INFINITY = float("nan"), float("inf")
_NO_NUMBERS: tuple[object, ...] = (
    ...,
    None,
    "",
    " ",
    "abc",
    "12s",
    -1,
    "-1",
    NAN,
    INFINITY,
    "NaN",
    "Infinity",
    True,
    [],
    {},
    172_801,
)
_NO_IDS: tuple[object, ...] = (..., None, "", 7, {"$gt": ""}, "a b", "$$ROOT", ["a"], "x" * 129)
_NO_TIMES: tuple[object, ...] = ("yesterday", -1, NAN, True, {}, [1], "-5", "2026-13-01T00:00:00Z")
_ROUTES = (
    ("GET", f"video/{COURSE}/{VIDEOS[0]}"),
    ("GET", f"course/{COURSE}"),
    ("GET", "dashboard"),
    ("GET", f"next-video/{COURSE}/{VIDEOS[0]}"),
    ("GET", f"resume/{COURSE}/{VIDEOS[0]}"),
    ("POST", "update"),
    ("POST", "complete-video"),
    ("POST", "reset-completion"),
)


@pytest.fixture(scope="module", name="user")
def _user(school: Backend) -> OldUser:
    """A user who bought the course and has watched something that could be changed."""
    user = OldUser(school)
    user.update(10)
    return user


def _assert_refused(answer: Answer, status: int) -> None:
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body.keys() == {"success", "message"}
    assert answer.body["success"] is False
    assert answer.body["message"]


def _body(user: OldUser, course: object = COURSE) -> dict[str, Any]:
    named = {"courseId": str(course), "videoId": str(VIDEOS[0]), "userId": user.id}
    return {**named, "watchedDuration": 20, "totalDuration": 100}


def _call(user: OldUser, method: str, path: str, course: object = COURSE) -> Answer:
    if method == "GET":
        return user.get(path.replace(str(COURSE), str(course)))
    return user.post(path, _body(user, course))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((field, value) for field in ("watchedDuration", "totalDuration") for value in _NO_NUMBERS),
        *((field, value) for field in ("courseId", "videoId") for value in _NO_IDS),
        *(("timestamp", value) for value in _NO_TIMES),
    ],
    ids=lambda value: str(value)[:20] or "empty",
)
def test_a_wrong_field_is_named(school: Backend, user: OldUser, field: str, value: object) -> None:
    before = school.snapshot()
    body = {name: one for name, one in (_body(user) | {field: value}).items() if one is not ...}
    answer = user.post("update", body)
    _assert_refused(answer, 400)
    assert field in answer.body["message"]
    assert school.snapshot() == before


@pytest.mark.parametrize("path", ["complete-video", "reset-completion"])
@pytest.mark.parametrize("field", ["courseId", "videoId"])
@pytest.mark.parametrize("value", _NO_IDS, ids=lambda value: str(value)[:20] or "empty")
def test_a_wrong_id_is_named(school: Backend, user: OldUser, path: str, field: str, value: object) -> None:
    before = school.snapshot()
    body = {name: one for name, one in (_body(user) | {field: value}).items() if one is not ...}
    answer = user.post(path, body)
    _assert_refused(answer, 400)
    assert field in answer.body["message"]
    assert school.snapshot() == before


@pytest.mark.parametrize("body", ["{", "[]", "null", "7", "", '{"courseId": 1, "courseId": 2}', b"\xff"])
def test_a_body_that_is_none_is_refused(school: Backend, user: OldUser, body: object) -> None:
    before = school.snapshot()
    _assert_refused(user.post("update", body), 400)
    assert school.snapshot() == before


def test_a_body_too_large_or_of_another_kind_is_refused(user: OldUser) -> None:
    _assert_refused(user.post("update", json.dumps(_body(user) | {"more": "x" * 70_000})), 413)
    form = http_event("POST", "/api/progress/update", body="courseId=1", authorizer=user.context)
    form["headers"]["content-type"] = "application/x-www-form-urlencoded"
    _assert_refused(user.backend.call("serve_old_api", form), 415)


@pytest.mark.parametrize("path", ["video/a%20b/x", "resume/$$ROOT/x", "course/" + "x" * 129])
def test_a_path_that_holds_no_id_is_refused(user: OldUser, path: str) -> None:
    _assert_refused(user.get(path), 400)


@pytest.mark.parametrize("value", [..., None, "", " ", 0, "0", NOW, str(NOW), "2027-01-15T08:00:00.000Z", "2027-01-15"])
def test_a_time_may_be_missing_or_spelt_in_many_ways(school: Backend, value: object) -> None:
    answer = OldUser(school).update(20, timestamp=value)
    assert answer.status == 200, answer.body


def test_nobody_knows_how_long_the_video_is(user: OldUser) -> None:
    answer = user.update(10, 0, ObjectId())
    _assert_refused(answer, 400)
    assert "totalDuration" in answer.body["message"]
    assert user.update(10, 0, VIDEOS[1]).body["data"]["videoProgress"]["totalDuration"] == 200


@pytest.mark.parametrize(("method", "path"), _ROUTES)
def test_without_a_token_nothing_is_told_or_changed(school: Backend, user: OldUser, method: str, path: str) -> None:
    before = school.snapshot()
    for context in (None, {"refusal": "token_expired"}, user.context | {"expiresAt": NOW // 1000 - 10}):
        event = http_event(method, f"/api/progress/{path}", body=_body(user), authorizer=context)
        answer = school.call("serve_old_api", event)
        _assert_refused(answer, 401)
        assert answer.headers["WWW-Authenticate"]
    assert school.snapshot() == before


@pytest.mark.parametrize(("method", "path"), _ROUTES)
@pytest.mark.parametrize("account", [{"status": "suspended"}, {"status": None}, {"tokenVersion": 1}, None])
def test_an_account_that_is_not_good_any_more(
    school: Backend, method: str, path: str, account: dict[str, object] | None
) -> None:
    late = OldUser(school, **(account or {}))
    if account is None:
        school.database["users"].delete_one({"_id": ObjectId(late.id)})
    before = school.snapshot()
    answer = _call(late, method, path)
    _assert_refused(answer, 401)
    assert school.snapshot() == before


@pytest.mark.parametrize(("method", "path"), _ROUTES)
def test_a_token_of_another_version_is_called_back(school: Backend, method: str, path: str) -> None:
    user = OldUser(school, tokenVersion=3)
    for version in (0, 2, 4, -1):
        user.context = identity_of(user.id, tokenVersion=version)
        _assert_refused(_call(user, method, path), 401)
    user.context = identity_of(user.id)
    _assert_refused(_call(user, method, path), 401)
    user.context = identity_of(user.id, tokenVersion=3, role="admin")
    assert _call(user, method, path).status == 200


@pytest.mark.parametrize(
    ("method", "path"), [one for one in _ROUTES if one[1] not in {"dashboard", "reset-completion"}]
)
def test_a_course_that_was_not_bought_and_one_that_is_not_there(
    school: Backend, user: OldUser, method: str, path: str
) -> None:
    before = school.snapshot()
    _assert_refused(_call(user, method, path, OTHER_COURSE), 403)
    _assert_refused(_call(user, method, path, UNKNOWN), 404)
    assert school.snapshot() == before


def test_an_admin_resets_nothing_in_a_course_that_is_not_there(user: OldUser) -> None:
    user.context = user.context | {"role": "admin"}
    try:
        _assert_refused(_call(user, "POST", "reset-completion", UNKNOWN), 404)
    finally:
        user.context = user.context | {"role": "student"}


def test_whose_progress_it_is_only_the_token_says(school: Backend, user: OldUser) -> None:
    other = OldUser(school)
    before = [document for document in school.snapshot()[0] if str(document["userId"]) == user.id]
    more = {"userId": user.id, "user": user.id, "_id": user.id, "$set": {"isCompleted": True}}
    assert other.update(99, **more).status == 200
    assert other.post("complete-video", _body(user)).status == 200
    assert [document for document in school.snapshot()[0] if str(document["userId"]) == user.id] == before
    assert other.stored()["userId"] == ObjectId(other.id)
