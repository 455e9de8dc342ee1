"""The merge as one aggregation pipeline: `playhead.domain.progress.merge`, done by MongoDB in one atomic update.

Stages: 1 join the playback, 2 count, 3 remember what is published, 4 publish it. The server parses the pipeline on each
update, so it is kept short: two positions are compared as whole documents, field by field, and what only a document's
first merge needs is a stage of its own (mongo_take_over).
Every value from outside enters through `$literal`: a string that starts with `$` would else be read as a path.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import half_hour_name, position_document, to_date
from playhead.adapters.mongo_ranges import WATCHED_SECONDS, union
from playhead.domain.habits import MAX_HALF_HOURS, half_hour
from playhead.domain.playback import MAX_DEVICES, MAX_VIEWINGS
from playhead.domain.progress import COMPLETE_PERCENT, MAX_SESSIONS, Contribution
from playhead.domain.ranges import Ranges
from playhead.domain.report import Position

type Expression = Any


def merge_pipeline(new: Contribution) -> list[Document]:
    """Return the update that merges a contribution into its key's document, which has a `playback` already."""
    return [{"$set": _joined(new)}, {"$set": _counted(new)}, {"$set": _remembered(new)}, {"$set": _PUBLISHED}]


def _joined(new: Contribution) -> Document:
    seen = new.playback
    return {
        "playback.position": latest("$playback.position", seen.position),
        "playback.furthest": {"$max": ["$playback.furthest", seen.furthest]},
        "playback.watched": union("$playback.watched", seen.watched),
        "playback.sessions": _with_sessions("$playback.sessions", seen.sessions),
        **{_device_path(one): latest(f"${_device_path(one)}", one) for one in seen.devices},
        **dict(_with_half_hour(*one) for one in seen.half_hours),
        "playback.hidden": _unless_played_since("$playback.hidden", seen.last_at),
        "watchHistory": _unless_off([], _with_viewings(seen.viewings)),
        "totalDuration": new.catalogue_duration or {"$max": ["$totalDuration", seen.duration]},
        "firstWatchedAt": {"$min": ["$firstWatchedAt", to_date(seen.first_at)]},
        "lastWatchedAt": {"$max": ["$lastWatchedAt", to_date(seen.last_at)]},
    }


def _literal(value: object) -> Expression:
    return {"$literal": value}


_SHARE: Expression = {"$divide": [{"$multiply": [COMPLETE_PERCENT, WATCHED_SECONDS]}, "$totalDuration"]}
_COVERAGE_PERCENT: Expression = {"$toInt": {"$floor": {"$min": [COMPLETE_PERCENT, _SHARE]}}}


def latest(stored: Expression, position: Position) -> Expression:
    """Return the later of two positions: as documents they compare in the register's order, missing before any."""
    return {"$max": [stored, _literal(position_document(position))]}


def _device_path(position: Position) -> str:
    """Return where a device's last position is kept; quoted, since in a path `.` and `$` would have a meaning."""
    return "playback.devices." + quote(position.device, safe="").replace(".", "%2E")


def _with_half_hour(began_at: int, watched: Ranges) -> tuple[str, Expression]:
    path = "playback.halfHours." + half_hour_name(began_at)
    stored = {"$ifNull": [f"${path}", []]}
    return path, {"$let": {"vars": {"stored": stored}, "in": union("$$stored", watched)}}


def _unless_played_since(hidden: Expression, last_at: int) -> Expression:
    """Keep the date of hiding from the unfinished list until the video is played after it."""
    return {"$cond": [{"$gt": [hidden, to_date(last_at)]}, hidden, "$$REMOVE"]}


def _unless_off(nothing: Expression, history: Expression) -> Expression:
    """Keep no viewings of a learner who wants no history."""
    return {"$cond": ["$playback.historyOff", nothing, history]}


def _with_sessions(stored: Expression, sessions: Sequence[str]) -> Expression:
    """Add session ids one after the other."""
    if len(sessions) == 1:
        return _with_session(stored, _literal(sessions[0]))
    ids = _literal(list(sessions))
    return {"$reduce": {"input": ids, "initialValue": stored, "in": _with_session("$$value", "$$this")}}


def _with_session(stored: Expression, session: Expression) -> Expression:
    """Add a session id, newest first; of a full list, an id older than the oldest kept one counts as known."""
    full = {"$gte": [{"$size": stored}, MAX_SESSIONS]}
    known = {"$or": [{"$in": [session, stored]}, {"$and": [full, {"$lt": [session, {"$last": stored}]}]}]}
    added = {"$sortArray": {"input": {"$concatArrays": [stored, [session]]}, "sortBy": -1}}
    return {"$cond": [known, stored, added]}


