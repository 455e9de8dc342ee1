"""The burst limit of late reports, on the fake and on a real conditional write: the same requests get the same turn."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from local.ministack import LocalAws
from playhead.adapters.dynamodb_burst import DynamoDBBurst
from playhead.domain.claim import TooSoon, Unguarded
from playhead.domain.late import BURST_REQUESTS, STEP_MS
from playhead.ports import Burst
from tests.builders import NOW
from tests.fakes import FakeBurst

USER = "learner-1"


@pytest.fixture(params=["fake", "dynamodb"])
def burst(request: pytest.FixtureRequest) -> Iterator[Burst]:
    """Return the fake and the real one in turn."""
    if request.param == "fake":
        yield FakeBurst()
        return
    table: str = request.getfixturevalue("throttle_table")
    aws: LocalAws = request.getfixturevalue("aws")
    with closing(aws.client("dynamodb")) as client:
        yield DynamoDBBurst(client, table)


def test_a_burst_passes_and_the_next_waits_just_as_long_as_said(burst: Burst) -> None:
    assert [burst.book(USER, NOW) for _ in range(BURST_REQUESTS)] == [None] * BURST_REQUESTS
    assert burst.book(USER, NOW) == TooSoon(retry_after_ms=STEP_MS, since_ms=0)
    assert burst.book(USER, NOW + STEP_MS - 1) == TooSoon(retry_after_ms=1, since_ms=0)
    assert burst.book(USER, NOW + STEP_MS) is None
    assert burst.book(USER, NOW + STEP_MS) is not None


def test_after_a_rest_the_whole_burst_is_there_again(burst: Burst) -> None:
    for _ in range(BURST_REQUESTS):
        burst.book(USER, NOW)
    later = NOW + BURST_REQUESTS * STEP_MS
    assert [burst.book(USER, later) for _ in range(BURST_REQUESTS)] == [None] * BURST_REQUESTS


def test_learners_do_not_hold_each_other_up(burst: Burst) -> None:
    for _ in range(BURST_REQUESTS):
        burst.book(USER, NOW)
    assert burst.book(USER, NOW) is not None
    assert burst.book("learner-2", NOW) is None


def test_out_of_reach_it_lets_everybody_go_on(aws: LocalAws) -> None:
    with closing(aws.client("dynamodb")) as client:
        for gone in (DynamoDBBurst(client, "no-such-table"), FakeBurst(reachable=False)):
            assert gone.book(USER, NOW) == Unguarded()


def test_of_racing_requests_no_more_than_the_burst_pass(aws: LocalAws, throttle_table: str) -> None:
    with closing(aws.client("dynamodb")) as client, ThreadPoolExecutor(16) as pool:
        burst = DynamoDBBurst(client, throttle_table)
        passed = [one is None for one in pool.map(lambda _: burst.book(USER, NOW), range(60))]
    assert sum(passed) <= BURST_REQUESTS
    assert sum(passed) >= BURST_REQUESTS - 16  # who lost the race for the first booking may be told to come again
