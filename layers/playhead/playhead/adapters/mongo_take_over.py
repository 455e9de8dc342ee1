"""Taking over: what a document from before Playhead, or none at all, becomes before its first merge.

It is a stage of the updates that may meet such a document; what has a `playback` passes it as it is.
"""

from math import inf

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import YES, to_date
from playhead.adapters.mongo_expressions import Expression


def _number(path: str, kind: str = "double") -> Expression:
    """Return a number, of one or of its text, percent sign or not; 0 of what is none, and of an infinite one."""
    bare = {"$cond": [{"$eq": [{"$type": path}, "string"]}, {"$trim": {"input": path, "chars": " %"}}, path]}
    found = {"$convert": {"input": bare, "to": kind, "onError": 0, "onNull": 0}}
    return {"$let": {"vars": {"found": found}, "in": {"$cond": [{"$lt": [{"$abs": "$$found"}, inf]}, "$$found", 0]}}}


def _position(now: int) -> Expression:
    """Return where the playhead was; a date in the future would keep every report from moving it."""
    last_at = {"$convert": {"input": "$lastWatchedAt", "to": "date", "onError": None, "onNull": None}}
    capped = {"$cond": [{"$gt": ["$$at", to_date(now)]}, to_date(now), "$$at"]}
    known = {"$let": {"vars": {"at": last_at}, "in": capped}}
    seconds = _number("$watchedDuration")
    place = {"at": known, "seq": 0, "device": "", "session": "", "seconds": seconds}
    return {"$cond": [{"$gt": [seconds, 0]}, place, None]}


_AVERAGE = _number("$averageWatchTime")
_PLAYBACK: Document = {
    "furthest": _number("$watchedDuration"),
    "watched": [],
    "watchedSeconds": 0,
    "unverifiedSeconds": 0,
    "sessions": [],
    "base": {
        "watchCount": _number("$watchCount", "int"),
        "watchedPercentage": _number("$watchedPercentage"),
        "averageWatchTime": {"$cond": [{"$gt": [_AVERAGE, 0]}, _AVERAGE, "$$REMOVE"]},
    },
    "devices": {},
    "attempt": 1,
}


_FIGURES = ("watchedDuration", "totalDuration", "watchedPercentage", "completionPercentage", "watchCount")
_NUMBERS_OR_NONE = ["int", "long", "double", "null", "missing"]


def _figure(path: str) -> Expression:
    """Keep a number; what the old app kept as text would be more than any number to `$max`."""
    return {"$cond": [{"$in": [{"$type": path}, _NUMBERS_OR_NONE]}, path, _number(path)]}


def take_over(now: int) -> Document:
    """Return the stage, at a time in ms."""
    return {
        "$set": {
            "playback": {"$ifNull": ["$playback", {"position": _position(now), **_PLAYBACK}]},
            **{name: _figure(f"${name}") for name in _FIGURES},
            "isCompleted": {"$cond": [{"$in": ["$isCompleted", YES]}, True, "$isCompleted"]},
            "watchHistory": {"$cond": [{"$isArray": "$watchHistory"}, "$watchHistory", []]},
            "__v": {"$ifNull": ["$__v", 0]},
            "createdAt": {"$ifNull": ["$createdAt", to_date(now)]},
        },
    }
