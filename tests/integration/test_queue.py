"""Queue and replay through the handlers, on a real mongod and a real SQS: late is the same as at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from playhead import bootstrap
from playhead.domain.errors import StoreUnavailable
from playhead.domain.progress import Contribution, Progress
from playhead.ports import ProgressStore
from tests.builders import (
    HOUR,
    MINUTE,
    NOW,
    LambdaContext,
    http_event,
    identity_of,
    session_id,
    wire_report,
    wire_request,
)
from tests.handlers import Backend, Output

USER = "learner-1"
ROLES = ("report_progress", "replay_reports")


@dataclass
class Outage:
    """A real store that is out of reach while it is `on`; `after_merge` runs once it has merged."""

    store: ProgressStore
    on: bool = True
    after_merge: Callable[[], None] = field(default=lambda: None)

    def merge(self, contribution: Contribution) -> Progress | None:
        """Fail, or merge."""
        return self._do(lambda: self.store.merge(contribution))

    def merge_all(self, contributions: Sequence[Contribution]) -> list[Contribution]:
        """Fail, or merge."""
        return self._do(lambda: self.store.merge_all(contributions))

    def __getattr__(self, name: str) -> object:
        """Do everything else as the store does."""
        return getattr(self.store, name)

    def _do[Answer](self, merge: Callable[[], Answer]) -> Answer:
        if self.on:
            message = "gone"
            raise StoreUnavailable(message)
        answer = merge()
        self.after_merge()
        return answer


@pytest.fixture
def backend(make_backend: Callable[..., Any]) -> Iterator[Backend]:
    """Return a backend with the template's own spacing and window."""
    with make_backend() as backend:
        yield backend


@pytest.fixture
def outage(backend: Backend) -> Outage:
    """Let the store be out of reach for reporting and replaying."""
    outage = Outage(bootstrap.report_progress().store)
    for role in ROLES:
        cut_off = replace(getattr(bootstrap, role)(), store=cast("ProgressStore", outage))
        vars(backend.apps[role])[role] = lambda cut_off=cut_off: cut_off
    return outage


def _reports() -> list[dict[str, Any]]:
    second = {"session": session_id(NOW - 5 * MINUTE, 7), "device": "phone", "watched": [[100, 130]], "position": 130}
    return [
        wire_report(position=30.25),
        wire_report(**second),
        wire_report(videoId="video-2", watched=[[0, 10], [20, 30]], duration=60),
        wire_report(
            videoId="video-2",
            seq=2,
            watched=[[40, 300]],
            duration=300,
            at=NOW - HOUR,
            session=session_id(NOW - 2 * HOUR),
        ),
    ]


def _documents(backend: Backend) -> list[dict[str, Any]]:
    """Return what is stored, but for whose it is and when the database wrote it."""
    documents: list[dict[str, Any]] = backend.snapshot()[0]
    aside = {"_id", "userId", "updatedAt"}
    return [{name: value for name, value in one.items() if name not in aside} for one in documents]


def test_queued_and_replayed_it_is_as_if_it_had_been_applied(backend: Backend, outage: Outage) -> None:
    answer = backend.report(USER, wire_request(*_reports()))
    assert (answer.status, answer.outcomes) == (202, ["queued"] * 4)
    assert answer.body["nextUpdateMs"] > 0
    assert (_documents(backend), backend.queue.counts) == ([], (1, 0))
    outage.on = False
    assert backend.replay() == 1
    late = _documents(backend)
    assert backend.queue.counts == (0, 0)
    backend.database["progresses"].delete_many({})
    assert backend.report("learner-2", wire_request(*_reports())).outcomes == ["applied"] * 4
    assert late == _documents(backend)
    assert len(late) == 2


def test_reports_before_and_after_come_to_the_same(backend: Backend, outage: Outage) -> None:
    """Queued, then a later one applied, then the queued one replayed, twice."""
    backend.report(USER, wire_request(wire_report(event="pause")))
    outage.on = False
    later = wire_report(event="pause", seq=2, position=50, watched=[[30, 50]], at=NOW + MINUTE)
    backend.now = NOW + MINUTE
    assert backend.report(USER, wire_request(later, sentAt=backend.now)).outcomes == ["applied"]
    records = backend.queue.receive()
    for _ in range(2):
        assert backend.apps["replay_reports"].handler({"Records": records}, LambdaContext()) == {
            "batchItemFailures": []
        }
    body = backend.read(USER).body
    assert (body["position"], body["watched"], body["watchCount"]) == (50, [[0, 50]], 1)


