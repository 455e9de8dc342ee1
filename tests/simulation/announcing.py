"""Announcing in the simulation: the real sweep of the outbox, which dies anywhere, over a store and a bus that fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from playhead.domain.announcement import Announcement, Waiting
from playhead.domain.course import Course
from playhead.domain.errors import StoreUnavailable
from playhead.domain.progress import Progress
from playhead.domain.report import Key
from playhead.usecases.publish_events import PublishEvents

if TYPE_CHECKING:
    from tests.simulation.backend import Backend

EVERY_MS = 60_000


@dataclass
class Announcer:
    """The scheduled sweep, and what the bus was told; it comes each minute while anything waits."""

    backend: "Backend"
    known: Course
    told: list[Announcement] = field(default_factory=list)
    _is_due: bool = False

    def expect(self) -> None:
        """See to it that a sweep comes, since something waits."""
        if not self._is_due:
            self._is_due = True
            self.backend.occasions.clockwork.start(self._come, EVERY_MS)

    def _come(self) -> None:
        self._is_due = False
        if any(one.outbox for one in self.backend.store.everything()):
            self.expect()
            self._sweep()

    def _sweep(self) -> None:
        clockwork = self.backend.occasions.clockwork
        publish = PublishEvents(
            outbox=self, bus=self, lists=self, new_catalogue=lambda: self, timer=lambda: clockwork.now / 1000
        )
        try:
            publish()
        except StoreUnavailable:
            return

    def waiting(self, limit: int) -> list[Waiting]:
        """Return what waits."""
        found = self._ask_store(self.backend.store.everything)
        return [Waiting(one.key, entry) for one in found for entry in one.outbox][:limit]

    def remove(self, announced: Sequence[Waiting]) -> None:
        """Take out exactly these."""
        self._ask_store(partial(self.backend.store.take_out, announced))

    def put(self, announcements: Sequence[Announcement]) -> list[Announcement]:
        """Tell; whether it was heard is not sure where the answer is lost."""
        try:
            return self.backend.occasions.ask("bus", partial(self._hear, announcements))
        except StoreUnavailable:
            return list(announcements)

    def of_course(self, user_id: str, course_id: str) -> list[Progress]:
        """Return the learner's progress in the course's videos."""
        found = self._ask_store(self.backend.store.everything)
        return [replace(one, watched=()) for one in found if one.key[:2] == (user_id, course_id)]

    def page(self, user_id: str, start: Key | None, limit: int) -> tuple[list[Progress], Key | None]:
        """Return a page, as the port says; a sweep asks for none."""
        found = [one for one in self.of_course(user_id, self.known.course_id) if start is None or one.key >= start]
        return found[:limit], found[limit].key if len(found) > limit else None

    def unfinished(self, user_id: str, limit: int) -> list[Progress]:
        """Return what is not completed, as the port says; a sweep asks for none."""
        return [one for one in self.of_course(user_id, self.known.course_id) if not one.completed][:limit]

    def course(self, course_id: str) -> Course | None:
        """Return the one course."""
        return self.known if course_id == self.known.course_id else None

    def _ask_store[Answer](self, effect: Callable[[], Answer]) -> Answer:
        return self.backend.occasions.ask("store", effect)

    def _hear(self, announcements: Sequence[Announcement]) -> list[Announcement]:
        self.told += announcements
        return []
