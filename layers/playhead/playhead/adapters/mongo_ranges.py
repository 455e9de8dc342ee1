"""Ranges as MongoDB expressions: `playhead.domain.ranges.union`, computed by the server inside an update."""

from typing import Any

from playhead.domain.ranges import Ranges

type Expression = Any

WATCHED_SECONDS: Expression = {"$subtract": [{"$sum": "$playback.watched.end"}, {"$sum": "$playback.watched.start"}]}


def union(stored: Expression, watched: Ranges) -> Expression:
    """Add ranges; one, as reports mostly bring, by the shortest expression, since the server parses it each time."""
    if not watched:
        return stored
    if len(watched) == 1:
        return _with_range(stored, *watched[0])
    return union_with(stored, {"$literal": range_documents(watched)})


def union_with(stored: Expression, other: Expression) -> Expression:
    """Return the union of two arrays of ranges, as expressions: sorted, and swept from the first to the last."""
    sorted_ranges = {"$sortArray": {"input": {"$concatArrays": [stored, other]}, "sortBy": {"start": 1}}}
    swept = {
        "$reduce": {
            "input": "$$sorted",
            "initialValue": {"done": [], "last": {"$first": "$$sorted"}},
            "in": {"$cond": [{"$lte": ["$$this.start", "$$value.last.end"]}, _LONGER, _NEXT]},
        },
    }
    joined = {"$let": {"vars": {"swept": swept}, "in": {"$concatArrays": ["$$swept.done", ["$$swept.last"]]}}}
    some = {"$cond": [{"$eq": ["$$sorted", []]}, [], joined]}
    return {"$let": {"vars": {"sorted": sorted_ranges}, "in": some}}


_LONGER: Expression = {
    "done": "$$value.done",
    "last": {"start": "$$value.last.start", "end": {"$max": ["$$value.last.end", "$$this.end"]}},
}
_NEXT: Expression = {"done": {"$concatArrays": ["$$value.done", ["$$value.last"]]}, "last": "$$this"}


def range_documents(watched: Ranges) -> list[dict[str, int]]:
    """Return ranges as they are stored."""
    return [{"start": start, "end": end} for start, end in watched]


def _with_range(stored: Expression, start: int, end: int) -> Expression:
    """Return what ends before a range, one range over all that touch it, what starts after."""

    def those(condition: Expression) -> Expression:
        return {"$filter": {"input": stored, "as": "one", "cond": condition}}

    touching = those({"$and": [{"$gte": ["$$one.end", start]}, {"$lte": ["$$one.start", end]}]})
    spanning = {
        "start": {"$min": [start, {"$min": "$$touching.start"}]},
        "end": {"$max": [end, {"$max": "$$touching.end"}]},
    }
    before, after = those({"$lt": ["$$one.end", start]}), those({"$gt": ["$$one.start", end]})
    return {"$let": {"vars": {"touching": touching}, "in": {"$concatArrays": [before, [spanning], after]}}}
