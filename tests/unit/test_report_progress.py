"""The use case of the write path on fakes: claims, merges, releases, and results in the order of the reports."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from playhead.domain.claim import Claim, Turn
from playhead.domain.errors import BreakerOpen, StoreUnavailable
from playhead.domain.interval import Interval
from playhead.domain.progress import MAX_RANGES_KEPT
from playhead.domain.report import Event, Key, Outcome, Report
from playhead.usecases.report_progress import ReportProgress
from playhead.usecases.reported import Result
from tests.builders import KEY, MINUTE, NOW, contribution, report, session_id
from tests.fakes import FakeBurst, FakeCatalogue, FakeEntitlement, FakeProgressStore, FakeQueue, FakeThrottle


@dataclass
class Recording(FakeThrottle):
    """A fake throttle that remembers what it was asked."""

    claims: list[Claim] = field(default_factory=list)

    def claim(self, claim: Claim) -> Turn:
        """Remember, and decide as the fake does."""
        self.claims.append(claim)
        return super().claim(claim)


@dataclass
class World:
    """A use case on fakes."""

    throttle: Recording = field(default_factory=Recording)
    store: FakeProgressStore = field(default_factory=FakeProgressStore)
    queue: FakeQueue = field(default_factory=FakeQueue)
    catalogue: FakeCatalogue = field(default_factory=FakeCatalogue)
    entitlement: FakeEntitlement = field(default_factory=lambda: FakeEntitlement({KEY.user_id: {KEY.course_id}}))

    def __call__(self, *reports: Report, now: int = NOW) -> tuple[Result, ...]:
        """Report, and return the results."""
        return self.use_case()(reports, now).results

    def use_case(self, **changes: Any) -> ReportProgress:  # noqa: ANN401 - any of its fields
        """Return the use case with the template's settings."""
        fields: dict[str, Any] = {
            "throttle": self.throttle,
            "burst": FakeBurst(),
            "store": self.store,
            "queue": self.queue,
            "catalogue": self.catalogue,
            "entitlement": self.entitlement,
            "interval": Interval(30_000, 90),
            "spacing_ms": 1000,
            "max_playback_rate": 2,
            "random": lambda: 0.0,
        }
        return ReportProgress(**(fields | changes))


def _video(number: int, **changes: Any) -> Report:  # noqa: ANN401 - any field of a report
    return report(key=KEY._replace(video_id=f"video-{number}"), **changes)


def _outcomes(results: tuple[Result, ...]) -> list[Outcome]:
    return [one.outcome for one in results]


def test_nothing_asks_for_nothing() -> None:
    world = World()
    assert world.use_case()([], NOW).results == ()
    assert world.throttle.claims == []


def test_the_window_is_the_interval_that_the_client_is_told() -> None:
    world = World()
    reported = world.use_case()([report()], NOW)
    assert [one.window_ms for one in world.throttle.claims] == [reported.next_update_ms]
    early = world(report(seq=2), now=NOW + reported.next_update_ms - 1)
    assert _outcomes(early) == [Outcome.THROTTLED]
    assert _outcomes(world(report(seq=3), now=NOW + reported.next_update_ms)) == [Outcome.APPLIED]


def test_a_slow_store_lengthens_the_interval() -> None:
    world = World(store=FakeProgressStore(slow=True))
    fresh = report(session_at=NOW - MINUTE, duration=3600)
    assert world.use_case()([fresh], NOW).next_update_ms == 45_000


def test_one_urgent_report_makes_its_keys_claim_urgent() -> None:
    world = World()
    world(_video(1, seq=1), _video(1, seq=2, event=Event.PAUSE), _video(2))
    assert [(one.key.video_id, one.urgent) for one in world.throttle.claims] == [("video-1", True), ("video-2", False)]


