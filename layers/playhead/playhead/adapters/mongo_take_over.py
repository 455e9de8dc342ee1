"""Taking over: what a document from before Playhead, or none at all, becomes before its first merge.

It is a stage of the updates that may meet such a document; what has a `playback` passes it as it is.
"""

from typing import Any

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import to_date

type Expression = Any


def _number(path: str, kind: str = "double") -> Expression:
    return {"$convert": {"input": path, "to": kind, "onError": 0, "onNull": 0}}


_PLAYBACK: Expression = {
    "position": {
        "$cond": [
            {"$gt": [_number("$watchedDuration"), 0]},
            {
                "at": {"$convert": {"input": "$lastWatchedAt", "to": "date", "onError": None, "onNull": None}},
                "seq": 0,
                "device": "",
                "session": "",
                "seconds": _number("$watchedDuration"),
            },
            None,
        ],
    },
    "furthest": _number("$watchedDuration"),
    "watched": [],
    "watchedSeconds": 0,
    "unverifiedSeconds": 0,
    "sessions": [],
    "base": {"watchCount": _number("$watchCount", "int"), "watchedPercentage": _number("$watchedPercentage")},
    "devices": {},
    "attempt": 1,
}


_FIGURES = ("watchedDuration", "totalDuration", "watchedPercentage", "completionPercentage", "watchCount")
_NUMBERS_OR_NONE = ["int", "long", "double", "decimal", "null", "missing"]


def _figure(path: str) -> Expression:
    """Keep a number; what the old app kept as text would be more than any number to `$max`."""
    return {"$cond": [{"$in": [{"$type": path}, _NUMBERS_OR_NONE]}, path, _number(path)]}


def take_over(now: int) -> Document:
    """Return the stage, at a time in ms."""
    return {
        "$set": {
            "playback": {"$ifNull": ["$playback", _PLAYBACK]},
            **{name: _figure(f"${name}") for name in _FIGURES},
            "watchHistory": {"$cond": [{"$isArray": "$watchHistory"}, "$watchHistory", []]},
            "__v": {"$ifNull": ["$__v", 0]},
            "createdAt": {"$ifNull": ["$createdAt", to_date(now)]},
        },
    }
