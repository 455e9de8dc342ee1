"""Admission: the checks that stand before everything the old endpoints do in a course, on one read."""

from playhead.domain.enrolment import Enrolment, check_account, check_known
from playhead.domain.identity import Identity
from playhead.ports import Enrolments
from playhead.usecases.entitled import not_entitled


def admit(enrolments: Enrolments, identity: Identity, course_id: str) -> Enrolment:
    """Return the caller's enrolment. Raises Unauthorized, NotFound, Forbidden, StoreUnavailable, in this order."""
    enrolled = enrolments.of_course(identity.user_id, course_id, identity.user_id)
    (enrolment,) = check_account(identity, enrolled).enrolments
    check_known(enrolment)
    if not enrolment.bought:
        raise not_entitled()
    return enrolment
