"""Every route of the template: who may call it, how large a request may be, and the headers of all it answers."""

import pytest

from local.template import read_template
from tests.builders import NOW, http_event
from tests.handlers import Backend
from tests.old_client import OldUser
from tests.routes import BARE, BODIES, FOR_ADMINS, PRIVATE, PUBLIC, ROUTES, WITH_BODY, Route, call

MAX_BODY_BYTES = 65_536
ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000",
    "X-Content-Type-Options": "nosniff",
}
by_name = pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
private = pytest.mark.parametrize("route", PRIVATE, ids=lambda route: route.name)
with_body = pytest.mark.parametrize("route", WITH_BODY, ids=lambda route: route.name)


@pytest.fixture(name="user")
def _user(school: Backend) -> OldUser:
    return OldUser(school)


def test_each_route_of_the_template_has_a_case() -> None:
    """A new one is put into tests/routes.py, and so under all of these tests."""
    assert sorted(one.name for one in ROUTES) == sorted([*BODIES, *BARE])


@by_name
def test_only_the_public_routes_go_without_the_authorizer(route: Route) -> None:
    assert route.authorizer == ("NONE" if route.name in PUBLIC else "BearerToken")


def test_the_authorizer_is_ours() -> None:
    authorizers = read_template()["Resources"]["Api"]["Properties"]["Auth"]["Authorizers"]
    assert authorizers["BearerToken"]["FunctionArn"] == {"Fn::GetAtt": ["Authorize", "Arn"]}
    assert authorizers["BearerToken"]["Identity"]["Headers"] == ["Authorization"]


@by_name
def test_a_valid_request_is_answered_well(school: Backend, route: Route) -> None:
    """Else the refusals below would say nothing."""
    admin = OldUser(school, role="admin")
    body = BODIES.get(route.name)
    mine = {**body, "userId": admin.id} if body and "userId" in body else body
    assert call(school, route, admin.context, body=mine).status in {200, 409}


@private
def test_nobody_is_told_or_changes_anything(school: Backend, user: OldUser, route: Route) -> None:
    user.update(10)
    before = school.snapshot()
    for nobody in (
        None,
        {},
        {"refusal": "token_expired"},
        {"refusal": "token_untrusted", "userId": ""},
        user.context | {"expiresAt": NOW // 1000 - 10},
        {"userId": None},
        {"sub": user.id, "email": "a@example.com"},
    ):
        answer = call(school, route, nobody, headers={"authorization": "Bearer x", "x-user-id": user.id})
        assert answer.status == 401, nobody
        assert "Bearer" in answer.headers["WWW-Authenticate"]
        assert user.id not in str(answer.body)
    assert school.snapshot() == before


@pytest.mark.parametrize("route", [one for one in ROUTES if one.name in FOR_ADMINS], ids=lambda route: route.name)
@pytest.mark.parametrize("role", ["", "student", "instructor", "Admin", "administrator", "not-admin", "admin2"])
def test_what_is_for_admins_is_for_nobody_else(school: Backend, route: Route, role: str) -> None:
    user, other = OldUser(school, role=role), OldUser(school)
    other.update(10)
    before = school.snapshot()
    context = user.context | {"role": role}
    for whose in (user.id, other.id):
        answer = call(school, route, context, body={**BODIES[route.name], "userId": whose})
        assert answer.status == 403
    assert school.snapshot() == before


@by_name
def test_every_answer_has_the_headers(school: Backend, user: OldUser, route: Route) -> None:
    admin = OldUser(school, role="admin")
    for answer in (
        call(school, route, user.context),
        call(school, route, admin.context),
        call(school, route, None),
        call(school, route, user.context, body="{"),
        call(school, route, user.context, body="x" * (MAX_BODY_BYTES + 1)),
        call(school, route, user.context, headers={"if-none-match": "*"}),
        school.call(route.role, http_event("GET", "/v1/nowhere", authorizer=user.context)),
    ):
        names = [name.lower() for name in answer.headers]
        assert len(names) == len(set(names))
        assert "server" not in names
        own = {"Cache-Control"} if "ETag" in answer.headers or route.name == "GET /v1/openapi.json" else set()
        assert {name: answer.headers[name] for name in ALWAYS.keys() - own} == {
            name: value for name, value in ALWAYS.items() if name not in own
        }
        if "ETag" in answer.headers:
            assert answer.headers["Cache-Control"] == "private, no-cache"


@private
def test_a_defect_has_the_headers_too(
    school: Backend, user: OldUser, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = school.apps[route.role]
    monkeypatch.setattr(app, "caller", lambda _: 1 / 0)
    answer = call(school, route, user.context)
    assert (answer.status, answer.headers["X-Content-Type-Options"]) == (500, "nosniff")
    assert "division" not in str(answer.body)


@with_body
def test_a_body_may_be_so_large(school: Backend, user: OldUser, route: Route) -> None:
    before = school.snapshot()
    for body in ("{" + " " * MAX_BODY_BYTES, b"x" * (MAX_BODY_BYTES + 1), "\u00e9" * (MAX_BODY_BYTES // 2 + 1)):
        assert call(school, route, user.context, body=body).status == 413
    assert call(school, route, user.context, body="{" + " " * (MAX_BODY_BYTES - 1)).status == 400
    assert school.snapshot() == before


@with_body
def test_a_body_is_json_and_says_each_thing_once(school: Backend, user: OldUser, route: Route) -> None:
    before = school.snapshot()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"):
        assert call(school, route, user.context, headers={"content-type": kind}).status == 415
    for body in ("", "{", "[]", "null", '{"a": 1, "a": 2}', "[" * 5000, b"\xff"):
        assert call(school, route, user.context, body=body).status == 400
    assert school.snapshot() == before
