"""The port ProgressStore, the same promises of the fake and of a real mongod, against the reference merge."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.collection import Collection

from local.processes import free_port
from playhead.adapters.mongo_client import connect
from playhead.adapters.mongo_documents import identity, progress_of
from playhead.adapters.mongo_progress import COLLECTION, MongoProgressStore
from playhead.domain.errors import StoreUnavailable
from playhead.domain.habits import HALF_HOUR_MS, MAX_HALF_HOURS
from playhead.domain.progress import MAX_RANGES_KEPT, MAX_SESSIONS, Contribution, Progress, merge
from playhead.domain.report import Key
from playhead.ports import ProgressStore
from tests.builders import KEY, NOW, contribution, report, session_id
from tests.fakes import FakeProgressStore
from tests.strategies import reports

BUDGET_SECONDS = 5


@dataclass(frozen=True)
class Kind:
    """One kind of store: one that works, how to see all that it keeps of a key, and one that cannot be reached."""

    store: ProgressStore
    whole: Callable[[Key], Progress]
    unreachable: ProgressStore


@pytest.fixture(params=["fake", "mongodb"])
def kind(request: pytest.FixtureRequest) -> Iterator[Kind]:
    if request.param == "fake":
        fake = FakeProgressStore()
        yield Kind(fake, fake.read, FakeProgressStore(reachable=False))
        return
    collection: Collection[dict[str, Any]] = request.getfixturevalue("collection")
    nobody = f"mongodb://127.0.0.1:{free_port()}/?directConnection=true&timeoutMS=400"
    with closing(connect(nobody)) as nowhere:
        yield Kind(
            MongoProgressStore(collection),
            lambda key: progress_of(key, collection.find_one(identity(key)) or {}),
            MongoProgressStore(nowhere["playhead"][COLLECTION]),
        )


@pytest.fixture
def store(kind: Kind) -> ProgressStore:
    return kind.store


def _published(progress: Progress | None) -> tuple[object, ...]:
    """Return what a read gives back; bookkeeping that is not published stays in the store."""
    assert progress
    return (
        progress.position,
        progress.furthest,
        progress.duration,
        progress.watched,
        progress.percentage,
        progress.completed,
        progress.completed_at,
        progress.last_at,
        progress.watch_count,
    )


def _reference(*contributions: Contribution) -> Progress:
    progress = Progress(contributions[0].key)
    for one in contributions:
        progress = merge(progress, one)
    return progress


def test_nothing_stored_is_a_zero_state(store: ProgressStore) -> None:
    assert store.read(KEY) == Progress(KEY)


def test_a_merge_gives_back_what_a_read_then_gives(store: ProgressStore) -> None:
    merged = store.merge(contribution(report(position=31.25, device="laptop")))
    assert (
        _published(merged)
        == _published(store.read(KEY))
        == _published(_reference(contribution(report(position=31.25, device="laptop"))))
    )


@pytest.mark.parametrize(
    "some",
    [
        [report(watched=())],
        [report(watched=((0, 10), (20, 30), (40, 50))), report(watched=((10, 20),)), report(watched=((30, 40),))],
        [report(watched=((5, 10),)), report(watched=((0, 5), (10, 15)))],
        [report(watched=((0, 600),), position=600), report(position=0, at=NOW + 1, seq=2)],
        [report(at=NOW, seq=2, position=50), report(at=NOW, seq=1, position=60), report(at=NOW - 1, seq=9)],
        [report(at=NOW, device="a"), report(at=NOW, device="b"), report(at=NOW, device="")],
        [report(duration=33.333333333333336, watched=((0, 11),)), report(duration=0.1, watched=())],
        [report(position=0.001, seq=0, at=0), report(position=0, seq=2**53 - 1, at=2**45)],
        [report(device=f"device-{n}", at=NOW + n % 7, session=session_id(NOW + n)) for n in range(25)],
        [report(session=session_id(NOW + n)) for n in range(MAX_SESSIONS + 12)],
        [report(session=session_id(NOW - n)) for n in range(MAX_SESSIONS + 12)],
        [report(watched=tuple((3 * n, 3 * n + 1) for n in range(500)), duration=7200)] * 2,
    ],
    ids=range(12),
)
def test_each_merge_equals_the_reference(kind: Kind, some: list[Any]) -> None:
    contributions = [contribution(one, received_at=NOW + number) for number, one in enumerate(some)]
    for number, one in enumerate(contributions, start=1):
        kind.store.merge(one)
        assert kind.whole(KEY) == _reference(*contributions[:number])


def test_reports_merged_in_memory_first_equal_the_reference(kind: Kind) -> None:
    some = [
        report(session=session_id(NOW + n % 60), seq=n, at=NOW + n % 5, device=f"d-{n % 13}", watched=((n, n + 2),))
        for n in range(100)
    ]
    together = [contribution(*some[:70], received_at=NOW), contribution(*some[30:], received_at=NOW + 1)]
    for one in together:
        kind.store.merge(one)
    assert kind.whole(KEY) == _reference(*together)


_CONTRIBUTIONS = st.lists(
    st.builds(
        lambda some, catalogue, unverified, threshold: contribution(
            *some, catalogue_duration=catalogue, unverified_seconds=unverified, threshold=threshold
        ),
        st.lists(reports(), min_size=1, max_size=4),
        st.sampled_from([None, None, 100, 33.333333333333336, 7.7]),
        st.integers(0, 100),
        st.sampled_from([1, 50, 90, 100]),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_CONTRIBUTIONS, st.integers(0, 10**12))
def test_whatever_is_contributed_equals_the_reference(
    kind: Kind, contributions: list[Contribution], number: int
) -> None:
    """Also where durations differ and what came before matters, so that order does too."""
    key = Key(f"learner-{number}", *KEY[1:])
    mine = [replace(one, key=key) for one in contributions]
    before = kind.whole(key)
    for one in mine:
        before = merge(before, one)
        kind.store.merge(one)
    assert kind.whole(key) == before


@pytest.mark.parametrize("duration", [5e-324, 1e-9, 0.001, 1])
def test_a_tiny_duration_is_no_obstacle(store: ProgressStore, duration: float) -> None:
    merged = store.merge(contribution(report(duration=duration, position=0, watched=((0, 1),))))
    assert merged
    assert merged.percentage == 100


def test_a_retry_adds_nothing(kind: Kind) -> None:
    offline = contribution(report(watched=((0, 300),), device="phone"), unverified_seconds=240)
    kind.store.merge(offline)
    once = kind.whole(KEY)
    for _ in range(3):
        kind.store.merge(offline)
    assert kind.whole(KEY) == once
    assert once.unverified_seconds == 240
    assert once.watch_count == 1


@pytest.mark.parametrize("late", [0, 3 * HALF_HOUR_MS], ids=["live", "late"])
def test_half_hours_are_bounded_and_the_oldest_dropped(kind: Kind, late: int) -> None:
    expected = Progress(KEY)
    for number in range(MAX_HALF_HOURS + 3):
        at = NOW + number * HALF_HOUR_MS
        new = contribution(report(at=at, watched=((number, number + 1),)), received_at=at + late)
        kind.store.merge(new)
        expected = merge(expected, new)
    assert kind.whole(KEY).half_hours == expected.half_hours
    assert len(expected.half_hours) == MAX_HALF_HOURS


def test_sessions_are_bounded_and_the_oldest_folded(kind: Kind) -> None:
    for number in range(MAX_SESSIONS + 5):
        kind.store.merge(contribution(report(session=session_id(NOW + number))))
    whole = kind.whole(KEY)
    assert (whole.watch_count, whole.base_count, len(whole.sessions)) == (MAX_SESSIONS + 5, 5, MAX_SESSIONS)
    kind.store.merge(contribution(report(session=session_id(NOW + 2))))
    assert kind.whole(KEY) == whole
    assert len(whole.viewings) == 10


def test_keys_do_not_touch_each_other(store: ProgressStore) -> None:
    keys = [Key(f"learner-{n // 4}", f"course-{n // 2 % 2}", f"video-{n % 2}") for n in range(8)]
    for number, key in enumerate(keys):
        store.merge(contribution(report(key=key, position=number)))
    assert [store.read(key).position for key in keys] == [report(position=number).playhead for number in range(8)]


def test_a_bulk_merge_equals_one_by_one(kind: Kind) -> None:
    keys = [Key("learner-1", "course-1", f"video-{number}") for number in range(20)]
    some = [contribution(report(key=key, watched=((number, number + 5),))) for number, key in enumerate(keys)]
    kind.store.merge(some[3])
    kind.store.merge_all(some)
    assert [kind.whole(key) for key in keys] == [_reference(one) for one in some]


def test_a_bulk_merge_of_nothing_but_repetition_changes_nothing(kind: Kind) -> None:
    one = contribution(report(watched=((0, 5),)), unverified_seconds=3)
    kind.store.merge_all([one, one, one])
    assert kind.whole(KEY) == _reference(one)


def test_what_no_player_made_takes_no_more(kind: Kind) -> None:
    scattered = tuple((2 * number, 2 * number + 1) for number in range(MAX_RANGES_KEPT))
    full = kind.store.merge(contribution(report(duration=3000, watched=scattered)))
    more = contribution(report(duration=3000, watched=((2500, 2600),)))
    assert kind.store.merge(more) is None
    assert kind.store.merge_all([more]) == [more]
    assert full
    assert kind.store.read(KEY).watched == full.watched == scattered


def test_first_merges_of_a_key_at_once_all_count(kind: Kind) -> None:
    """Each of many threads tries to insert the same document; the loser's unique-key error is nobody's."""
    for round_ in range(6):
        key = Key("learner-1", "course-1", f"video-{round_}")
        some = [
            contribution(report(key=key, session=session_id(NOW + n), seq=n, watched=((10 * n, 10 * n + 5),)))
            for n in range(24)
        ]
        with ThreadPoolExecutor(12) as pool:
            list(pool.map(kind.store.merge, some))
        assert kind.whole(key) == _reference(*some)


def test_bulk_merges_at_once_all_count(kind: Kind) -> None:
    keys = [Key("learner-1", "course-1", f"video-{number}") for number in range(12)]
    bulks = [
        [contribution(report(key=key, session=session_id(NOW + n), watched=((10 * n, 10 * n + 5),))) for key in keys]
        for n in range(12)
    ]
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(kind.store.merge_all, bulks))
    for number, key in enumerate(keys):
        assert kind.whole(key) == _reference(*(bulk[number] for bulk in bulks))


@pytest.mark.parametrize(
    "use",
    [
        lambda store: store.merge(contribution()),
        lambda store: store.merge_all([contribution(), contribution()]),
        lambda store: store.read(KEY),
    ],
    ids=["merge", "merge_all", "read"],
)
def test_out_of_reach_is_said_in_time(kind: Kind, use: Callable[[ProgressStore], object]) -> None:
    started = monotonic()
    with pytest.raises(StoreUnavailable):
        use(kind.unreachable)
    assert monotonic() - started < 2


def test_nothing_waits_longer_than_the_budget() -> None:
    with closing(connect("mongodb://127.0.0.1:1/")) as client:
        assert client.options.timeout == BUDGET_SECONDS


def test_a_store_is_not_slow_at_first(store: ProgressStore) -> None:
    assert not store.is_slow()


def test_a_store_that_takes_long_is_slow_until_it_recovers(collection: Collection[dict[str, Any]]) -> None:
    ticks = iter([0.0, 2.0] + [2.0] * 100)
    store = MongoProgressStore(collection, timer=lambda: next(ticks))
    store.merge(contribution())
    assert store.is_slow()
    for _ in range(5):
        store.merge(contribution())
    assert not store.is_slow()
