"""Ranges as MongoDB expressions: `playhead.domain.ranges.union`, computed by the server inside an update."""

from typing import Any

from playhead.domain.ranges import Ranges

type Expression = Any

WATCHED_SECONDS: Expression = {"$subtract": [{"$sum": "$playback.watched.end"}, {"$sum": "$playback.watched.start"}]}


def union(stored: Expression, watched: Ranges) -> Expression:
    """Add ranges one after the other: what ends before, one range over all that touch, what starts after."""
    if not watched:
        return stored
    if len(watched) == 1:
        return _with_range(stored, *watched[0])
    return union_with(stored, {"$literal": range_documents(watched)})


def union_with(stored: Expression, other: Expression) -> Expression:
    """Return the union of two arrays of ranges, as expressions."""
    return {
        "$reduce": {
            "input": other,
            "initialValue": stored,
            "in": _with_range("$$value", "$$this.start", "$$this.end"),
        },
    }


def range_documents(watched: Ranges) -> list[dict[str, int]]:
    """Return ranges as they are stored."""
    return [{"start": start, "end": end} for start, end in watched]


def _with_range(stored: Expression, start: Expression, end: Expression) -> Expression:
    def those(condition: Expression) -> Expression:
        return {"$filter": {"input": stored, "as": "one", "cond": condition}}

    touching = those({"$and": [{"$gte": ["$$one.end", start]}, {"$lte": ["$$one.start", end]}]})
    spanning = {
        "start": {"$min": [start, {"$min": "$$touching.start"}]},
        "end": {"$max": [end, {"$max": "$$touching.end"}]},
    }
    before, after = those({"$lt": ["$$one.end", start]}), those({"$gt": ["$$one.start", end]})
    return {"$let": {"vars": {"touching": touching}, "in": {"$concatArrays": [before, [spanning], after]}}}
