"""Read course progress: the learner's roll-up over a course, as the catalogue has it today."""

from dataclasses import dataclass

from playhead.domain.course import CourseProgress, Weight, roll_up, uncatalogued
from playhead.domain.errors import Forbidden
from playhead.ports import CourseCatalogue, Entitlement, ProgressLists


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCourseProgress:
    """The use case, with the ports it needs."""

    lists: ProgressLists
    catalogue: CourseCatalogue
    entitlement: Entitlement

    def __call__(self, user_id: str, course_id: str, weight: Weight) -> CourseProgress:
        """Return the roll-up, made of what was watched where no catalogue knows the course.

        Raises Forbidden, StoreUnavailable.
        """
        if not self.entitlement.allows(user_id, course_id):
            message = "This learner is not entitled to the course."
            raise Forbidden(message)
        stored = self.lists.of_course(user_id, course_id)
        course = self.catalogue.course(course_id) or uncatalogued(course_id, stored)
        return roll_up(user_id, course, stored, weight)
