"""Fold: several documents of one key become one with the best of each published figure and the latest position; pure.

A join as the merge is: folding what was folded changes nothing, so it may be broken off and begun again anywhere.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_ranges import range_documents
from playhead.domain import ranges
from playhead.domain.habits import MAX_HALF_HOURS
from playhead.domain.playback import MAX_DEVICES, MAX_VIEWINGS
from playhead.domain.progress import MAX_SESSIONS
from playhead_cli.migration.playback import ranges_of

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_BEST: dict[str, Callable[[Iterable[Any]], Any]] = {
    **dict.fromkeys(("watchedDuration", "totalDuration", "watchedPercentage", "completionPercentage"), max),
    **dict.fromkeys(("watchCount", "averageWatchTime", "isCompleted", "lastWatchedAt", "updatedAt"), max),
    **dict.fromkeys(("firstWatchedAt", "completedAt", "createdAt"), min),
}


def best_of(documents: Sequence[Document]) -> Document:
    """Return the first of some repaired documents with the best of each published figure; the rest is the first's."""
    folded = _first_of(documents)
    for name, best in _BEST.items():
        found = [one[name] for one in documents if one.get(name) is not None]
        if found:
            folded[name] = best(found)
    outboxes = [entry for one in documents for entry in one.get("outbox") or ()]
    if outboxes:  # what is not told yet will be
        folded["outbox"] = [entry for number, entry in enumerate(outboxes) if entry not in outboxes[:number]]
    histories = [one["watchHistory"] for one in documents if one.get("watchHistory")]
    if len(histories) > 1:
        folded["watchHistory"] = _newest(histories)
    return folded


def fold(documents: Sequence[Document]) -> Document:
    """Return what repaired documents of one key, each with `playback`, are together, with the first one's _id."""
    folded = best_of(documents)
    folded["playback"] = _playbacks([one["playback"] for one in documents])
    return folded


def _playbacks(some: Sequence[Document]) -> Document:
    watched = ranges.union(*(ranges_of(one.get("watched")) for one in some))
    sessions = sorted({session for one in some for session in one.get("sessions", ())}, reverse=True)
    overflow = max(0, len(sessions) - MAX_SESSIONS)
    bases = [one.get("base", {}) for one in some]
    base = {name: max(one.get(name, 0) for one in bases) for name in _first_of(bases)}
    if overflow:
        base["watchCount"] = base.get("watchCount", 0) + overflow
    return _first_of(some) | {
        "position": max((one.get("position") for one in some), key=_register),
        "furthest": max(one.get("furthest", 0) for one in some),
        "watched": range_documents(watched),
        "watchedSeconds": ranges.seconds(watched),
        "unverifiedSeconds": max(one.get("unverifiedSeconds", 0) for one in some),
        "sessions": sessions[:MAX_SESSIONS],
        "base": base,
        "devices": _devices(some),
        "halfHours": _half_hours(some),
        "attempt": max(one.get("attempt", 1) for one in some),
    }


def _first_of(documents: Sequence[Document]) -> Document:
    """Return all fields of some documents, where several have one the first's."""
    first = dict(documents[0])
    for one in documents[1:]:
        for name, value in one.items():
            first.setdefault(name, value)
    return first


def _register(position: Document | None) -> tuple[Any, ...]:
    """Return how positions compare: as the documents do in the database, one without a time before any other."""
    if position is None:
        return (_BEGINNING, -1)
    names = ("seq", "device", "session", "seconds")
    return (position.get("at") or _BEGINNING, *(position.get(name) for name in names))


def _devices(some: Sequence[Document]) -> Document:
    latest: Document = {}
    for one in some:
        for name, position in one.get("devices", {}).items():
            latest[name] = max(latest.get(name), position, key=_register)
    return dict(sorted(latest.items(), key=lambda item: _register(item[1]), reverse=True)[:MAX_DEVICES])


def _half_hours(some: Sequence[Document]) -> Document:
    joined: dict[str, ranges.Ranges] = {}
    for name, watched in (item for one in some for item in one.get("halfHours", {}).items()):
        joined[name] = ranges.union(joined.get(name, ()), ranges_of(watched))
    return {name: range_documents(watched) for name, watched in sorted(joined.items())[-MAX_HALF_HOURS:]}


def _newest(histories: Sequence[list[Any]]) -> list[Any]:
    """Return the last entries of several histories, each once; what Playhead wrote is ordered by session, and last."""
    seen: list[Any] = []
    for entry in (entry for history in histories for entry in history):
        if entry not in seen:
            seen.append(entry)
    return sorted(seen, key=_place)[-MAX_VIEWINGS:]


def _place(entry: Any) -> tuple[str, datetime]:  # noqa: ANN401 - an old document may hold anything
    fields = entry.values() if isinstance(entry, dict) else ()
    dates = [one for one in fields if isinstance(one, datetime)]
    session = entry.get("session") if isinstance(entry, dict) else None
    return (session if isinstance(session, str) else "", max(dates, default=_BEGINNING))
