"""The port Throttle, the same promises of the fake and of DynamoDB: whose turn it is, and how it is put back."""
# ruff: noqa: FBT001, PLR0917 - a case of a table comes as arguments

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.config import Config

from local.ministack import LocalAws
from local.processes import free_port
from playhead.adapters.dynamodb_throttle import DynamoDBThrottle
from playhead.domain.claim import Claim, Granted, LastClaim, Overtaken, TooSoon, Turn, Unguarded
from playhead.domain.report import Key
from playhead.ports import Throttle
from tests.builders import NOW, claim, session_id
from tests.fakes import FakeThrottle

OURS, ANOTHER = session_id(NOW - 600_000, 1), session_id(NOW - 500_000, 2)


@dataclass(frozen=True)
class Kind:
    """One kind of throttle: one that works, one that cannot be reached."""

    throttle: Throttle
    unreachable: Callable[[], Throttle]


@pytest.fixture(params=["fake", "dynamodb"])
def kind(request: pytest.FixtureRequest) -> Iterator[Kind]:
    if request.param == "fake":
        yield Kind(FakeThrottle(), lambda: FakeThrottle(reachable=False))
        return
    aws: LocalAws = request.getfixturevalue("aws")
    table: str = request.getfixturevalue("throttle_table")
    with closing(aws.client("dynamodb")) as client, closing(_closed_client()) as nowhere:
        yield Kind(DynamoDBThrottle(client, table), lambda: DynamoDBThrottle(nowhere, table))


@pytest.fixture
def throttle(kind: Kind) -> Throttle:
    return kind.throttle


def _closed_client() -> Any:  # noqa: ANN401 - one of boto3's many client types
    quick = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
    closed = LocalAws(f"http://127.0.0.1:{free_port()}")
    client = closed.client("dynamodb")
    client.meta.config.merge(quick)
    return client


def _granted(turn: Turn) -> Granted:
    assert isinstance(turn, Granted), turn
    return turn


def _last(of: Claim, **changes: Any) -> LastClaim:  # noqa: ANN401 - any field of a last claim
    fields: dict[str, Any] = {
        "session": of.session,
        "seq": of.seq,
        "claimed_at": of.now,
        "next_write_at": of.now + of.window_ms,
        "watched": of.watched,
    }
    return LastClaim(**(fields | changes))


# --- whose turn


@pytest.mark.parametrize("urgent", [False, True])
def test_a_key_that_was_never_claimed_is_free(throttle: Throttle, urgent: bool) -> None:
    assert _granted(throttle.claim(claim(urgent=urgent))).last is None


def test_a_claim_learns_of_the_last_one(throttle: Throttle) -> None:
    first, second = claim(seq=3), claim(session=ANOTHER, seq=9, now=NOW + 30_000, watched=(30, 60))
    throttle.claim(first)
    assert _granted(throttle.claim(second)).last == _last(first)
    assert _granted(throttle.claim(claim(seq=4, now=NOW + 60_000))).last == _last(second)


@pytest.mark.parametrize(
    ("session", "seq", "urgent", "after", "expected"),
    [
        (OURS, 6, False, 0, TooSoon(30_000, 0)),
        (OURS, 6, False, 1000, TooSoon(29_000, 1000)),
        (OURS, 6, False, 29_999, TooSoon(1, 29_999)),
        (OURS, 6, False, 30_000, Granted),
        (ANOTHER, 1, False, 29_999, TooSoon(1, 29_999)),
        (ANOTHER, 1, False, 30_000, Granted),
        (ANOTHER, 7, False, 1000, TooSoon(29_000, 1000)),
        (OURS, 6, True, 999, TooSoon(1, 999)),
        (OURS, 6, True, 1000, Granted),
        (ANOTHER, 1, True, 999, TooSoon(1, 999)),
        (ANOTHER, 1, True, 1000, Granted),
        (OURS, 5, False, 0, TooSoon(1000, 0)),
        (OURS, 5, False, 999, TooSoon(1, 999)),
        (OURS, 5, False, 1000, Granted),
        (OURS, 5, True, 999, TooSoon(1, 999)),
        (OURS, 5, True, 1000, Granted),
        (OURS, 4, False, 0, Overtaken()),
        (OURS, 4, False, 60_000, Overtaken()),
        (OURS, 4, True, 60_000, Overtaken()),
        (ANOTHER, 5, False, 1000, TooSoon(29_000, 1000)),
    ],
)
def test_whose_turn_it_is(
    throttle: Throttle,
    session: str,
    seq: int,
    urgent: bool,
    after: int,
    expected: object,
) -> None:
    throttle.claim(claim(session=OURS, seq=5))
    turn = throttle.claim(claim(session=session, seq=seq, urgent=urgent, now=NOW + after))
    assert turn == expected or (expected is Granted and isinstance(turn, Granted))


