"""The merge as one aggregation pipeline: `playhead.domain.progress.merge`, done by MongoDB in one atomic update.

Stages: 1 take over a document from before Playhead, 2 join the playback, 3 count, 4 percentage, 5 completion.
Every value from outside enters through `$literal`: a string that starts with `$` would else be read as a path.
"""

from collections.abc import Sequence
from typing import Any

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
        {"$set": {"playback": {"$ifNull": ["$playback", _TAKEN_OVER]}}},
        {
            "$set": {
                "playback.position": _latest("$playback.position", seen.position),
                "playback.furthest": {"$max": ["$playback.furthest", seen.furthest]},
                "playback.watched": _union("$playback.watched", seen.watched),
                "playback.sessions": _with_sessions(seen.sessions),
                "playback.devices": _with_devices(seen.devices),
                "totalDuration": new.catalogue_duration or {"$max": ["$totalDuration", seen.duration]},
                "firstWatchedAt": {"$min": ["$firstWatchedAt", to_date(seen.first_at)]},
                "lastWatchedAt": {"$max": ["$lastWatchedAt", to_date(seen.last_at)]},
                "watchHistory": _with_viewings(seen.viewings),
            },
        },
        {"$set": _counted(new)},
        {"$set": {"watchedPercentage": {"$max": ["$watchedPercentage", _COVERAGE_PERCENT]}}},
        {"$set": _published(new)},
    ]


def _literal(value: object) -> Expression:
    return {"$literal": value}


def _number(path: str) -> Expression:
    return {"$convert": {"input": path, "to": "double", "onError": 0, "onNull": 0}}


_TAKEN_OVER: Expression = {
    "position": {
        "$cond": [
            {"$gt": [_number("$watchedDuration"), 0]},
            {
                "seconds": _number("$watchedDuration"),
                "at": {"$convert": {"input": "$lastWatchedAt", "to": "date", "onError": 0, "onNull": None}},
                "seq": 0,
                "session": "",
                "device": "",
            },
            None,
        ],
    },
    "furthest": _number("$watchedDuration"),
    "watched": [],
    "watchedSeconds": 0,
    "unverifiedSeconds": 0,
    "sessions": [],
    "base": {"watchCount": {"$toInt": _number("$watchCount")}, "watchedPercentage": _number("$watchedPercentage")},
    "devices": {},
    "attempt": 1,
}

_WATCHED_SECONDS: Expression = {"$subtract": [{"$sum": "$playback.watched.end"}, {"$sum": "$playback.watched.start"}]}

_COVERAGE_PERCENT: Expression = {
    "$min": [
        COMPLETE_PERCENT,
        {
            "$toInt": {
                "$floor": {
                    "$divide": [{"$multiply": [COMPLETE_PERCENT, "$playback.watchedSeconds"]}, "$totalDuration"],
                },
            },
        },
    ],
}


def _latest(stored: Expression, position: Position) -> Expression:
    """Return the later of two positions, by the register's order."""
    document = position_document(position)
    return {"$cond": [{"$gt": [_order(document), _stored_order(stored)]}, _literal(document), stored]}


def _order(document: Document) -> Expression:
    return _literal([document[name] for name in ("at", "seq", "device", "session", "seconds")])


def _stored_order(stored: str) -> Expression:
    return [f"{stored}.{name}" for name in ("at", "seq", "device", "session", "seconds")]


