"""The circuit breaker: closed, open after failures in a row, one trial after a rest."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from playhead.adapters.guarded import GuardedEntitlement, GuardedStore, GuardedThrottle
from playhead.domain.breaker import Breaker
from playhead.domain.claim import Claim, Granted, TooSoon, Turn, Unguarded
from playhead.domain.errors import BreakerOpen, StoreUnavailable
from tests.builders import KEY, claim, contribution
from tests.fakes import FakeBurst, FakeEntitlement, FakeProgressStore, FakeThrottle


@dataclass
class Asked:
    """A store with a breaker, a clock to set, and a count of how often the store was really asked."""

    now: float = 1000.0
    count: int = 0
    store: FakeProgressStore = field(default_factory=FakeProgressStore)
    reachable: bool = True

    def __post_init__(self) -> None:
        """Count, and fail as told."""
        self.store.before_merge = self._ask
        self.guarded = GuardedStore(self.store, Breaker(lambda: self.now, failures=2, rest_seconds=10))

    def _ask(self) -> None:
        self.count += 1
        if not self.reachable:
            message = "out of reach"
            raise StoreUnavailable(message)

    def merge(self) -> str:
        """Merge, and say what came of it."""
        try:
            self.guarded.merge(contribution())
        except StoreUnavailable as error:
            return type(error).__name__
        return "merged"


def test_failures_in_a_row_open_it_and_asking_costs_nothing_then() -> None:
    asked = Asked(reachable=False)
    assert [asked.merge() for _ in range(5)] == ["StoreUnavailable"] * 2 + ["BreakerOpen"] * 3
    assert asked.count == 2


def test_failures_with_an_answer_between_do_not() -> None:
    asked = Asked()
    for reachable in (False, True) * 3:
        asked.reachable = reachable
        asked.merge()
    assert asked.count == 6


def test_after_a_rest_one_tries_and_an_answer_closes_it() -> None:
    asked = Asked(reachable=False)
    asked.merge()
    asked.merge()
    asked.now += 9.9
    assert asked.merge() == "BreakerOpen"
    asked.now += 0.1
    asked.reachable = True
    assert [asked.merge() for _ in range(3)] == ["merged"] * 3
    assert not asked.guarded.is_slow()


def test_a_trial_that_fails_opens_it_again() -> None:
    asked = Asked(reachable=False)
    asked.merge()
    asked.merge()
    asked.now += 10
    assert [asked.merge(), asked.merge()] == ["StoreUnavailable", "BreakerOpen"]
    assert asked.count == 3


def test_of_those_who_come_at_once_one_tries() -> None:
    breaker = Breaker(lambda: 0.0, failures=1, rest_seconds=0.0)
    now = [0.0]
    breaker = Breaker(lambda: now[0], failures=1, rest_seconds=10)
    with pytest.raises(StoreUnavailable):
        breaker.run(_fail)
    now[0] = 10

    def trial() -> str:
        with pytest.raises(BreakerOpen):
            breaker.run(lambda: "a second")
        return "the one"

    assert breaker.run(trial) == "the one"


def test_other_errors_are_no_outage() -> None:
    breaker = Breaker(lambda: 0.0, failures=1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            breaker.run(lambda: 1 // 0)
    assert not breaker.is_open


def test_all_that_a_store_is_asked_goes_through_its_breaker() -> None:
    asked = Asked(store=FakeProgressStore(reachable=False))
    questions: tuple[Callable[[], object], ...] = (
        lambda: asked.guarded.merge_all([contribution()]),
        lambda: asked.guarded.read(KEY),
        lambda: asked.guarded.viewings(KEY),
        lambda: asked.guarded.erased_at("learner-1"),
    )
    for question in questions[:2]:
        with pytest.raises(StoreUnavailable):
            question()
    for question in questions:
        with pytest.raises(BreakerOpen):
            question()
    assert asked.guarded.is_slow(), "clients are told to come back later"


def test_entitlements_have_a_breaker_of_their_own() -> None:
    guarded = GuardedEntitlement(FakeEntitlement(reachable=False), Breaker(lambda: 0.0, failures=1))
    with pytest.raises(StoreUnavailable):
        guarded.allows("learner-1", "course-1")
    with pytest.raises(BreakerOpen):
        guarded.allows("learner-1", "course-1")


@dataclass
class AskedThrottle(FakeThrottle):
    """A throttle that counts how often it was asked."""

    count: int = 0

    def claim(self, claim: Claim) -> Turn:
        """Count, and decide."""
        self.count += 1
        return super().claim(claim)


def test_a_throttle_out_of_reach_gives_everybody_a_turn_and_is_asked_no_more() -> None:
    throttle, burst = AskedThrottle(reachable=False), FakeBurst(reachable=False)
    now = [0.0]
    guarded = GuardedThrottle(throttle, burst, Breaker(lambda: now[0], rest_seconds=10))
    assert guarded.claim(claim()) == Unguarded()
    assert guarded.book("learner-1", 0) == Unguarded(), "it is the same table"
    throttle.reachable = burst.reachable = True
    assert [guarded.claim(claim()) for _ in range(3)] == [Unguarded()] * 3
    assert guarded.release(claim(), Granted("token", None)) == Unguarded()
    assert guarded.book("learner-1", 0) == Unguarded()
    assert throttle.count == 1
    now[0] = 10
    assert isinstance(guarded.claim(claim()), Granted)
    assert guarded.book("learner-1", 0) is None


def test_refusals_and_releases_are_answers() -> None:
    throttle = FakeThrottle()
    guarded = GuardedThrottle(throttle, FakeBurst(), Breaker(lambda: 0.0, failures=1))
    turn = guarded.claim(claim())
    assert isinstance(turn, Granted)
    assert isinstance(guarded.claim(claim(seq=2)), TooSoon)
    assert guarded.release(claim(), turn) is None
    assert isinstance(guarded.claim(claim(seq=2)), Granted)


def test_a_hundred_claims_to_release_wait_for_a_dead_throttle_no_longer_than_two() -> None:
    throttle = FakeThrottle()
    guarded = GuardedThrottle(throttle, FakeBurst(), Breaker(lambda: 0.0))
    claims = [claim(key=KEY._replace(video_id=f"video-{number}")) for number in range(100)]
    turns = [guarded.claim(one) for one in claims]
    throttle.reachable = False
    for one, turn in zip(claims, turns, strict=True):
        assert isinstance(turn, Granted)
        guarded.release(one, turn)
    throttle.reachable = True
    again = [throttle.claim(replace(one, seq=2)) for one in claims]
    assert all(isinstance(one, TooSoon) for one in again), "none of them was released: they run out by themselves"


def _fail() -> None:
    message = "out of reach"
    raise StoreUnavailable(message)