def test_a_refused_claim_changes_nothing(throttle: Throttle) -> None:
    throttle.claim(claim(session=OURS, seq=5))
    for refused in (claim(session=ANOTHER, now=NOW + 29_999), claim(session=OURS, seq=4, now=NOW + 90_000)):
        assert not isinstance(throttle.claim(refused), Granted)
    turn = throttle.claim(claim(session=OURS, seq=6, now=NOW + 30_000))
    assert _granted(turn).last == _last(claim(session=OURS, seq=5))


def test_no_spacing_lets_every_urgent_claim_through(throttle: Throttle) -> None:
    for seq in range(5):
        assert isinstance(throttle.claim(claim(seq=seq, urgent=True, spacing_ms=0)), Granted)


def test_an_urgent_claim_opens_a_window_too(throttle: Throttle) -> None:
    throttle.claim(claim(seq=5, urgent=True))
    assert throttle.claim(claim(seq=6, now=NOW + 10_000)) == TooSoon(20_000, 10_000)


def test_the_largest_numbers_of_the_wire(throttle: Throttle) -> None:
    largest = claim(seq=2**53 - 1, now=2**45, watched=(0, 172_800))
    throttle.claim(largest)
    assert _granted(throttle.claim(claim(session=ANOTHER, seq=0, now=2**46))).last == _last(largest)


def test_times_decide_and_not_existence(throttle: Throttle) -> None:
    """An item whose time to live is over may linger for days."""
    throttle.claim(claim())
    assert isinstance(throttle.claim(claim(session=ANOTHER, now=NOW + 100 * 24 * 3_600_000)), Granted)


def test_of_many_claims_at_once_one_is_granted(throttle: Throttle) -> None:
    sessions = [session_id(NOW, number) for number in range(48)]
    for round_ in range(5):
        key = Key("learner-1", "course-1", f"video-{round_}")
        claims = [claim(key=key, session=session) for session in sessions]
        with ThreadPoolExecutor(16) as pool:
            turns = list(pool.map(throttle.claim, claims))
        assert sum(isinstance(turn, Granted) for turn in turns) == 1
        assert {turn for turn in turns if not isinstance(turn, Granted)} == {TooSoon(30_000, 0)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Key("a#b", "c", "d"), Key("a", "b#c", "d")),
        (Key("a#b", "c", "d"), Key("a", "b", "c#d")),
        (Key("a%23b", "c", "d"), Key("a#b", "c", "d")),
        (Key("a%2523b", "c", "d"), Key("a%23b", "c", "d")),
        (Key("a", "b", "c"), Key("A", "b", "c")),
        (Key("\u00e9", "b", "c"), Key("e\u0301", "b", "c")),
        (Key("a/b", "c", "d"), Key("a", "b/c", "d")),
        (Key("a b", "c", "d"), Key("a+b", "c", "d")),
    ],
)
def test_different_keys_never_share_a_turn(throttle: Throttle, one: Key, other: Key) -> None:
    assert isinstance(throttle.claim(claim(key=one)), Granted)
    assert isinstance(throttle.claim(claim(key=other)), Granted)
    assert isinstance(throttle.claim(claim(key=one)), TooSoon)


# --- the release


def test_a_released_first_claim_leaves_the_key_free(throttle: Throttle) -> None:
    first = claim(seq=5)
    throttle.release(first, _granted(throttle.claim(first)))
    for other in (claim(session=ANOTHER, seq=1), claim(key=Key("x", "y", "z"))):
        assert _granted(throttle.claim(other)).last is None


