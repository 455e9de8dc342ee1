"""Entitlement: the check that stands before everything a learner reads or changes in a course."""

from playhead.domain.errors import Forbidden
from playhead.ports import Entitlement


def check_entitled(entitlement: Entitlement, user_id: str, course_id: str) -> None:
    """Let who may track the course pass. Raises Forbidden, StoreUnavailable."""
    if not entitlement.allows(user_id, course_id):
        message = "This learner is not entitled to the course."
        raise Forbidden(message)
