"""The stages of the merge that are the same for every report, encoded once.

They read what was seen in `playback.seen`, and the joined ranges of the video and of each half hour in
`playback.joined`; mongo_merge brings both, for as long as the update takes.
"""

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_expressions import Expression, Stage, encoded
from playhead.adapters.mongo_ranges import WATCHED_SECONDS
from playhead.domain.playback import MAX_VIEWINGS
from playhead.domain.progress import COMPLETE_PERCENT, MAX_SESSIONS

COMPLETED_BEFORE: Expression = {"$in": [True, ["$isCompleted", "$playback.base.isCompleted"]]}


def completed_outbox(at: Expression) -> Expression:
    """Return the outbox with one more entry: that the video became complete in this attempt."""
    entry = {"type": "video.completed", "at": at, "attempt": "$playback.attempt"}
    return {"$concatArrays": [{"$ifNull": ["$outbox", []]}, [entry]]}


def unless_off(nothing: Expression, history: Expression) -> Expression:
    """Keep nothing of single viewings of a learner who wants no history."""
    return {"$cond": ["$playback.historyOff", nothing, history]}


def _set(fields: Document) -> Stage:
    return encoded({"$set": fields})


def _viewings() -> Expression:
    """Keep the last position of each of the newest sessions; entries from before Playhead count as oldest."""
    same = {"$filter": {"input": "$watchHistory", "cond": {"$eq": ["$$this.session", "$$seen.session"]}}}
    newest = {"$map": {"input": "$playback.seen.viewings", "as": "seen", "in": {"$max": ["$$seen", {"$max": same}]}}}
    is_other = {"$not": {"$in": ["$$this.session", "$playback.seen.sessions"]}}
    others = {"$filter": {"input": "$watchHistory", "cond": is_other}}
    in_order = {"$sortArray": {"input": {"$concatArrays": [others, newest]}, "sortBy": {"session": 1}}}
    return {"$slice": [in_order, -MAX_VIEWINGS]}


def _sessions() -> Expression:
    """Keep the newest sessions; an id older than the oldest of a full list does not stay, and so counts as known."""
    every = {"$setUnion": ["$playback.sessions", "$playback.seen.sessions"]}
    return {"$slice": [{"$sortArray": {"input": every, "sortBy": -1}}, MAX_SESSIONS]}


_PLAYED_SINCE = {"$lte": ["$playback.hidden", "$playback.seen.lastAt"]}
_LARGEST = {"$max": ["$totalDuration", "$playback.seen.duration"]}
JOINED = _set(
    {
        "playback.watched": {"$first": "$playback.joined"},
        "playback.position": {"$max": ["$playback.position", "$playback.seen.position"]},
        "playback.furthest": {"$max": ["$playback.furthest", "$playback.seen.furthest"]},
        "playback.seen.sessions": _sessions(),
        "playback.hidden": {"$cond": [_PLAYED_SINCE, "$$REMOVE", "$playback.hidden"]},
        "watchHistory": unless_off([], _viewings()),
        "totalDuration": {"$ifNull": ["$playback.seen.catalogueDuration", _LARGEST]},
        "firstWatchedAt": {"$min": ["$firstWatchedAt", "$playback.seen.firstAt"]},
        "lastWatchedAt": {"$max": ["$lastWatchedAt", "$playback.seen.lastAt"]},
    }
)

_ADDED = {"$subtract": [WATCHED_SECONDS, "$playback.watchedSeconds"]}
_MORE_UNVERIFIED = {"$min": ["$playback.seen.unverifiedSeconds", _ADDED]}  # of a retry none
UNVERIFIED = _set({"playback.unverifiedSeconds": {"$add": ["$playback.unverifiedSeconds", _MORE_UNVERIFIED]}})

_NOT_KEPT = {"$setDifference": ["$playback.sessions", "$playback.seen.sessions"]}
_SHARE = {"$divide": [{"$multiply": [COMPLETE_PERCENT, WATCHED_SECONDS]}, "$totalDuration"]}
_COVERAGE_PERCENT = {"$toInt": {"$min": [COMPLETE_PERCENT, _SHARE]}}
_PERCENTAGES = ["$watchedPercentage", "$playback.base.watchedPercentage", "$playback.seen.percentage"]
COUNTED = _set(
    {
        "playback.watchedSeconds": WATCHED_SECONDS,
        "playback.sessions": "$playback.seen.sessions",
        "playback.base.watchCount": {"$add": ["$playback.base.watchCount", {"$size": _NOT_KEPT}]},
        "watchedDuration": {"$max": ["$watchedDuration", "$playback.furthest"]},
        "watchedPercentage": {"$max": [*_PERCENTAGES, _COVERAGE_PERCENT]},
    }
)

_SESSIONS_COUNTED = {"$add": ["$playback.base.watchCount", {"$size": "$playback.sessions"}]}
REACHED = _set(
    {
        "playback.seen.completed": COMPLETED_BEFORE,
        "playback.seen.reached": {"$gte": ["$watchedPercentage", "$playback.seen.threshold"]},
        "watchCount": {"$max": ["$watchCount", _SESSIONS_COUNTED]},
    }
)

_LEAST_PERCENT = {"$cond": ["$playback.seen.completed", "$playback.seen.threshold", 0]}
_PERCENT = ["$completionPercentage", "$playback.base.completionPercentage", "$watchedPercentage", _LEAST_PERCENT]
_REACHED_AT = {"$cond": ["$playback.seen.reached", "$playback.seen.receivedAt", "$$REMOVE"]}
_BECAME_COMPLETE = {"$gt": ["$playback.seen.reached", "$playback.seen.completed"]}
_AVERAGE = {"$divide": ["$playback.watchedSeconds", "$watchCount"]}
# in `playback.base`, since the old app knows nothing of it and cannot save over it
REMEMBERED = _set(
    {
        "playback.base.watchedPercentage": "$watchedPercentage",
        "playback.base.completionPercentage": {"$max": _PERCENT},
        "playback.base.isCompleted": {"$or": ["$playback.seen.completed", "$playback.seen.reached"]},
        "playback.base.completedAt": {"$ifNull": ["$playback.base.completedAt", "$completedAt", _REACHED_AT]},
        "outbox": {"$cond": [_BECAME_COMPLETE, completed_outbox("$playback.seen.receivedAt"), "$outbox"]},
        "averageWatchTime": {"$max": ["$playback.base.averageWatchTime", _AVERAGE]},
        "updatedAt": "$$NOW",  # the feed of changes is in the order of this clock
    }
)

PUBLISHED: Document = {
    **{name: f"$playback.base.{name}" for name in ("completionPercentage", "isCompleted", "completedAt")},
    **dict.fromkeys(("playback.seen", "playback.joined"), "$$REMOVE"),
}