def _union(stored: Expression, watched: Ranges) -> Expression:
    """Add ranges one after the other: what ends before, one range over all that touch, what starts after."""
    if not watched:
        return stored
    if len(watched) == 1:
        return _with_range(stored, *watched[0])
    return {
        "$reduce": {
            "input": _literal([{"start": start, "end": end} for start, end in watched]),
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


def _with_sessions(sessions: Sequence[str]) -> Expression:
    """Add session ids, newest first; of a full list, an id older than the oldest kept one counts as known."""
    stored = "$playback.sessions"
    countable = {"$or": [{"$lt": [{"$size": stored}, MAX_SESSIONS]}, {"$gt": ["$$one", {"$last": stored}]}]}
    fresh = {
        "$filter": {
            "input": _literal(list(sessions)),
            "as": "one",
            "cond": {"$and": [{"$not": {"$in": ["$$one", stored]}}, countable]},
        },
    }
    joined = {"$sortArray": {"input": {"$concatArrays": [stored, fresh]}, "sortBy": -1}}
    return {"$cond": [{"$setIsSubset": [_literal(list(sessions)), stored]}, stored, joined]}


def _with_devices(devices: Sequence[Position]) -> Expression:
    """Keep each device's last position, of the devices seen last. Device names are checked at the edge."""
    stored = "$playback.devices"
    if not devices:
        return stored
    newer = [
        {
            "$cond": [
                {"$gt": [_order(position_document(one)), _stored_order(f"{stored}.{one.device}")]},
                _literal({one.device: position_document(one)}),
                {},
            ],
        }
        for one in devices
    ]
    entries = {"$objectToArray": {"$mergeObjects": [stored, *newer]}}
    latest_first = {"v.at": -1, "v.seq": -1, "v.device": -1}
    bounded = {"$slice": [{"$sortArray": {"input": entries, "sortBy": latest_first}}, MAX_DEVICES]}
    return {"$arrayToObject": bounded}


def _with_viewings(viewings: Sequence[Position]) -> Expression:
    """Keep each session's last position, of the newest sessions; entries from before Playhead count as oldest."""
    merged: Expression = {"$ifNull": ["$watchHistory", []]}
    for one in viewings:
        merged = _with_viewing(merged, one)
    return {"$slice": [{"$sortArray": {"input": merged, "sortBy": {"session": 1}}}, -MAX_VIEWINGS]}


def _with_viewing(stored: Expression, viewing: Position) -> Expression:
    document = position_document(viewing)
    same = {"$eq": ["$$one.session", _literal(viewing.session)]}
    others = {"$filter": {"input": "$$viewings", "as": "one", "cond": {"$not": same}}}
    newer = {"$filter": {"input": "$$viewings", "as": "one", "cond": {"$and": [same, _is_newer(document)]}}}
    known = {"$gt": [{"$size": newer}, 0]}
    return {
        "$let": {
            "vars": {"viewings": stored},
            "in": {"$cond": [known, "$$viewings", {"$concatArrays": [others, [_literal(document)]]}]},
        },
    }


def _is_newer(document: Document) -> Expression:
    return {"$gte": [_stored_order("$$one"), _order(document)]}


def _counted(new: Contribution) -> Document:
    sessions = {"$size": "$playback.sessions"}
    base = {"$add": ["$playback.base.watchCount", {"$max": [0, {"$subtract": [sessions, MAX_SESSIONS]}]}]}
    counted: Document = {
        "playback.watchedSeconds": _WATCHED_SECONDS,
        "playback.sessions": {"$slice": ["$playback.sessions", MAX_SESSIONS]},
        "playback.base.watchCount": base,
        "watchCount": {"$add": ["$playback.base.watchCount", sessions]},
        "watchedDuration": {"$max": ["$watchedDuration", "$playback.furthest"]},
    }
    if new.unverified_seconds:  # only what this merge adds counts, so a retry counts nothing
        added = {"$subtract": [_WATCHED_SECONDS, "$playback.watchedSeconds"]}
        unverified = {"$min": [new.unverified_seconds, added]}
        counted["playback.unverifiedSeconds"] = {"$add": ["$playback.unverifiedSeconds", unverified]}
    return counted


def _published(new: Contribution) -> Document:
    received = to_date(new.received_at)
    completed = {"$or": [{"$eq": ["$isCompleted", True]}, {"$gte": ["$watchedPercentage", new.threshold]}]}
    return {
        "completionPercentage": {"$max": ["$completionPercentage", "$watchedPercentage"]},
        "isCompleted": completed,
        "completedAt": {"$ifNull": ["$completedAt", {"$cond": [completed, received, "$$REMOVE"]}]},
        "averageWatchTime": {"$divide": ["$playback.watchedSeconds", {"$max": [1, "$watchCount"]}]},
        "__v": {"$ifNull": ["$__v", 0]},
        "createdAt": {"$ifNull": ["$createdAt", received]},
        "updatedAt": received,
    }
