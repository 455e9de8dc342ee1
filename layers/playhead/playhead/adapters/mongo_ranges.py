"""Ranges as MongoDB expressions: `playhead.domain.ranges.union`, computed by the server inside an update."""

from collections.abc import Sequence

from playhead.adapters.mongo_expressions import Expression, encoded
from playhead.domain.ranges import Ranges

WATCHED_SECONDS: Expression = {"$subtract": [{"$sum": "$playback.watched.end"}, {"$sum": "$playback.watched.start"}]}


def unions(stored: Sequence[Expression], watched: Sequence[Ranges]) -> Expression:
    """Return each of several stored arrays of ranges with what was watched of it; mostly that is one range each."""
    one_each = all(len(one) == 1 for one in watched)
    literals = [{"$literal": range_documents(one)[0] if one_each else range_documents(one)} for one in watched]
    pairs = [{"stored": one, "watched": seen} for one, seen in zip(stored, literals, strict=True)]
    return {"$map": {"input": pairs, "as": "pair", "in": _WITH_RANGE if one_each else _WITH_RANGES}}


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


def _with_range(stored: Expression, new: str) -> Expression:
    """Return what ends before a range, one range over it and all that touch it, what starts after."""
    start, end = f"{new}.start", f"{new}.end"
    before = _those(stored, {"$lt": ["$$this.end", start]})
    touching = _those(stored, {"$and": [{"$gte": ["$$this.end", start]}, {"$lte": ["$$this.start", end]}]})
    after = _those(stored, {"$gt": ["$$this.start", end]})
    spanning = {"start": {"$min": "$$joined.start"}, "end": {"$max": "$$joined.end"}}
    joined = {"$concatArrays": [[new], touching]}
    return {"$let": {"vars": {"joined": joined}, "in": {"$concatArrays": [before, [spanning], after]}}}


def _those(ranges: Expression, condition: Expression) -> Expression:
    return {"$filter": {"input": ranges, "cond": condition}}


_WITH_RANGE = encoded(_with_range("$$pair.stored", "$$pair.watched"))
_WITH_RANGES = encoded(union_with("$$pair.stored", "$$pair.watched"))


def range_documents(watched: Ranges) -> list[dict[str, int]]:
    """Return ranges as they are stored."""
    return [{"start": start, "end": end} for start, end in watched]
