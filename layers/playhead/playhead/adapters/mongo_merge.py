"""The merge as one aggregation pipeline: `playhead.domain.progress.merge`, done by MongoDB in one atomic update.

What the pipeline computes costs the server next to nothing; reading its text is what takes time, on each update. So
there are two: `whole_merge` is right for every document; `merge_going_on` leaves out what a report does not touch that
goes on with a viewing and completes nothing, as most do. `goes_on` says for which documents the two are the same.
All that comes from outside enters through `$literal`: a string that starts with `$` would else be read as a path.
"""

from math import floor
from urllib.parse import quote

from bson import DatetimeMS

from playhead.adapters import mongo_merge_stages as stages
from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import half_hour_name, position_document
from playhead.adapters.mongo_merge_stages import Expression, Stage, unless_off
from playhead.adapters.mongo_ranges import unions
from playhead.domain.habits import MAX_HALF_HOURS, half_hour
from playhead.domain.playback import MAX_DEVICES, Playback
from playhead.domain.progress import COMPLETE_PERCENT, Contribution
from playhead.domain.ranges import seconds
from playhead.domain.report import Position


def whole_merge(new: Contribution) -> list[Stage]:
    """Return the update that merges a contribution into its key's document, which has a `playback` already."""
    devices = unless_off({}, _newest(_with_devices(new.playback)))
    half_hours = unless_off("$$REMOVE", _with_half_hours(new))
    return [
        _brought(new, {"playback.devices": devices} if new.playback.devices else {}),
        stages.JOINED,
        *_unverified(new),
        stages.COUNTED,
        stages.REACHED,
        stages.COMPLETED,
        _published({"playback.halfHours": half_hours} if new.playback.half_hours else {}),
    ]


def merge_going_on(new: Contribution) -> list[Stage]:
    """Return the same for the documents that `goes_on` finds."""
    half_hours = _with_half_hours(new)
    return [
        _brought(new, {_device_path(one): latest(f"${_device_path(one)}", one) for one in new.playback.devices}),
        stages.JOINED_GOING_ON,
        *_unverified(new),
        stages.COUNTED_GOING_ON,
        _published({"playback.halfHours": half_hours} if new.playback.half_hours else {}),
    ]


def goes_on(new: Contribution) -> Document:
    """Return the filter of documents that know the session and the devices, and that this will not make complete.

    Where the session is in the history, the learner wants one.
    """
    seen = new.playback
    duration = new.catalogue_duration or seen.duration
    enough = floor(duration * new.threshold / COMPLETE_PERCENT) - seconds(seen.watched)
    below = {"$lt": new.threshold if new.reported_percentage < new.threshold else 0}
    incomplete = {
        "playback.base.isCompleted": False,
        "isCompleted": {"$ne": True},
        "playback.watchedSeconds": {"$lt": enough},
        "playback.base.watchedPercentage": below,
        "watchedPercentage": below,
    }
    return {
        "playback.sessions": {"$all": seen.sessions},
        "watchHistory.session": seen.position.session,
        **{_device_path(one): {"$exists": True} for one in seen.devices},
        "playback.hidden": None,
        "$or": [{"playback.base.isCompleted": True}, incomplete],
    }


def latest(stored: Expression, position: Position) -> Expression:
    """Return the later of two positions: as documents they compare in the register's order, missing before any."""
    return {"$max": [stored, {"$literal": position_document(position)}]}


def _brought(new: Contribution, devices: Document) -> Stage:
    """Bring what was seen, and join it to the ranges of the video and of each half hour."""
    seen = new.playback
    half_hours = [{"$ifNull": [f"$playback.halfHours.{half_hour_name(at)}", []]} for at, _ in seen.half_hours]
    watched = [seen.watched, *(ranges for _, ranges in seen.half_hours)]
    joined = unions(["$playback.watched", *half_hours], watched)
    return {"$set": {"playback.seen": {"$literal": _seen(new)}, "playback.joined": joined, **devices}}


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


def _unverified(new: Contribution) -> list[Stage]:
    return [stages.UNVERIFIED] if new.unverified_seconds else []


def _device_name(position: Position) -> str:
    """Return a device as a field's name, in which `.` and `$` mean nothing."""
    return quote(position.device, safe="").replace(".", "%2E")


def _device_path(position: Position) -> str:
    return f"playback.devices.{_device_name(position)}"


def _with_devices(seen: Playback) -> Expression:
    """Return each device with its last position."""
    latest_of = {_device_name(one): latest(f"${_device_path(one)}", one) for one in seen.devices}
    return {"$mergeObjects": ["$playback.devices", latest_of]}


def _newest(devices: Expression) -> Expression:
    """Keep the devices that were seen last."""
    in_order = {"$sortArray": {"input": {"$objectToArray": devices}, "sortBy": {"v": -1}}}
    return {"$arrayToObject": {"$slice": [in_order, MAX_DEVICES]}}


def _with_half_hours(new: Contribution) -> Expression:
    """Keep the newest half hours, in the order of time: the current one is the last without sorting."""
    began_at = [one for one, _ in new.playback.half_hours]
    joined = {
        half_hour_name(one): {"$arrayElemAt": ["$playback.joined", place]}
        for place, one in enumerate(began_at, start=1)
    }
    merged: Expression = {"$objectToArray": {"$mergeObjects": ["$playback.halfHours", joined]}}
    if began_at and min(began_at) < half_hour(new.received_at):
        merged = {"$sortArray": {"input": merged, "sortBy": {"k": 1}}}
    return {"$arrayToObject": {"$slice": [merged, -MAX_HALF_HOURS]}}


def _published(half_hours: Document) -> Stage:
    return {"$set": stages.PUBLISHED | half_hours}
