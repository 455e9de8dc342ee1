"""Completed videos and courses are announced, at least once and under one id, whoever dies in between."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Any

import pytest

from playhead import bootstrap
from playhead.adapters.mongo_documents import to_date
from playhead.domain.announcement import Waiting
from playhead.domain.errors import StoreUnavailable
from playhead.ports import Outbox
from playhead.usecases.publish_events import BATCH, BUDGET_SECONDS
from tests.builders import (
    HOUR,
    MINUTE,
    NOW,
    http_event,
    identity_of,
    report_event,
    session_id,
    wire_report,
    wire_request,
)
from tests.fakes import FakeEventBus
from tests.handlers import Backend, Output
from tests.workers import Workers

COURSE = "certified"


def watched(video: str, *, at: int = NOW, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the wire
    """Return a request that tells that nearly all of a video was watched."""
    fields = {"courseId": COURSE, "videoId": video, "watched": [[0, 590]], "position": 590, "event": "ended", "at": at}
    session = session_id(at - HOUR)
    return wire_request(wire_report(**({"session": session} | fields | changes)), sentAt=at)


def complete(backend: Backend, user: str, *videos: str, at: int = NOW) -> None:
    """Complete videos by watching them."""
    backend.now = at
    for video in videos:
        assert backend.report(user, watched(video, at=at)).outcomes == ["applied"]


def put_course(backend: Backend, *videos: str, optional: Sequence[str] = ()) -> None:
    """Let the catalogue know the course."""
    backend.database["courses"].replace_one({"_id": COURSE}, {"videos": [*videos, *optional]}, upsert=True)
    for video in (*videos, *optional):
        one = {"duration": 600, "optional": video in optional}
        backend.database["videos"].replace_one({"_id": video}, one, upsert=True)


@pytest.fixture
def user(backend: Backend) -> str:
    """Return a learner of this test's own; no course is known, and nothing waits."""
    backend.database["courses"].delete_many({})
    backend.database["progresses"].delete_many({})
    backend.bus.received()
    return token_hex(4)


def test_a_completed_video_is_announced_once(backend: Backend, user: str, output: Output) -> None:
    complete(backend, user, "a")
    assert backend.publish() == {"announced": 1, "refused": 0}
    ((kind, detail),) = backend.bus.details()
    assert (kind, detail.pop("id")) == ("video.completed", output.lines[-2]["id"])
    assert detail == {
        "userId": user,
        "courseId": COURSE,
        "videoId": "a",
        "attempt": 1,
        "completedAt": "2027-01-15T08:00:00.000Z",
    }
    assert output.metrics["EventsAnnounced"] == 1
    backend.report(user, watched("a", at=NOW + 1, seq=2))
    assert backend.publish() == {"announced": 0, "refused": 0}
    assert backend.bus.details() == []


def test_a_completion_by_hand_and_each_attempt_are_announced(backend: Backend, user: str) -> None:
    backend.now = NOW
    path = f"/v1/courses/{COURSE}/videos/by-hand"
    by_hand = http_event("PUT", f"{path}/completion", body={"completed": True}, authorizer=identity_of(user))
    reset = http_event("DELETE", f"{path}/progress", authorizer=identity_of(user))
    for event in (by_hand, by_hand, reset, by_hand):
        assert backend.call("change_progress", event).status == 200
    assert backend.publish() == {"announced": 2, "refused": 0}
    details = [detail for _, detail in backend.bus.details()]
    assert sorted(one["attempt"] for one in details) == [1, 2]
    assert len({one["id"] for one in details}) == 2


def test_an_environment_that_dies_right_after_the_merge_has_put_it_in_the_outbox(backend: Backend, user: str) -> None:
    job = ("report_progress", report_event(user, watched("dead")))
    with Workers(1, backend.environment) as worker:
        assert worker.die_at_merge(job, NOW, merged=True) == [-9]
    assert backend.publish() == {"announced": 1, "refused": 0}
    ((_, detail),) = backend.bus.details()
    assert (detail["userId"], detail["videoId"]) == (user, "dead")


def test_of_completions_that_race_in_many_processes_one_is_announced(backend: Backend, user: str) -> None:
    now = bootstrap.now_ms()
    jobs = [
        (
            "report_progress",
            report_event(user, watched(f"v{round_}", at=now, seq=seq, session=session_id(now - HOUR, seq))),
        )
        for round_ in range(5)
        for seq in range(24)
    ]
    with Workers(8, backend.environment) as workers:
        answers = workers.race(jobs)
    assert {one["statusCode"] for one in answers} == {200}
    assert backend.publish() == {"announced": 5, "refused": 0}
    assert sorted(detail["videoId"] for _, detail in backend.bus.details()) == [f"v{number}" for number in range(5)]


