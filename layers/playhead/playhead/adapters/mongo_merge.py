"""The merge as one aggregation pipeline: `playhead.domain.progress.merge`, done by MongoDB in one atomic update.

What the pipeline computes costs the server next to nothing; reading its text is what takes time, on each update. So the
text is short, and what is the same in every merge is encoded once (mongo_merge_stages).
All that comes from outside is in `playback.seen` while the update lasts, and enters through `$literal`: a string that
starts with `$` would else be read as a path.
"""

from collections.abc import Sequence
from urllib.parse import quote

from bson import DatetimeMS

from playhead.adapters import mongo_merge_stages as stages
from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import half_hour_name, position_document
from playhead.adapters.mongo_expressions import Expression, Stage
from playhead.adapters.mongo_merge_stages import unless_off
from playhead.adapters.mongo_ranges import unions
from playhead.domain.habits import MAX_HALF_HOURS, half_hour
from playhead.domain.playback import MAX_DEVICES
from playhead.domain.progress import Contribution
from playhead.domain.report import Position


def merge_pipeline(new: Contribution) -> list[Stage]:
    """Return the update that merges a contribution into its key's document, which has a `playback` already."""
    return [
        _brought(new),
        stages.JOINED,
        *([stages.UNVERIFIED] if new.unverified_seconds else []),
        stages.COUNTED,
        stages.REACHED,
        stages.REMEMBERED,
        _published(new),
    ]


def latest(stored: Expression, position: Position) -> Expression:
    """Return the later of two positions: as documents they compare in the register's order, missing before any."""
    return {"$max": [stored, {"$literal": position_document(position)}]}


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
        brought["playback.devices"] = unless_off({}, _with_devices(seen.devices))
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


def _with_devices(seen: Sequence[Position]) -> Expression:
    """Keep the last position of each of the devices seen last, by names in which `.` and `$` mean nothing."""
    names = {quote(one.device, safe="").replace(".", "%2E"): one for one in seen}
    latest_of = {name: latest(f"$playback.devices.{name}", one) for name, one in names.items()}
    merged = {"$objectToArray": {"$mergeObjects": ["$playback.devices", latest_of]}}
    return {"$arrayToObject": {"$slice": [{"$sortArray": {"input": merged, "sortBy": {"v": -1}}}, MAX_DEVICES]}}


def _published(new: Contribution) -> Stage:
    """Publish what is remembered, keep the half hours, and forget what was of use meanwhile."""
    if not new.playback.half_hours:
        return {"$set": stages.PUBLISHED}
    return {"$set": stages.PUBLISHED | {"playback.halfHours": unless_off("$$REMOVE", _with_half_hours(new))}}


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
