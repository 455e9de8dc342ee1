"""What is another learner's is neither read nor changed, by any field of any route; no input is a command."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from bson import ObjectId

from tests.builders import identity_of, wire_report, wire_request
from tests.handlers import Answer, Backend
from tests.old_client import COURSE, VIDEOS, OldUser
from tests.routes import BODIES, FOR_ADMINS, IDS, PRIVATE, Route, call

MARK = 97.531  # a position that only the victim has
private = pytest.mark.parametrize("route", PRIVATE, ids=lambda route: route.name)
OPERATORS: tuple[object, ...] = (
    {"$gt": ""},
    {"$ne": None},
    {"$function": {"body": "return 1", "args": [], "lang": "js"}},
    ["$$ROOT"],
    "$$ROOT",
    "$userId",
    "'; return true; //",
    "a.b",
    ".*",
    "a\u0000b",
)


@pytest.fixture(scope="module", name="victim")
def _victim(school: Backend) -> OldUser:
    """A learner with progress in two videos, history and settings."""
    victim = OldUser(school)
    for video in VIDEOS[:2]:
        report = wire_report(courseId=str(COURSE), videoId=str(video), position=MARK, device="victims-device")
        assert school.report(victim.id, wire_request(report)).status == 200
    return victim


@pytest.fixture(name="attacker")
def _attacker(school: Backend) -> OldUser:
    return OldUser(school)


def _of(backend: Backend, user: OldUser) -> Any:  # noqa: ANN401 - documents
    """Return all that is stored of a user."""
    _, claims = backend.snapshot()
    ids = {"$in": [ObjectId(user.id), user.id]}
    stored = [
        list(backend.database[name].find({field: ids}).sort("_id"))
        for name, field in (("progresses", "userId"), ("learners", "_id"), ("users", "_id"))
    ]
    return stored, [one for one in claims if user.id in str(one["key"])]


def _assert_private(answer: Answer, victim: OldUser) -> None:
    assert answer.status < 500
    assert victim.id not in json.dumps(answer.body)
    _assert_nothing_of_the_victim(answer)


def _assert_nothing_of_the_victim(answer: Answer) -> None:
    told = json.dumps(answer.body)
    assert str(MARK) not in told
    assert "victims-device" not in told


def _naming(victim: OldUser) -> dict[str, str]:
    names = ("userId", "user_id", "user", "sub", "learner", "id", "_id", "actor", "as")
    return dict.fromkeys(names, victim.id)


@private
def test_no_field_of_a_request_names_another_learner(
    school: Backend, victim: OldUser, attacker: OldUser, route: Route
) -> None:
    before = _of(school, victim)
    named = _naming(victim)
    headers = {f"x-{name.replace('_', '-').lower()}": victim.id for name in named}
    headers |= {"x-amzn-oidc-identity": victim.id, "cookie": f"userId={victim.id}", "x-forwarded-user": victim.id}
    body = BODIES.get(route.name, {})
    for changes in (
        {"headers": headers},
        {"query": named},
        {"body": {**body, **named}},
        {"body": {**body, "userId": victim.id}},
        {"body": {**body, "reports": [wire_report(userId=victim.id)]}},
        {"body": {**body, "key": named, "identity": named}},
        {"headers": headers, "query": named, "body": body or named},
    ):
        _assert_private(call(school, route, attacker.context, **changes), victim)
    event = route.event(attacker.context, headers=headers)
    event |= {"pathParameters": named, "identity": named, "userId": victim.id}
    event["requestContext"]["authorizer"] |= {"jwt": {"claims": named}, "iam": named, "principalId": victim.id}
    _assert_private(school.call(route.role, event), victim)
    assert _of(school, victim) == before


@private
def test_anothers_ids_and_cursors_open_nothing(
    school: Backend, victim: OldUser, attacker: OldUser, route: Route
) -> None:
    before = _of(school, victim)
    listed = _cursors(school, victim)
    ids = dict.fromkeys(IDS, victim.id)
    _assert_nothing_of_the_victim(call(school, route, attacker.context, path=route.path(**ids)))
    for cursor in listed:
        query = {"cursor": cursor, "since": cursor, "limit": "1"}
        _assert_private(call(school, route, attacker.context, query=query), victim)
    assert _of(school, victim) == before


def _cursors(backend: Backend, user: OldUser) -> list[str]:
    """Return the cursors that the lists gave a user, and such as name the user."""
    pages = [
        call(backend, route, user.context, query={"limit": "1"}).body
        for route in PRIVATE
        if route.name in {"GET /v1/progress", "GET /v1/changes", "GET /v1/me/data"}
    ]
    given = [page.get("nextCursor") for page in pages]
    assert len([one for one in given if one]) == 3
    made = [[user.id, str(COURSE), str(VIDEOS[0])], [str(COURSE), str(VIDEOS[0]), user.id], [0, user.id, ""]]
    return [*filter(None, given), *map(_cursor, made)]


def _cursor(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode()


@private
@pytest.mark.parametrize("operator", OPERATORS, ids=lambda one: ascii(one)[:24])
def test_nothing_from_outside_is_an_operator(
    school: Backend, victim: OldUser, attacker: OldUser, route: Route, operator: object
) -> None:
    before, others = _of(school, victim), _count_of_others(school, attacker)
    text = operator if isinstance(operator, str) else json.dumps(operator)
    bodies = [{**BODIES.get(route.name, {}), name: operator} for name in BODIES.get(route.name, {})]
    reports = [{"reports": [wire_report(**{name: operator})]} for name in wire_report()]
    cursors = [_cursor([operator, operator]), _cursor([operator, operator, operator]), _cursor(operator)]
    changes: list[dict[str, Any]] = [
        *({"path": route.path(**{name: _encoded(text)})} for name in IDS),
        *({"body": body} for body in bodies),
        *({"body": BODIES[route.name] | one} for one in reports if route.name == "POST /v1/progress"),
        {"headers": {"if-none-match": text, "x-operator": text}},
        *({"query": {"cursor": cursor, "since": cursor}} for cursor in (text, *cursors)),
        {"query": dict.fromkeys(("limit", "device", "weight", "days", "timeZone", "format"), text)},
        {"query": {"limit[$gt]": "1", "cursor[$ne]": "", "$where": text}},
    ]
    for change in changes:
        _assert_private(call(school, route, attacker.context, **change), victim)
    assert _of(school, victim) == before
    assert _count_of_others(school, attacker) == others
    assert not _names_of(list(school.database["progresses"].find({"userId": ObjectId(attacker.id)}))) & {
        "$gt",
        "$ne",
        "userid",
    }


def _count_of_others(backend: Backend, user: OldUser) -> int:
    return backend.database["progresses"].count_documents({"userId": {"$ne": ObjectId(user.id)}})


def _encoded(text: str) -> str:
    return text.replace("/", "%2F").replace("\u0000", "%00")


def _names_of(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(_names_of, value.values()))
    return set().union(*map(_names_of, value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("user", ["$$ROOT", "$userId", "a.b", "$", "x#y", "__proto__", "{}", "0", "../admin", "null"])
def test_a_learner_may_be_called_anything(school: Backend, user: str) -> None:
    """The issuer says what a learner is called: whoever bears a strange name is answered as all others are."""
    plain = "plain-" + user.encode().hex()
    strange = json.dumps(_walk(school, user)).replace(json.dumps(user), json.dumps(plain))
    assert json.loads(strange) == json.loads(json.dumps(_walk(school, plain)))


_FIRST = "POST /v1/progress"


def _walk(backend: Backend, user: str) -> list[Any]:
    """Ask every new route once as a learner; erasing comes last."""
    last = "DELETE /v1/me/data"
    routes = sorted((one for one in PRIVATE if not one.old), key=lambda one: (one.name == last, one.name != _FIRST))
    answers = [call(backend, one, identity_of(user)) for one in routes]
    assert {one.status for one in answers} <= {200, 409}
    assert backend.database["progresses"].count_documents({"userId": user}) == 0, "erased by the last"
    assert "applied" in json.dumps(answers[0].body)
    return [[one.status, _without_times(one.body)] for one in answers]


def _without_times(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        volatile = {"_id", "createdAt", "updatedAt", "changedAt", "nextCursor", "nextUpdateMs", "erasedAt"}
        return {name: _without_times(one) for name, one in value.items() if name not in volatile}
    return [_without_times(one) for one in value] if isinstance(value, list) else value


def test_an_admin_reaches_the_one_who_is_named(school: Backend) -> None:
    """The one field that may name another, on the one route for admins: so the refusals above are no accident."""
    (name,) = FOR_ADMINS
    route = next(one for one in PRIVATE if one.name == name)
    other, bystander, admin = OldUser(school), OldUser(school), OldUser(school, role="admin")
    for one in (other, bystander):
        one.update(10)
    before = _of(school, bystander)
    assert call(school, route, admin.context, body={**BODIES[name], "userId": other.id}).status == 200
    assert other.stored()["playback"]["attempt"] == 2
    assert _of(school, bystander) == before
