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


def difference(ranges: Iterable[Range], taken: Iterable[Range]) -> Ranges:
    """Return the seconds of `ranges` that are not in `taken`, by one sweep over all edges."""
    edges = [edge for start, end in ranges for edge in ((start, 1, 0), (end, -1, 0))]
    edges += [edge for start, end in taken for edge in ((start, 0, 1), (end, 0, -1))]
    left: list[Range] = []
    wanted = gone = previous = 0
    for second, in_ranges, in_taken in sorted(edges):
        if wanted and not gone and previous < second:
            left.append((previous, second))
        wanted, gone, previous = wanted + in_ranges, gone + in_taken, second
    return union(left)


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