@pytest.mark.parametrize("seq", [1, 5, 6])
def test_a_released_first_claim_holds_nothing_of_its_session(throttle: Throttle, seq: int) -> None:
    first = claim(seq=5)
    throttle.release(first, _granted(throttle.claim(first)))
    assert isinstance(throttle.claim(claim(seq=seq)), Granted)


def test_a_release_restores_what_was_there(throttle: Throttle) -> None:
    first, second = claim(seq=5), claim(session=ANOTHER, seq=1, now=NOW + 30_000)
    throttle.claim(first)
    throttle.release(second, _granted(throttle.claim(second)))
    assert throttle.claim(claim(seq=4, now=NOW + 30_000)) == Overtaken()
    assert throttle.claim(claim(seq=5, now=NOW + 999)) == TooSoon(1, 999)
    assert throttle.claim(claim(session=ANOTHER, seq=2, now=NOW + 29_999)) == TooSoon(1, 29_999)
    assert _granted(throttle.claim(claim(session=ANOTHER, seq=1, now=NOW + 30_000))).last == _last(first)


def test_only_the_own_claim_is_released(throttle: Throttle) -> None:
    slow, quick = claim(seq=5), claim(session=ANOTHER, seq=1, now=NOW + 30_000)
    slow_turn = _granted(throttle.claim(slow))
    throttle.claim(quick)
    throttle.release(slow, slow_turn)
    assert throttle.claim(claim(seq=6, now=NOW + 31_000)) == TooSoon(29_000, 1000)


def test_a_retrys_claim_is_not_released_by_the_first_try(throttle: Throttle) -> None:
    first, retry = claim(seq=5), claim(seq=5, now=NOW + 1000)
    turn = _granted(throttle.claim(first))
    throttle.claim(retry)
    throttle.release(first, turn)
    assert throttle.claim(claim(seq=5, now=NOW + 1500)) == TooSoon(500, 500)


def test_a_release_twice_is_a_release(throttle: Throttle) -> None:
    first, second = claim(seq=5), claim(session=ANOTHER, now=NOW + 30_000)
    throttle.claim(first)
    turn = _granted(throttle.claim(second))
    throttle.release(second, turn)
    throttle.release(second, turn)
    assert _granted(throttle.claim(claim(seq=6, now=NOW + 30_000))).last == _last(first)


def test_a_release_of_nothing_is_nothing(throttle: Throttle) -> None:
    throttle.release(claim(), Granted("nobody", None))
    assert _granted(throttle.claim(claim())).last is None


# --- what a claim brought


def test_a_claim_that_brings_nothing_does_not_hide_what_another_brought(throttle: Throttle) -> None:
    throttle.claim(claim(seq=1, watched=(0, 3600)))
    throttle.claim(claim(seq=2, urgent=True, now=NOW + 1000, watched=(0, 0)))
    last = _granted(throttle.claim(claim(seq=3, urgent=True, now=NOW + 2000))).last
    assert last is not None
    assert (last.seq, last.watched) == (2, (0, 3600))


def test_a_released_claim_is_remembered_by_what_it_brought(throttle: Throttle) -> None:
    """Its report was not acknowledged: when it comes again, it must not be taken for new seconds."""
    throttle.claim(claim(seq=1, watched=(0, 30)))
    failed = claim(seq=2, now=NOW + 30_000, watched=(30, 3600))
    throttle.release(failed, _granted(throttle.claim(failed)))
    last = _granted(throttle.claim(claim(seq=3, now=NOW + 30_000))).last
    assert last is not None
    assert (last.seq, last.watched) == (1, (30, 3600))


# --- out of reach


def test_out_of_reach_is_unguarded_and_never_raises(kind: Kind) -> None:
    throttle = kind.unreachable()
    assert throttle.claim(claim()) == Unguarded()
    assert throttle.release(claim(), Granted("token", None)) == Unguarded()


def test_a_claim_that_another_has_followed_is_not_out_of_reach(throttle: Throttle) -> None:
    ours = _granted(throttle.claim(claim()))
    throttle.claim(claim(seq=2, now=NOW + 60_000))
    assert throttle.release(claim(), ours) is None
