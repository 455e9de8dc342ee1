"""The merge as one aggregation pipeline: `playhead.domain.progress.merge`, done by MongoDB in one atomic update.

What the pipeline computes costs the server next to nothing; reading its text is what takes time, on each update. So the
text is short, and what never changes of it is encoded once.
All that comes from outside is in `playback.seen` while the update lasts, and enters through `$literal`: a string that
starts with `$` would else be read as a path.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import bson
from bson import DatetimeMS
from bson.raw_bson import RawBSONDocument

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import half_hour_name, position_document
from playhead.adapters.mongo_ranges import WATCHED_SECONDS, unions
from playhead.domain.habits import MAX_HALF_HOURS, half_hour
from playhead.domain.playback import MAX_DEVICES, MAX_VIEWINGS
from playhead.domain.progress import COMPLETE_PERCENT, MAX_SESSIONS, Contribution
from playhead.domain.report import Position

type Expression = Any
type Stage = Mapping[str, Any]


def merge_pipeline(new: Contribution) -> list[Stage]:
    """Return the update that merges a contribution into its key's document, which has a `playback` already."""
    unverified = [_UNVERIFIED] if new.unverified_seconds else []
    return [_brought(new), _JOINED, *unverified, _COUNTED, _REACHED, _REMEMBERED, _published(new)]


def latest(stored: Expression, position: Position) -> Expression:
    """Return the later of two positions: as documents they compare in the register's order, missing before any."""
    return {"$max": [stored, {"$literal": position_document(position)}]}


def completed_outbox(at: Expression) -> Expression:
    """Return the outbox with one more entry: that the video became complete in this attempt."""
    entry = {"type": "video.completed", "at": at, "attempt": "$playback.attempt"}
    return {"$concatArrays": [{"$ifNull": ["$outbox", []]}, [entry]]}


COMPLETED_BEFORE: Expression = {"$in": [True, ["$isCompleted", "$playback.base.isCompleted"]]}


def _brought(new: Contribution) -> Stage:
    """Bring what was seen, and join it to the ranges of the video and of each half hour."""
    seen = new.playback
    half_hours = [{"$ifNull": [f"$playback.halfHours.{half_hour_name(at)}", []]} for at, _ in seen.half_hours]
    watched = [seen.watched, *(ranges for _, ranges in seen.half_hours)]
    brought = {
        "playback.seen": {"$literal": _seen(new)},
        "playback.joined": unions(["$playback.watched", *half_hours], watched),
    }
    if seen.devices:
        brought["playback.devices"] = _unless_off({}, _with_devices(seen.devices))
    return {"$set": brought}


def _seen(new: Contribution) -> Document:
    seen = new.playback
    facts = {
        "position": position_document(seen.position),
        "furthest": seen.furthest,
        "sessions": seen.sessions,
        "viewings": [position_document(one) for one in seen.viewings],
        "duration": seen.duration,
        "firstAt": DatetimeMS(seen.first_at),
        "lastAt": DatetimeMS(seen.last_at),
        "percentage": new.reported_percentage,
        "unverifiedSeconds": new.unverified_seconds,
        "receivedAt": DatetimeMS(new.received_at),
        "threshold": new.threshold,
    }
    return facts | ({"catalogueDuration": new.catalogue_duration} if new.catalogue_duration else {})


def _with_devices(devices: Sequence[Position]) -> Expression:
    """Keep the last position of each of the devices seen last, by names in which `.` and `$` mean nothing."""
    names = {quote(one.device, safe="").replace(".", "%2E"): one for one in devices}
    seen = {name: latest(f"$playback.devices.{name}", one) for name, one in names.items()}
    merged = {"$objectToArray": {"$mergeObjects": ["$playback.devices", seen]}}
    return {"$arrayToObject": {"$slice": [{"$sortArray": {"input": merged, "sortBy": {"v": -1}}}, MAX_DEVICES]}}


def _published(new: Contribution) -> Stage:
    """Publish what is remembered, keep the half hours, and forget what was only of use meanwhile."""
    published: Document = {
        **{name: f"$playback.base.{name}" for name in ("completionPercentage", "isCompleted", "completedAt")},
        **dict.fromkeys(("playback.seen", "playback.joined"), "$$REMOVE"),
    }
    if new.playback.half_hours:
        published["playback.halfHours"] = _unless_off("$$REMOVE", _with_half_hours(new))
    return {"$set": published}


def _with_half_hours(new: Contribution) -> Expression:
    """Keep the newest half hours, in the order of time: the current one is the last without sorting."""
    began_at = [one for one, _ in new.playback.half_hours]
    joined = {
        half_hour_name(one): {"$arrayElemAt": ["$playback.joined", place]}
        for place, one in enumerate(began_at, start=1)
    }
    merged: Expression = {"$objectToArray": {"$mergeObjects": ["$playback.halfHours", joined]}}
    if min(began_at) < half_hour(new.received_at):
        merged = {"$sortArray": {"input": merged, "sortBy": {"k": 1}}}
    return {"$arrayToObject": {"$slice": [merged, -MAX_HALF_HOURS]}}


def _unless_off(nothing: Expression, history: Expression) -> Expression:
    """Keep nothing of single viewings of a learner who wants no history."""
    return {"$cond": ["$playback.historyOff", nothing, history]}


