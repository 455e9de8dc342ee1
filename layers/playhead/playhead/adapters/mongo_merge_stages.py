"""The stages of the merge that are the same for every report, encoded once.

They read what was seen in `playback.seen`, and the joined ranges of the video and of each half hour in
`playback.joined`; mongo_merge brings both, for as long as the update takes.
"""

from collections.abc import Mapping
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_ranges import WATCHED_SECONDS
from playhead.domain.playback import MAX_VIEWINGS
from playhead.domain.progress import COMPLETE_PERCENT, MAX_SESSIONS

type Expression = Any
type Stage = Mapping[str, Any]

COMPLETED_BEFORE: Expression = {"$in": [True, ["$isCompleted", "$playback.base.isCompleted"]]}


def completed_outbox(at: Expression) -> Expression:
    """Return the outbox with one more entry: that the video became complete in this attempt."""
    entry = {"type": "video.completed", "at": at, "attempt": "$playback.attempt"}
    return {"$concatArrays": [{"$ifNull": ["$outbox", []]}, [entry]]}


def unless_off(nothing: Expression, history: Expression) -> Expression:
    """Keep nothing of single viewings of a learner who wants no history."""
    return {"$cond": ["$playback.historyOff", nothing, history]}


def _set(*parts: Document) -> Stage:
    return RawBSONDocument(bson.encode({"$set": {name: one for part in parts for name, one in part.items()}}))


def _viewings() -> Expression:
    """Keep the last position of each of the newest sessions; entries from before Playhead count as oldest."""
    same = {"$filter": {"input": "$watchHistory", "cond": {"$eq": ["$$this.session", "$$seen.session"]}}}
    newest = {"$map": {"input": "$playback.seen.viewings", "as": "seen", "in": {"$max": ["$$seen", {"$max": same}]}}}
    is_other = {"$not": {"$in": ["$$this.session", "$playback.seen.sessions"]}}
    others = {"$filter": {"input": "$watchHistory", "cond": is_other}}
    in_order = {"$sortArray": {"input": {"$concatArrays": [others, newest]}, "sortBy": {"session": 1}}}
    return {"$slice": [in_order, -MAX_VIEWINGS]}


def _viewing_going_on() -> Expression:
    """Move the last position of a session that is known, and the only one that was seen."""
    latest = {"$max": ["$$this", "$playback.seen.position"]}
    is_same = {"$eq": ["$$this.session", "$playback.seen.position.session"]}
    return {"$map": {"input": "$watchHistory", "in": {"$cond": [is_same, latest, "$$this"]}}}


def _sessions() -> Expression:
    """Keep the newest sessions; an id older than the oldest of a full list does not stay, and so counts as known."""
    every = {"$setUnion": ["$playback.sessions", "$playback.seen.sessions"]}
    return {"$slice": [{"$sortArray": {"input": every, "sortBy": -1}}, MAX_SESSIONS]}


_LARGEST = {"$max": ["$totalDuration", "$playback.seen.duration"]}
_ALWAYS_JOINED: Document = {
    "playback.watched": {"$first": "$playback.joined"},
    "playback.position": {"$max": ["$playback.position", "$playback.seen.position"]},
    "playback.furthest": {"$max": ["$playback.furthest", "$playback.seen.furthest"]},
    "totalDuration": {"$ifNull": ["$playback.seen.catalogueDuration", _LARGEST]},
    "firstWatchedAt": {"$min": ["$firstWatchedAt", "$playback.seen.firstAt"]},
    "lastWatchedAt": {"$max": ["$lastWatchedAt", "$playback.seen.lastAt"]},
}
_PLAYED_SINCE = {"$lte": ["$playback.hidden", "$playback.seen.lastAt"]}
JOINED = _set(
    _ALWAYS_JOINED,
    {
        "playback.seen.sessions": _sessions(),
        "playback.hidden": {"$cond": [_PLAYED_SINCE, "$$REMOVE", "$playback.hidden"]},
        "watchHistory": unless_off([], _viewings()),
    },
)
JOINED_GOING_ON = _set(_ALWAYS_JOINED, {"watchHistory": _viewing_going_on()})

