"""Identity: only what the authorizer says names a caller, and an expired saying names nobody."""

from typing import Any

import pytest

from playhead.api.identity import from_event, to_context
from playhead.domain.errors import Unauthorized
from playhead.domain.identity import Identity, Refusal
from tests.builders import NOW, http_event, identity_of

_EXPIRY = NOW // 1000


def _event(authorizer: dict[str, Any] | None) -> dict[str, Any]:
    return http_event("GET", "/", authorizer=authorizer)


def test_an_identity_comes_through_the_context_as_it_was() -> None:
    for identity in (
        Identity("learner-1", "instructor", "a b", None),
        Identity("$$ROOT", "", "", _EXPIRY + 1),
        Identity("learner-1", "student", "", None, 0),
        Identity("learner-1", "student", "", None, 7),
    ):
        assert from_event(_event(dict(to_context(identity))), NOW) == identity


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refusal_comes_through_as_its_code(refusal: Refusal) -> None:
    with pytest.raises(Unauthorized) as error:
        from_event(_event(dict(to_context(refusal))), NOW)
    assert error.value.code == refusal.value


def test_who_ran_out_since_the_check_is_nobody() -> None:
    with pytest.raises(Unauthorized) as error:
        from_event(_event(identity_of("learner-1", expiresAt=_EXPIRY)), NOW)
    assert error.value.code == "token_expired"
    assert from_event(_event(identity_of("learner-1", expiresAt=_EXPIRY)), NOW - 1).user_id == "learner-1"


@pytest.mark.parametrize("given", [_EXPIRY + 60, str(_EXPIRY + 60), float(_EXPIRY + 60)])
def test_however_the_gateway_spells_a_number(given: object) -> None:
    assert from_event(_event(identity_of("learner-1", expiresAt=given)), NOW).expires_at == _EXPIRY + 60


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"requestContext": None},
        {"requestContext": {"authorizer": None}},
        {"requestContext": {"authorizer": {"lambda": None}}},
        _event(None),
        _event({}),
        _event({"userId": ""}),
        _event({"refusal": "token_expired", "userId": ""}),
        {"requestContext": {"authorizer": {"userId": "learner-1"}}},
        {"requestContext": {"authorizer": {"jwt": {"claims": {"sub": "learner-1"}}}}},
        {"requestContext": {"userId": "learner-1"}, "headers": {"x-user-id": "learner-1"}},
    ],
)
def test_without_the_authorizers_word_there_is_nobody(event: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized):
        from_event(event, NOW)
