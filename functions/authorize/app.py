"""Authorize: says who a bearer token names, or why nobody; the functions behind answer the refusal as a problem.

A denial here could only be the gateway's bare 403; so the request goes on without an identity, and without one every
function answers 401, says why, and does nothing (docs/adr/0003).
"""

from typing import Any

from playhead.api.identity import to_context
from playhead.bootstrap import jwt_verifier


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer an HTTP API authorizer request of format 2.0."""
    headers = event.get("headers") or {}
    found = jwt_verifier().verify(headers.get("authorization", ""))
    return {"isAuthorized": True, "context": to_context(found)}