def test_what_is_queued_holds_its_turn(backend: Backend, outage: Outage) -> None:
    assert outage.on
    backend.report(USER)
    assert backend.report(USER, wire_request(wire_report(seq=2))).outcomes == ["throttled"]


def test_held_and_queued_in_one_request_is_accepted(backend: Backend, outage: Outage) -> None:
    outage.on = False
    backend.report(USER)
    outage.on = True
    answer = backend.report(
        USER, wire_request(wire_report(seq=2), wire_report(videoId="video-2"), wire_report(seq="x"))
    )
    assert (answer.status, answer.outcomes) == (202, ["throttled", "queued", "rejected"])


def test_during_an_outage_nothing_ends_among_the_dead_letters(
    backend: Backend, outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message goes back as a new one, so that however long it takes its five tries are not used up."""
    backend.report(USER)
    assert backend.replay() == 1
    assert backend.queue.counts == (0, 1), "the old one is done, the new one waits for a minute"
    monkeypatch.setattr("playhead.usecases.replay_reports.POSTPONED_SECONDS", 0)
    backend.report(USER, wire_request(wire_report(videoId="video-2")))
    for _ in range(10):
        assert backend.replay() == 1
    (record,) = backend.queue.receive()
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    outage.on = False
    backend.queue.finish([record], backend.apps["replay_reports"].handler({"Records": [record]}, LambdaContext()))
    assert backend.read(USER, "course-1", "video-2").body["watched"] == [[0, 30]]


def test_a_message_that_the_store_never_answers_to_is_told_and_uses_up_its_tries_after_a_day(
    backend: Backend, outage: Outage, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going round as a new message it would have all its tries for ever, and no alarm would hear of it."""
    monkeypatch.setattr("playhead.usecases.replay_reports.POSTPONED_SECONDS", 0)
    assert outage.on
    backend.report(USER)
    backend.now = NOW + 2 * HOUR
    assert backend.replay() == 1
    assert output.metrics["ReplayWaiting"] == 2 * 3600
    backend.now = NOW + 25 * HOUR
    for tries in range(1, 6):
        (record,) = backend.queue.receive()
        assert record["attributes"]["ApproximateReceiveCount"] == str(tries)
        answer = backend.apps["replay_reports"].handler({"Records": [record]}, LambdaContext())
        assert answer == {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}
        backend.queue.finish([record], answer)
    assert {line["error"] for line in output.lines if line.get("message") == "replay failed"} == {"WaitedTooLong"}


def test_a_message_whose_merge_fails_stays(backend: Backend, outage: Outage, output: Output) -> None:
    """Deleted before the merge, it would be lost."""
    backend.report(USER)
    outage.on = False

    def fail() -> None:
        message = "a defect"
        raise RuntimeError(message)

    before, outage.after_merge = outage.after_merge, fail
    assert backend.replay() == 1
    assert backend.queue.counts == (1, 0)
    assert output.metrics["ReplayFailed"] == 1
    outage.after_merge = before
    assert backend.replay() == 1
    assert backend.queue.counts == (0, 0)
    assert backend.read(USER).body["watched"] == [[0, 30]]
    assert output.metrics["Replayed"] == 1


def test_killed_between_merge_and_deletion_the_second_replay_changes_nothing(backend: Backend, outage: Outage) -> None:
    backend.report(USER, wire_request(*_reports()))
    outage.on = False

    def die() -> None:
        raise SystemExit

    before, outage.after_merge = outage.after_merge, die
    records = backend.queue.receive()
    with pytest.raises(SystemExit):
        backend.apps["replay_reports"].handler({"Records": records}, LambdaContext())
    merged = _documents(backend)
    outage.after_merge = before
    backend.queue.finish(records, {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in records]})
    assert backend.replay() == 1
    assert _documents(backend) == merged
    assert backend.queue.counts == (0, 0)


