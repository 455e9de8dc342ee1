"""Entitlement: the check that stands before everything a learner reads or changes in a course, or lets all pass."""

from playhead.domain.errors import Forbidden
from playhead.ports import Entitlement


def check_entitled(entitlement: Entitlement, user_id: str, course_id: str) -> None:
    """Let who may track the course pass. Raises Forbidden, StoreUnavailable."""
    if not entitlement.allows(user_id, course_id):
        raise not_entitled()


def not_entitled() -> Forbidden:
    """Return the refusal of who may not track a course."""
    return Forbidden("This learner is not entitled to the course.")


class OpenEntitlement:
    """The port Entitlement where anybody with a token may track anything, or where that has been checked already."""

    def allows(self, user_id: str, course_id: str) -> bool:  # noqa: ARG002 - the port's signature
        """Allow."""
        return True