def _with_viewings(viewings: Sequence[Position]) -> Expression:
    """Keep each session's last position, of the newest sessions; entries from before Playhead count as oldest."""
    merged: Expression = "$watchHistory"
    for one in viewings:
        merged = _with_viewing(merged, one)
    return {"$slice": [{"$sortArray": {"input": merged, "sortBy": {"session": 1}}}, -MAX_VIEWINGS]}


def _with_viewing(stored: Expression, viewing: Position) -> Expression:
    def those(operator: str) -> Expression:
        same = {operator: ["$$one.session", _literal(viewing.session)]}
        return {"$filter": {"input": "$$viewings", "as": "one", "cond": same}}

    newest = latest({"$max": those("$eq")}, viewing)
    return {"$let": {"vars": {"viewings": stored}, "in": {"$concatArrays": [those("$ne"), [newest]]}}}


def _counted(new: Contribution) -> Document:
    sessions = {"$size": "$playback.sessions"}
    counted: Document = {
        "playback.watchedSeconds": WATCHED_SECONDS,
        "playback.sessions": {"$slice": ["$playback.sessions", MAX_SESSIONS]},
        "playback.base.watchCount": {
            "$add": ["$playback.base.watchCount", {"$max": [0, {"$subtract": [sessions, MAX_SESSIONS]}]}],
        },
        "watchCount": {"$max": ["$watchCount", {"$add": ["$playback.base.watchCount", sessions]}]},
        "watchedDuration": {"$max": ["$watchedDuration", "$playback.furthest"]},
        "watchedPercentage": {"$max": ["$watchedPercentage", "$playback.base.watchedPercentage", _COVERAGE_PERCENT]},
    }
    if new.reported_percentage:
        counted["watchedPercentage"]["$max"].append(new.reported_percentage)
    if new.playback.half_hours:
        is_late = any(began_at < half_hour(new.received_at) for began_at, _ in new.playback.half_hours)
        kept = _NEWEST_HALF_HOURS if is_late else "$playback.halfHours"
        counted["playback.halfHours"] = _unless_off("$$REMOVE", kept)
    if new.playback.devices:
        counted["playback.devices"] = _unless_off({}, _SEEN_LAST)
    if new.unverified_seconds:  # only what this merge adds counts, so a retry counts nothing
        added = {"$subtract": [WATCHED_SECONDS, "$playback.watchedSeconds"]}
        unverified = {"$min": [new.unverified_seconds, added]}
        counted["playback.unverifiedSeconds"] = {"$add": ["$playback.unverifiedSeconds", unverified]}
    return counted


def _most(path: str, limit: int, order: Document) -> Expression:
    """Return an object with as many of its fields as are kept, the first in an order of {k, v}."""
    fields = {"$objectToArray": path}
    kept = {"$slice": [{"$sortArray": {"input": fields, "sortBy": order}}, limit]}
    return {"$cond": [{"$lte": [{"$size": fields}, limit]}, path, {"$arrayToObject": kept}]}


_SEEN_LAST = _most("$playback.devices", MAX_DEVICES, {"v": -1})
_NEWEST_HALF_HOURS = _most("$playback.halfHours", MAX_HALF_HOURS, {"k": -1})


COMPLETED_BEFORE: Expression = {"$in": [True, ["$isCompleted", "$playback.base.isCompleted"]]}


def _remembered(new: Contribution) -> Document:
    """Keep in `playback.base` what is published: the old app knows nothing of it and cannot save over it."""
    received = to_date(new.received_at)
    reached = {"$gte": ["$watchedPercentage", new.threshold]}
    least = {"$cond": [{"$or": [COMPLETED_BEFORE, reached]}, new.threshold, 0]}
    becomes = {"$and": [reached, {"$not": COMPLETED_BEFORE}]}
    average = {"$divide": ["$playback.watchedSeconds", {"$max": [1, "$watchCount"]}]}
    return {
        "playback.base.watchedPercentage": "$watchedPercentage",
        "playback.base.completionPercentage": {
            "$max": ["$completionPercentage", "$playback.base.completionPercentage", "$watchedPercentage", least]
        },
        "playback.base.isCompleted": {"$or": [COMPLETED_BEFORE, reached]},
        "playback.base.completedAt": {
            "$ifNull": ["$playback.base.completedAt", "$completedAt", {"$cond": [reached, received, "$$REMOVE"]}]
        },
        "outbox": {"$cond": [becomes, completed_outbox(received), "$outbox"]},
        "averageWatchTime": {"$max": ["$playback.base.averageWatchTime", average]},
        "updatedAt": "$$NOW",  # the feed of changes is in the order of this clock
    }


_PUBLISHED: Document = {
    name: f"$playback.base.{name}" for name in ("completionPercentage", "isCompleted", "completedAt")
}


def completed_outbox(at: datetime) -> Expression:
    """Return the outbox with one more entry: that the video became complete in this attempt."""
    entry = {"type": "video.completed", "at": at, "attempt": "$playback.attempt"}
    return {"$concatArrays": [{"$ifNull": ["$outbox", []]}, [entry]]}