def test_poison_holds_nobody_up(backend: Backend, outage: Outage, output: Output) -> None:
    """What cannot be read, and what the database chokes on: a document that some other system has broken."""
    backend.report(USER, wire_request(wire_report(videoId="broken")))
    backend.report(USER, wire_request(wire_report(videoId="whole")))
    backend.queue.sqs.send_message(QueueUrl=backend.queue.url, MessageBody="{")
    broken = {"userId": USER, "courseId": "course-1", "videoId": "broken", "playback": {"watched": "all of it"}}
    backend.database["progresses"].insert_one(broken)
    outage.on = False
    assert backend.replay() == 3
    assert backend.read(USER, "course-1", "whole").body["watched"] == [[0, 30]]
    assert backend.queue.counts == (2, 0)
    assert (output.metrics["Replayed"], output.metrics["ReplayFailed"]) == (1, 2)


def test_an_erasure_reaches_what_is_queued(backend: Backend, outage: Outage, output: Output) -> None:
    backend.report(USER)
    backend.now = NOW + MINUTE
    erased = backend.call("manage_data", http_event("DELETE", "/v1/me/data", authorizer=identity_of(USER)))
    assert erased.status == 200
    outage.on = False
    assert backend.replay() == 1
    assert backend.snapshot()[0] == []
    assert backend.queue.counts == (0, 0)
    assert output.metrics["ReplayRefused"] == 1
    assert [line["reason"] for line in output.lines if line.get("message") == "replay refused"] == ["erased"]


def test_a_reset_ends_what_was_queued_before_it(backend: Backend, outage: Outage, output: Output) -> None:
    outage.on = False
    backend.report(USER)
    outage.on = True
    backend.now = NOW + MINUTE
    assert backend.report(USER, wire_request(wire_report(seq=2, watched=[[30, 60]]))).outcomes == ["queued"]
    path = "/v1/courses/course-1/videos/video-1/progress"
    backend.call("change_progress", http_event("DELETE", path, authorizer=identity_of(USER)))
    outage.on = False
    assert backend.replay() == 1
    assert backend.read(USER).body["watched"] == []
    assert [line["reason"] for line in output.lines if line.get("message") == "replay refused"] == ["attempt_over"]


def test_who_was_not_entitled_has_nothing_replayed(make_backend: Callable[..., Any], output: Output) -> None:
    with make_backend(Entitlement="collection") as backend:
        backend.database["users"].insert_one({"_id": "entitled", "purchasedCourses": ["course-1"]})
        whole = bootstrap.report_progress()

        class Gone:
            def allows(self, user_id: str, course_id: str) -> bool:
                del user_id, course_id
                message = "gone"
                raise StoreUnavailable(message)

        cut_off = replace(whole, entitlement=Gone())
        vars(backend.apps["report_progress"]).update(report_progress=lambda: cut_off)
        assert backend.report("entitled").outcomes == ["queued"]
        assert backend.report("stranger").outcomes == ["queued"]
        assert backend.replay() == 2
        assert [one["userId"] for one in backend.snapshot()[0]] == ["entitled"]
        refused = [line for line in output.lines if line.get("message") == "replay refused"]
        assert [(one["user_id"], one["reason"]) for one in refused] == [("stranger", "not_entitled")]


def test_the_breaker_is_told(backend: Backend, outage: Outage, output: Output) -> None:
    """The real store behind its breaker: three failures, of which the third was not asked for."""
    guarded = cast("Any", outage.store)
    outage.on = False
    inner = guarded._store  # noqa: SLF001 - the one seam
    try:
        guarded._store = Outage(inner)  # noqa: SLF001 - as above
        answers = [backend.report(USER, wire_request(wire_report(videoId=f"v{number}"))) for number in range(3)]
    finally:
        guarded._store = inner  # noqa: SLF001 - as above
    assert [one.status for one in answers] == [202] * 3
    assert [one["reason"] for one in output.reports] == ["store_unavailable"] * 2 + ["breaker_open"]
    assert (output.metrics["ReportsQueued"], output.metrics["BreakerOpen"]) == (3, 1)
