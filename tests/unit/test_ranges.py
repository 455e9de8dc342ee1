"""Ranges do what sets of seconds do."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from playhead.domain import ranges
from playhead.domain.ranges import Range, Ranges
from tests.builders import seconds_of

_RANGE = st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda one: (one[0], one[0] + one[1]))
_UNTIDY = st.lists(_RANGE, max_size=8)
_RANGES = _UNTIDY.map(ranges.union)


def _is_canonical(some: Ranges) -> bool:
    return all(start < end for start, end in some) and all(one[1] < other[0] for one, other in pairwise(some))


@given(_UNTIDY, _UNTIDY)
def test_union_holds_the_seconds_of_both(one: list[Range], other: list[Range]) -> None:
    joined = ranges.union(one, other)
    assert seconds_of(joined) == seconds_of(tuple(one)) | seconds_of(tuple(other))
    assert _is_canonical(joined)


@given(_RANGES, _RANGES)
def test_difference_holds_the_seconds_of_the_first_alone(one: Ranges, other: Ranges) -> None:
    left = ranges.difference(one, other)
    assert seconds_of(left) == seconds_of(one) - seconds_of(other)
    assert _is_canonical(left)


@given(_RANGES)
def test_seconds_counts_each_once(some: Ranges) -> None:
    assert ranges.seconds(some) == len(seconds_of(some))


@given(_RANGES, st.integers(0, 60))
def test_until_keeps_what_comes_before(some: Ranges, limit: int) -> None:
    cut = ranges.until(some, limit)
    assert seconds_of(cut) == {second for second in seconds_of(some) if second < limit}
    assert _is_canonical(cut)


@given(_RANGES, st.integers(-5, 60))
def test_earliest_keeps_the_first_seconds(some: Ranges, count: int) -> None:
    kept = ranges.earliest(some, count)
    assert seconds_of(kept) == set(sorted(seconds_of(some))[: max(0, count)])
    assert _is_canonical(kept)


@given(_RANGES, _RANGE)
def test_overlaps_tells_of_a_common_second(some: Ranges, other: Range) -> None:
    assert ranges.overlaps(some, other) == bool(seconds_of(some) & seconds_of((other,)))


@given(_RANGES)
def test_hull_reaches_from_the_first_to_the_last_second(some: Ranges) -> None:
    start, end = ranges.hull(some)
    assert seconds_of(some) <= set(range(start, end))
    assert not some or {start, end - 1} <= seconds_of(some)


def test_ranges_that_touch_become_one() -> None:
    assert ranges.union([(10, 20)], [(0, 10)], [(25, 30)]) == ((0, 20), (25, 30))


def test_nothing_overlaps_nothing() -> None:
    assert ranges.hull(()) == (0, 0)
    assert not ranges.overlaps(((0, 10),), (0, 0))