_ADDED = {"$subtract": [WATCHED_SECONDS, "$playback.watchedSeconds"]}
_MORE_UNVERIFIED = {"$min": ["$playback.seen.unverifiedSeconds", _ADDED]}  # of a retry none
UNVERIFIED = _set({"playback.unverifiedSeconds": {"$add": ["$playback.unverifiedSeconds", _MORE_UNVERIFIED]}})

_SHARE = {"$divide": [{"$multiply": [COMPLETE_PERCENT, WATCHED_SECONDS]}, "$totalDuration"]}
_COVERAGE_PERCENT = {"$toInt": {"$min": [COMPLETE_PERCENT, _SHARE]}}
_PERCENTAGES = ["$watchedPercentage", "$playback.base.watchedPercentage", "$playback.seen.percentage"]
_ALWAYS_COUNTED: Document = {
    "playback.watchedSeconds": WATCHED_SECONDS,
    "watchedDuration": {"$max": ["$watchedDuration", "$playback.furthest"]},
    "watchedPercentage": {"$max": [*_PERCENTAGES, _COVERAGE_PERCENT]},
}
_NOT_KEPT = {"$setDifference": ["$playback.sessions", "$playback.seen.sessions"]}
_SESSIONS_COUNTED = {"$add": ["$playback.base.watchCount", {"$size": "$playback.sessions"}]}
_WATCH_COUNT: Document = {"watchCount": {"$max": ["$watchCount", _SESSIONS_COUNTED]}}
COUNTED = _set(
    _ALWAYS_COUNTED,
    {
        "playback.sessions": "$playback.seen.sessions",
        "playback.base.watchCount": {"$add": ["$playback.base.watchCount", {"$size": _NOT_KEPT}]},
    },
)
COUNTED_GOING_ON = _set(_ALWAYS_COUNTED, _WATCH_COUNT)

REACHED = _set(
    _WATCH_COUNT,
    {
        "playback.seen.completed": COMPLETED_BEFORE,
        "playback.seen.reached": {"$gte": ["$watchedPercentage", "$playback.seen.threshold"]},
    },
)

_BECAME_COMPLETE = {"$gt": ["$playback.seen.reached", "$playback.seen.completed"]}
_REACHED_AT = {"$cond": ["$playback.seen.reached", "$playback.seen.receivedAt", "$$REMOVE"]}
_LEAST_PERCENT = {"$cond": ["$playback.seen.completed", "$playback.seen.threshold", 0]}
COMPLETED = _set(
    {
        "playback.base.isCompleted": {"$or": ["$playback.seen.completed", "$playback.seen.reached"]},
        "playback.base.completedAt": {"$ifNull": ["$playback.base.completedAt", "$completedAt", _REACHED_AT]},
        "playback.base.completionPercentage": {"$max": ["$playback.base.completionPercentage", _LEAST_PERCENT]},
        "outbox": {"$cond": [_BECAME_COMPLETE, completed_outbox("$playback.seen.receivedAt"), "$outbox"]},
    }
)

_PERCENT = {"$max": ["$completionPercentage", "$playback.base.completionPercentage", "$watchedPercentage"]}
_AVERAGE = {"$divide": ["$playback.watchedSeconds", "$watchCount"]}
# What is published is remembered in `playback.base` too: the old app knows nothing of it and cannot save over it.
PUBLISHED: Document = {
    "playback.base.watchedPercentage": "$watchedPercentage",
    "playback.base.completionPercentage": _PERCENT,
    "completionPercentage": _PERCENT,
    "isCompleted": "$playback.base.isCompleted",
    "completedAt": {"$ifNull": ["$playback.base.completedAt", "$completedAt"]},
    "averageWatchTime": {"$max": ["$playback.base.averageWatchTime", _AVERAGE]},
    "updatedAt": "$$NOW",  # the feed of changes is in the order of this clock
    "playback.seen": "$$REMOVE",
    "playback.joined": "$$REMOVE",
}