def test_a_completed_course_is_announced_with_its_last_required_video(backend: Backend, user: str) -> None:
    put_course(backend, "a", "b", optional=["extra"])
    complete(backend, user, "a", "extra")
    backend.publish()
    assert {kind for kind, _ in backend.bus.details()} == {"video.completed"}
    complete(backend, user, "b", at=NOW + MINUTE)
    assert backend.publish() == {"announced": 2, "refused": 0}
    (course, _) = backend.bus.details()
    assert course[0] == "course.completed"
    id_ = course[1].pop("id")
    assert course[1] == {"userId": user, "courseId": COURSE, "completedAt": "2027-01-15T08:01:00.000Z"}

    put_course(backend, "a", "b", "c", optional=["extra"])
    complete(backend, user, "c", at=NOW + HOUR)
    backend.publish()
    (again, _) = backend.bus.details()
    assert again[0] == "course.completed"
    assert again[1]["id"] != id_


def test_a_course_is_announced_once_where_its_videos_are_completed_together(backend: Backend, user: str) -> None:
    put_course(backend, "a", "b")
    complete(backend, user, "a", "b")
    assert backend.publish() == {"announced": 3, "refused": 0}
    assert [kind for kind, _ in backend.bus.details()] == ["course.completed", "video.completed", "video.completed"]


def test_an_optional_video_completes_no_course_and_an_unknown_course_is_never_complete(
    backend: Backend, user: str
) -> None:
    complete(backend, user, "a")
    backend.publish()
    put_course(backend, "a", optional=["extra"])
    complete(backend, user, "extra")
    backend.publish()
    assert {kind for kind, _ in backend.bus.details()} == {"video.completed"}


@pytest.mark.parametrize("refused", ["video.completed", "course.completed"])
def test_what_the_bus_does_not_take_stays_and_is_announced_later_under_the_same_id(
    backend: Backend, user: str, refused: str
) -> None:
    put_course(backend, "a")
    complete(backend, user, "a")
    deaf = FakeEventBus(refused={refused})
    published = replace(bootstrap.publish_events(), bus=deaf)()
    assert published.refused == 1
    heard = {one.type: one.id for one in deaf.taken}
    assert backend.publish() == {"announced": 2, "refused": 0}
    told = {kind: detail["id"] for kind, detail in backend.bus.details()}
    assert set(told) == {"video.completed", "course.completed"}
    assert heard.items() <= told.items()


@dataclass
class DyingOutbox:
    """An outbox whose sweeper dies before it takes anything out."""

    outbox: Outbox

    def waiting(self, limit: int) -> list[Waiting]:
        """Return what waits."""
        return self.outbox.waiting(limit)

    def remove(self, announced: Sequence[Waiting]) -> None:
        """Die."""
        assert announced
        message = "out of reach"
        raise StoreUnavailable(message)


def test_a_sweeper_that_dies_before_it_takes_out_what_it_announced_only_repeats_it(backend: Backend, user: str) -> None:
    put_course(backend, "a")
    complete(backend, user, "a")
    sweeper = bootstrap.publish_events()
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            replace(sweeper, outbox=DyingOutbox(sweeper.outbox))()
    backend.publish()
    ids = [detail["id"] for _, detail in backend.bus.details()]
    assert (len(ids), len(set(ids))) == (6, 2)
    assert backend.publish() == {"announced": 0, "refused": 0}


def test_many_are_announced_in_one_go_as_long_as_there_is_time(backend: Backend, user: str) -> None:
    videos = [f"v{number}" for number in range(BATCH + 20)]
    backend.database["progresses"].insert_many(
        {
            "userId": user,
            "courseId": COURSE,
            "videoId": video,
            "outbox": [{"type": "video.completed", "at": to_date(NOW), "attempt": 1}],
        }
        for video in videos
    )
    late = iter([0, BUDGET_SECONDS + 1])
    assert len(replace(bootstrap.publish_events(), timer=lambda: next(late))().announced) == BATCH
    assert backend.publish() == {"announced": 20, "refused": 0}
    assert sorted(detail["videoId"] for _, detail in backend.bus.details()) == sorted(videos)
