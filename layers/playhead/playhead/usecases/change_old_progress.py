"""Change progress as the old application's clients ask for it: completion by hand, and an admin's reset."""

from dataclasses import dataclass, replace

from playhead.domain.enrolment import Enrolment, Published, check_account, check_admin, check_known
from playhead.domain.identity import Identity
from playhead.domain.report import Key
from playhead.ports import Enrolments
from playhead.usecases.admitted import admit
from playhead.usecases.change_progress import ChangeProgress
from playhead.usecases.entitled import OpenEntitlement


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOldProgress:
    """The use cases: the port they need, and the one way to change. `now` in ms.

    All raise Unauthorized, NotFound, Forbidden, StoreUnavailable.
    """

    enrolments: Enrolments
    change: ChangeProgress

    def complete(self, identity: Identity, course_id: str, video_id: str, now: int) -> tuple[Published, Enrolment]:
        """Complete a video by hand; return what is published of it then, and of the whole course."""
        enrolment = admit(self.enrolments, identity, course_id)
        key = Key(identity.user_id, course_id, video_id)
        completed = self._change().set_completed(key, now, completed=True)
        published = enrolment.of_video(video_id).completed_by_hand(completed)
        return published, enrolment.with_video(published)

    def reset(self, identity: Identity, course_id: str, video_id: str, learner_id: str, now: int) -> Published:
        """Begin a new attempt of a learner's video; only an admin may, who need not have bought the course."""
        enrolled = check_account(identity, self.enrolments.of_course(identity.user_id, course_id, learner_id))
        check_admin(identity, enrolled.account)
        check_known(enrolled.enrolments[0])
        return Published(self._change().reset(Key(learner_id, course_id, video_id), now))

    def _change(self) -> ChangeProgress:
        return replace(self.change, entitlement=OpenEntitlement())
