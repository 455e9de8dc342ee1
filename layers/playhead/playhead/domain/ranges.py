"""Ranges: algebra of half-open ranges of whole seconds; every result is sorted, disjoint and not touching."""

from collections.abc import Iterable

type Range = tuple[int, int]
type Ranges = tuple[Range, ...]


def union(*sets: Iterable[Range]) -> Ranges:
    """Return the seconds that are in any of the sets; ranges that touch become one."""
    joined: list[Range] = []
    for start, end in sorted(one for ranges in sets for one in ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def difference(ranges: Ranges, taken: Ranges) -> Ranges:
    """Return the seconds of `ranges` that are not in `taken`; both sorted and disjoint."""
    left: list[Range] = []
    for range_start, end in ranges:
        start = range_start
        for taken_start, taken_end in taken:
            if taken_end <= start:
                continue
            if taken_start >= end:
                break
            if taken_start > start:
                left.append((start, taken_start))
            start = max(start, taken_end)
        if start < end:
            left.append((start, end))
    return tuple(left)


def seconds(ranges: Iterable[Range]) -> int:
    """Return how many seconds disjoint ranges hold."""
    return sum(end - start for start, end in ranges)


def until(ranges: Iterable[Range], limit: int) -> Ranges:
    """Return the part of the ranges before the second `limit`."""
    return tuple((start, min(end, limit)) for start, end in ranges if start < limit)


def earliest(ranges: Iterable[Range], count: int) -> Ranges:
    """Return the first `count` seconds of sorted, disjoint ranges."""
    kept: list[Range] = []
    for start, end in ranges:
        if count <= 0:
            break
        kept.append((start, min(end, start + count)))
        count -= end - start
    return tuple(kept)


def overlaps(ranges: Iterable[Range], other: Range) -> bool:
    """Tell whether any second of `ranges` lies in the range `other`."""
    return any(start < other[1] and other[0] < end for start, end in ranges)


def hull(ranges: Ranges) -> Range:
    """Return the one range from the first to the last second of sorted ranges; (0, 0) of none."""
    return (ranges[0][0], ranges[-1][1]) if ranges else (0, 0)