def test_one_claim_and_one_merge_a_key_and_the_order_kept() -> None:
    world = World()
    some = [_video(2, seq=2), _video(1), _video(2, seq=1, watched=((30, 60),)), _video(1, seq=9)]
    results = world(*some)
    assert _outcomes(results) == [Outcome.APPLIED] * 4
    assert sorted((one.key.video_id, one.seq) for one in world.throttle.claims) == [("video-1", 9), ("video-2", 2)]
    assert world.store.read(some[0].key).watched == ((0, 60),)


def test_the_same_report_twice_in_a_request_is_once() -> None:
    world = World()
    one = report()
    assert _outcomes(world(one, one)) == [Outcome.APPLIED] * 2
    assert world.store.read(KEY).watch_count == 1


def test_a_claim_names_its_sessions_highest_seq_though_the_clock_went_back() -> None:
    world = World()
    world(report(seq=6))
    results = world(report(seq=7, at=NOW + 58_000), report(seq=5, at=NOW + 59_000), now=NOW + 60_000)
    assert _outcomes(results) == [Outcome.APPLIED] * 2


def test_held_and_free_keys_each_get_their_own_answer() -> None:
    world = World()
    world(_video(1, seq=5))
    results = world(_video(1, seq=6), _video(2), _video(1, seq=4), now=NOW + 1000)
    assert _outcomes(results) == [Outcome.THROTTLED, Outcome.APPLIED, Outcome.THROTTLED]
    assert (results[0].retry_after_ms, results[0].since_ms) == (59_000, 1000)
    assert results[1].retry_after_ms is None


def test_progress_comes_back_to_a_request_of_one_report() -> None:
    world = World()
    (alone,) = world(report())
    assert alone.progress == world.store.read(KEY)
    assert all(one.progress is None for one in world(_video(2), _video(3)))


def test_who_is_not_entitled_claims_nothing() -> None:
    world = World()
    stranger = report(key=Key("learner-1", "course-2", "video-1"))
    results = world(stranger, report())
    assert _outcomes(results) == [Outcome.REJECTED, Outcome.APPLIED]
    assert results[0].reason == "not_entitled"
    assert [one.key for one in world.throttle.claims] == [KEY]


# --- the store is out of reach


def test_out_of_reach_of_the_store_reports_are_queued_as_believed() -> None:
    world = World(store=FakeProgressStore(reachable=False), catalogue=FakeCatalogue({"video-1": 700}))
    results = world(report(session_at=NOW, watched=((0, 600),)), _video(2), _video(2, seq=2, position=50))
    assert _outcomes(results) == [Outcome.QUEUED] * 3
    assert (results[0].clipped_seconds, results[0].reason, results[0].progress) == (540, "store_unavailable", None)
    ((deferred, delay),) = world.queue.sent
    assert (deferred.entitled, delay) == (True, 0)
    one, two = deferred.accepted
    assert ([each.watched for each in one.reports], one.catalogue_duration) == ([((0, 60),)], 700)
    assert ([each.seq for each in two.reports], two.received_at, two.unverified_seconds) == ([1, 2], NOW, 0)


def test_what_is_queued_keeps_its_turn() -> None:
    world = World(store=FakeProgressStore(reachable=False))
    world(report())
    assert _outcomes(world(report(seq=2), now=NOW + 1000)) == [Outcome.THROTTLED]
    assert len(world.queue.sent) == 1


def test_queued_and_merged_later_it_is_what_it_would_have_been() -> None:
    some = [report(), _video(2, watched=((5, 9),)), report(seq=2, session=session_id(NOW, 7), watched=((50, 60),))]
    online, offline = World(), World(store=FakeProgressStore(reachable=False))
    online(*some)
    offline(*some)
    offline.store.reachable = True
    for deferred, _ in offline.queue.sent:
        assert offline.store.merge_all([one.contribution() for one in deferred.accepted]) == []
    assert {one.key: offline.store.read(one.key) for one in some} == {
        one.key: online.store.read(one.key) for one in some
    }


def test_one_key_held_and_the_other_queued() -> None:
    world = World()
    world(_video(1))
    world.store.reachable = False
    assert _outcomes(world(_video(1, seq=2), _video(2), now=NOW + 1000)) == [Outcome.THROTTLED, Outcome.QUEUED]


