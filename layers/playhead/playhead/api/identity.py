"""The caller's identity: only ever what the authorizer says in the request's context; without one nothing goes on."""

from collections.abc import Mapping
from typing import Any

from playhead.domain.errors import Unauthorized
from playhead.domain.identity import Identity, Refusal


def to_context(found: Identity | Refusal) -> dict[str, str | int]:
    """Return what the authorizer hands to the functions behind it: an identity or why there is none."""
    if isinstance(found, Refusal):
        return {"refusal": found.value}
    context: dict[str, str | int] = {"userId": found.user_id, "role": found.role, "scope": found.scope}
    stated = {"expiresAt": found.expires_at, "tokenVersion": found.token_version}
    return context | {name: claim for name, claim in stated.items() if claim is not None}


def from_event(event: Mapping[str, Any], now: int) -> Identity:
    """Return who calls, at the time `now` in ms. Raises Unauthorized, also for a token that ran out since the check.

    The gateway may remember the authorizer's answer for some minutes, so expiry is looked at again on each request.
    """
    context = ((event.get("requestContext") or {}).get("authorizer") or {}).get("lambda") or {}
    user_id = context.get("userId")
    if not user_id:
        raise Unauthorized(context.get("refusal", Refusal.MISSING))
    expires_at = int(context["expiresAt"]) if "expiresAt" in context else None
    if expires_at is not None and expires_at * 1000 <= now:
        raise Unauthorized(Refusal.EXPIRED)
    token_version = int(context["tokenVersion"]) if "tokenVersion" in context else None
    return Identity(user_id, context.get("role", ""), context.get("scope", ""), expires_at, token_version)