def _with_viewings() -> Expression:
    """Keep the last position of each of the newest sessions; entries from before Playhead count as oldest."""
    same = {"$filter": {"input": "$watchHistory", "cond": {"$eq": ["$$this.session", "$$seen.session"]}}}
    newest = {"$map": {"input": "$playback.seen.viewings", "as": "seen", "in": {"$max": ["$$seen", {"$max": same}]}}}
    is_other = {"$not": {"$in": ["$$this.session", "$playback.seen.sessions"]}}
    others = {"$filter": {"input": "$watchHistory", "cond": is_other}}
    in_order = {"$sortArray": {"input": {"$concatArrays": [others, newest]}, "sortBy": {"session": 1}}}
    return {"$slice": [in_order, -MAX_VIEWINGS]}


def _with_sessions() -> Expression:
    """Keep the newest sessions; an id older than the oldest of a full list does not stay, and so counts as known."""
    every = {"$setUnion": ["$playback.sessions", "$playback.seen.sessions"]}
    return {"$slice": [{"$sortArray": {"input": every, "sortBy": -1}}, MAX_SESSIONS]}


def _encoded(fields: Document) -> Stage:
    return RawBSONDocument(bson.encode({"$set": fields}))


_PLAYED_SINCE = {"$lte": ["$playback.hidden", "$playback.seen.lastAt"]}
_LARGEST = {"$max": ["$totalDuration", "$playback.seen.duration"]}
_JOINED = _encoded(
    {
        "playback.watched": {"$first": "$playback.joined"},
        "playback.position": {"$max": ["$playback.position", "$playback.seen.position"]},
        "playback.furthest": {"$max": ["$playback.furthest", "$playback.seen.furthest"]},
        "playback.seen.sessions": _with_sessions(),
        "playback.hidden": {"$cond": [_PLAYED_SINCE, "$$REMOVE", "$playback.hidden"]},
        "watchHistory": _unless_off([], _with_viewings()),
        "totalDuration": {"$ifNull": ["$playback.seen.catalogueDuration", _LARGEST]},
        "firstWatchedAt": {"$min": ["$firstWatchedAt", "$playback.seen.firstAt"]},
        "lastWatchedAt": {"$max": ["$lastWatchedAt", "$playback.seen.lastAt"]},
    }
)

_ADDED = {"$subtract": [WATCHED_SECONDS, "$playback.watchedSeconds"]}
_MORE_UNVERIFIED = {"$min": ["$playback.seen.unverifiedSeconds", _ADDED]}  # of a retry none
_UNVERIFIED = _encoded({"playback.unverifiedSeconds": {"$add": ["$playback.unverifiedSeconds", _MORE_UNVERIFIED]}})

_NOT_KEPT = {"$setDifference": ["$playback.sessions", "$playback.seen.sessions"]}
_SHARE = {"$divide": [{"$multiply": [COMPLETE_PERCENT, WATCHED_SECONDS]}, "$totalDuration"]}
_COVERAGE_PERCENT = {"$toInt": {"$min": [COMPLETE_PERCENT, _SHARE]}}
_COUNTED = _encoded(
    {
        "playback.watchedSeconds": WATCHED_SECONDS,
        "playback.sessions": "$playback.seen.sessions",
        "playback.base.watchCount": {"$add": ["$playback.base.watchCount", {"$size": _NOT_KEPT}]},
        "watchedDuration": {"$max": ["$watchedDuration", "$playback.furthest"]},
        "watchedPercentage": {
            "$max": [
                "$watchedPercentage",
                "$playback.base.watchedPercentage",
                "$playback.seen.percentage",
                _COVERAGE_PERCENT,
            ],
        },
    }
)

_SESSIONS_SEEN = {"$add": ["$playback.base.watchCount", {"$size": "$playback.sessions"}]}
_REACHED = _encoded(
    {
        "playback.seen.completed": COMPLETED_BEFORE,
        "playback.seen.reached": {"$gte": ["$watchedPercentage", "$playback.seen.threshold"]},
        "watchCount": {"$max": ["$watchCount", _SESSIONS_SEEN]},
    }
)

_LEAST_PERCENT = {"$cond": ["$playback.seen.completed", "$playback.seen.threshold", 0]}
_REACHED_AT = {"$cond": ["$playback.seen.reached", "$playback.seen.receivedAt", "$$REMOVE"]}
_BECAME_COMPLETE = {"$gt": ["$playback.seen.reached", "$playback.seen.completed"]}
_AVERAGE = {"$divide": ["$playback.watchedSeconds", "$watchCount"]}
# in `playback.base`, since the old app knows nothing of it and cannot save over it
_REMEMBERED = _encoded(
    {
        "playback.base.watchedPercentage": "$watchedPercentage",
        "playback.base.completionPercentage": {
            "$max": [
                "$completionPercentage",
                "$playback.base.completionPercentage",
                "$watchedPercentage",
                _LEAST_PERCENT,
            ],
        },
        "playback.base.isCompleted": {"$or": ["$playback.seen.completed", "$playback.seen.reached"]},
        "playback.base.completedAt": {"$ifNull": ["$playback.base.completedAt", "$completedAt", _REACHED_AT]},
        "outbox": {"$cond": [_BECAME_COMPLETE, completed_outbox("$playback.seen.receivedAt"), "$outbox"]},
        "averageWatchTime": {"$max": ["$playback.base.averageWatchTime", _AVERAGE]},
        "updatedAt": "$$NOW",  # the feed of changes is in the order of this clock
    }
)