def test_where_all_are_held_nothing_is_queued() -> None:
    world = World(entitlement=FakeEntitlement({KEY.user_id: {KEY.course_id}}))
    world(report())
    world.store.reachable = world.entitlement.reachable = False
    assert _outcomes(world(report(seq=2), now=NOW + 1000)) == [Outcome.THROTTLED]
    assert world.queue.sent == []


def test_entitlements_out_of_reach_are_left_to_the_replay() -> None:
    asked: list[str] = []
    store = FakeProgressStore(before_merge=lambda: asked.append("merge"))
    world = World(store=store, entitlement=FakeEntitlement(reachable=False))
    assert _outcomes(world(report(), _video(2))) == [Outcome.QUEUED] * 2
    assert [deferred.entitled for deferred, _ in world.queue.sent] == [False]
    assert asked == [], "nobody has said that it may be merged, and a store that is gone too would cost more time"


def test_what_was_refused_before_the_store_went_is_asked_again_by_the_replay() -> None:
    """The learner may be entitled by then; what is in the queue is refused there at the latest."""
    world = World(store=FakeProgressStore(erased={KEY.user_id: NOW}))
    store = world.store

    def go() -> None:
        store.reachable = False

    store.before_merge = go
    assert _outcomes(world(report())) == [Outcome.QUEUED]


def test_an_open_breaker_is_told() -> None:
    def refuse() -> None:
        raise BreakerOpen

    world = World(store=FakeProgressStore(before_merge=refuse))
    assert [one.reason for one in world(report())] == ["breaker_open"]


def test_without_store_and_queue_no_claim_is_left() -> None:
    world = World(store=FakeProgressStore(reachable=False), queue=FakeQueue(reachable=False))
    with pytest.raises(StoreUnavailable):
        world(_video(1), _video(2))
    world.store.reachable = True
    other = session_id(NOW, 7)
    assert _outcomes(world(_video(1, session=other), _video(2, session=other))) == [Outcome.APPLIED] * 2


@pytest.mark.parametrize("error", [SystemExit(), KeyboardInterrupt(), RuntimeError("a defect")], ids=repr)
def test_whatever_ends_a_merge_releases_all_claims(error: BaseException) -> None:
    def fail() -> None:
        raise error

    world = World(store=FakeProgressStore(before_merge=fail))
    with pytest.raises(type(error)):
        world(_video(1), _video(2))
    world.store.before_merge = lambda: None
    other = session_id(NOW, 7)
    assert _outcomes(world(_video(1, session=other), _video(2, session=other))) == [Outcome.APPLIED] * 2


def test_each_refusal_of_the_store_has_its_own_code() -> None:
    world = World()
    scattered = tuple((2 * number, 2 * number + 1) for number in range(MAX_RANGES_KEPT))
    world.store.merge(contribution(report(watched=scattered)))
    assert [one.reason for one in world(report())] == ["too_fragmented"]
    world.store.erased[KEY.user_id] = NOW
    assert [one.reason for one in world(_video(2))] == ["erased"]


def test_a_throttle_out_of_reach_is_asked_once_a_request() -> None:
    world = World(throttle=Recording(reachable=False))
    results = world(*(_video(number) for number in range(20)))
    assert _outcomes(results) == [Outcome.APPLIED] * 20
    assert all(one.unguarded for one in results)
    assert len(world.throttle.claims) == 1


def test_the_catalogues_duration_is_merged() -> None:
    world = World(catalogue=FakeCatalogue({"video-1": 60}))
    world(report(duration=40, watched=((0, 30),)))
    assert (world.store.read(KEY).duration, world.store.read(KEY).percentage) == (60, 50)


def test_what_is_clipped_is_told_and_not_merged() -> None:
    world = World()
    (result,) = world(report(session_at=NOW, watched=((0, 600),)))
    assert (result.outcome, result.clipped_seconds) == (Outcome.APPLIED, 540)
    assert world.store.read(KEY).watched == ((0, 60),)
