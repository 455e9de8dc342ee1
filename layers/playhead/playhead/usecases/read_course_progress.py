"""Read course progress: the learner's roll-up over a course, as the catalogue has it today."""

from dataclasses import dataclass

from playhead.domain.course import CourseProgress, Weight, roll_up, uncatalogued
from playhead.ports import CourseCatalogue, Entitlement, ProgressLists
from playhead.usecases.entitled import check_entitled


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
        check_entitled(self.entitlement, user_id, course_id)
        stored = self.lists.of_course(user_id, course_id)
        course = self.catalogue.course(course_id) or uncatalogued(course_id, stored)
        return roll_up(user_id, course, stored, weight)
