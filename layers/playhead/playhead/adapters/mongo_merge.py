"""The merge as one aggregation pipeline: `playhead.domain.progress.merge`, done by MongoDB in one atomic update.

Stages: 1 take over a document from before Playhead, 2 join the playback, 3 count, 4 publish. The server parses the
pipeline on each update, so it is kept short: two positions are compared as whole documents, field by field.
Every value from outside enters through `$literal`: a string that starts with `$` would else be read as a path.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import position_document, to_date
from playhead.domain.playback import MAX_DEVICES, MAX_VIEWINGS
from playhead.domain.progress import COMPLETE_PERCENT, MAX_SESSIONS, Contribution
from playhead.domain.ranges import Ranges
from playhead.domain.report import Position

type Expression = Any


def merge_pipeline(new: Contribution) -> list[Document]:
    """Return the update that merges a contribution into its key's document, which may not exist yet."""
    seen = new.playback
    return [
        TAKE_OVER,
        {
            "$set": {
                "playback.position": latest("$playback.position", seen.position),
                "playback.furthest": {"$max": ["$playback.furthest", seen.furthest]},
                "playback.watched": _union("$playback.watched", seen.watched),
                "playback.sessions": _with_sessions("$playback.sessions", seen.sessions),
                **{_device_path(one): latest(f"${_device_path(one)}", one) for one in seen.devices},
                "playback.hidden": _unless_played_since("$playback.hidden", seen.last_at),
                "watchHistory": _with_viewings(seen.viewings),
                "totalDuration": new.catalogue_duration or {"$max": ["$totalDuration", seen.duration]},
                "firstWatchedAt": {"$min": ["$firstWatchedAt", to_date(seen.first_at)]},
                "lastWatchedAt": {"$max": ["$lastWatchedAt", to_date(seen.last_at)]},
            },
        },
        {"$set": _counted(new)},
        {"$set": _published(new)},
    ]


def _literal(value: object) -> Expression:
    return {"$literal": value}


def _number(path: str, kind: str = "double") -> Expression:
    return {"$convert": {"input": path, "to": kind, "onError": 0, "onNull": 0}}


_TAKEN_OVER: Expression = {
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

TAKE_OVER: Document = {"$set": {"playback": {"$ifNull": ["$playback", _TAKEN_OVER]}}}

WATCHED_SECONDS: Expression = {"$subtract": [{"$sum": "$playback.watched.end"}, {"$sum": "$playback.watched.start"}]}

_SHARE: Expression = {"$divide": [{"$multiply": [COMPLETE_PERCENT, WATCHED_SECONDS]}, "$totalDuration"]}
_COVERAGE_PERCENT: Expression = {"$toInt": {"$floor": {"$min": [COMPLETE_PERCENT, _SHARE]}}}


def latest(stored: Expression, position: Position) -> Expression:
    """Return the later of two positions: as documents they compare in the register's order, missing before any."""
    return {"$max": [stored, _literal(position_document(position))]}


def _device_path(position: Position) -> str:
    """Return where a device's last position is kept; quoted, since in a path `.` and `$` would have a meaning."""
    return "playback.devices." + quote(position.device, safe="").replace(".", "%2E")


def _unless_played_since(hidden: Expression, last_at: int) -> Expression:
    """Keep the date of hiding from the unfinished list until the video is played after it."""
    return {"$cond": [{"$gt": [hidden, to_date(last_at)]}, hidden, "$$REMOVE"]}


def _union(stored: Expression, watched: Ranges) -> Expression:
    """Add ranges one after the other: what ends before, one range over all that touch, what starts after."""
    if not watched:
        return stored
    if len(watched) == 1:
        return _with_range(stored, *watched[0])
    return union_with(stored, _literal([{"start": start, "end": end} for start, end in watched]))


def union_with(stored: Expression, other: Expression) -> Expression:
    """Return the union of two arrays of ranges, as expressions."""
    return {
        "$reduce": {
            "input": other,
            "initialValue": stored,
            "in": _with_range("$$value", "$$this.start", "$$this.end"),
        },
    }


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
    merged: Expression = {"$ifNull": ["$watchHistory", []]}
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
        "watchCount": {"$add": ["$playback.base.watchCount", sessions]},
        "watchedDuration": {"$max": ["$watchedDuration", "$playback.furthest"]},
        "watchedPercentage": {"$max": ["$watchedPercentage", _COVERAGE_PERCENT]},
    }
    if new.playback.devices:
        counted["playback.devices"] = _SEEN_LAST
    if new.unverified_seconds:  # only what this merge adds counts, so a retry counts nothing
        added = {"$subtract": [WATCHED_SECONDS, "$playback.watchedSeconds"]}
        unverified = {"$min": [new.unverified_seconds, added]}
        counted["playback.unverifiedSeconds"] = {"$add": ["$playback.unverifiedSeconds", unverified]}
    return counted


_DEVICES: Expression = {"$objectToArray": "$playback.devices"}
_SEEN_LAST: Expression = {
    "$cond": [
        {"$lte": [{"$size": _DEVICES}, MAX_DEVICES]},
        "$playback.devices",
        {"$arrayToObject": {"$slice": [{"$sortArray": {"input": _DEVICES, "sortBy": {"v": -1}}}, MAX_DEVICES]}},
    ],
}


def _published(new: Contribution) -> Document:
    received = to_date(new.received_at)
    reached = {"$gte": ["$watchedPercentage", new.threshold]}
    return {
        "completionPercentage": {"$max": ["$completionPercentage", "$watchedPercentage"]},
        "isCompleted": {"$or": [{"$eq": ["$isCompleted", True]}, reached]},
        "completedAt": {"$ifNull": ["$completedAt", {"$cond": [reached, received, "$$REMOVE"]}]},
        "averageWatchTime": {"$divide": ["$playback.watchedSeconds", {"$max": [1, "$watchCount"]}]},
        "__v": {"$ifNull": ["$__v", 0]},
        "createdAt": {"$ifNull": ["$createdAt", received]},
        "updatedAt": received,
    }
