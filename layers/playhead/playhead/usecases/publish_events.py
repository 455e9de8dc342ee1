"""Publish events: announce the completions that wait in the outbox, and only then take them out of it.

Whoever dies in between, or sweeps at the same time, announces them once more, under the same ids.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playhead.domain.announcement import Announcement, Waiting, course_completed, video_completed
from playhead.domain.course import Course, Weight, roll_up
from playhead.ports import CourseCatalogue, EventBus, Outbox, ProgressLists

BATCH = 100
BUDGET_SECONDS = 10  # well below the function's time-out; what is left comes with the next sweep


@dataclass(frozen=True, slots=True)
class Published:
    """What was announced, and how much the bus did not take; that stays in the outbox."""

    announced: tuple[Announcement, ...]
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishEvents:
    """The use case, with the ports it needs, and a timer in seconds.

    Each sweep asks a new catalogue, after the outbox: one that remembers may not know a video that was just completed.
    """

    outbox: Outbox
    bus: EventBus
    lists: ProgressLists
    new_catalogue: Callable[[], CourseCatalogue]
    timer: Callable[[], float]

    def __call__(self) -> Published:
        """Sweep until nothing waits, the bus refuses something, or time is up. Raises StoreUnavailable."""
        ends = self.timer() + BUDGET_SECONDS
        announced: list[Announcement] = []
        while True:
            waiting = self.outbox.waiting(BATCH)
            swept = self._sweep(waiting)
            announced += swept.announced
            if swept.refused or len(waiting) < BATCH or self.timer() > ends:
                return Published(tuple(announced), swept.refused)

    def _sweep(self, waiting: Sequence[Waiting]) -> Published:
        """Announce videos, then the courses that they complete; take out what of both the bus took."""
        videos = {one: video_completed(one) for one in waiting}
        untold = self.bus.put([*videos.values()])
        told = [one for one in waiting if videos[one] not in untold]
        courses = self._courses_completed(told)
        untold_courses = self.bus.put([*courses.values()])
        done = [one for one in told if courses.get(_course(one)) not in untold_courses]
        self.outbox.remove(done)
        every = [*videos.values(), *courses.values()]
        refused = [*untold, *untold_courses]
        return Published(tuple(one for one in every if one not in refused), len(refused))

    def _courses_completed(self, told: Sequence[Waiting]) -> dict[tuple[str, str], Announcement]:
        """Return the announcements of courses that are complete with one of these videos, which they must require.

        What a course is made of is the catalogue's word: without it no course is ever complete.
        """
        catalogue = self.new_catalogue()
        found = {}
        for user_id, course_id in dict.fromkeys(map(_course, told)):
            course = catalogue.course(course_id)
            brought = {one.key.video_id for one in told if _course(one) == (user_id, course_id)}
            if course and brought & _required(course):
                found[user_id, course_id] = self._course_completed(user_id, course)
        return {name: made for name, made in found.items() if made}

    def _course_completed(self, user_id: str, course: Course) -> Announcement | None:
        stored = self.lists.of_course(user_id, course.course_id)
        return course_completed(user_id, roll_up(user_id, course, stored, Weight.COUNT))


def _course(one: Waiting) -> tuple[str, str]:
    return one.key.user_id, one.key.course_id


def _required(course: Course) -> set[str]:
    return {one.video_id for one in course.videos if not one.optional}
