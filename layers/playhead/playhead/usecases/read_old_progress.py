"""Read progress as the old application's clients ask for it: one read each, checked before it is told."""

from dataclasses import dataclass

from playhead.domain.enrolment import Enrolment, Lesson, Published, check_account
from playhead.domain.identity import Identity
from playhead.ports import Enrolments, VideoLinks
from playhead.usecases.admitted import admit


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOldProgress:
    """The use cases, with the port they need. All raise Unauthorized, NotFound, Forbidden, StoreUnavailable."""

    enrolments: Enrolments

    def video(self, identity: Identity, course_id: str, video_id: str) -> Published:
        """Return what is published of a video, zeros where nothing is stored."""
        return admit(self.enrolments, identity, course_id).of_video(video_id)

    def course(self, identity: Identity, course_id: str) -> Enrolment:
        """Return a course with what is published of its videos."""
        return admit(self.enrolments, identity, course_id)

    def dashboard(self, identity: Identity) -> tuple[Enrolment, ...]:
        """Return every course that the caller bought."""
        return check_account(identity, self.enrolments.of_learner(identity.user_id)).enrolments

    def next_video(self, identity: Identity, course_id: str, video_id: str) -> Lesson | None:
        """Return the video after one in the course's order; None after the last, and after one not of the course."""
        lessons = admit(self.enrolments, identity, course_id).course.lessons
        places = {one.video_id: place for place, one in enumerate(lessons)}
        following = places.get(video_id, len(lessons)) + 1
        return lessons[following] if following < len(lessons) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkVideos:
    """The use case of playing a course's videos, with the port it needs."""

    links: VideoLinks

    def __call__(self, enrolment: Enrolment) -> dict[str, str]:
        """Return the address of each of a course's videos by its id, empty where there is none."""
        return {one.video_id: self.links.link(one.s3_key) for one in enrolment.course.lessons}
