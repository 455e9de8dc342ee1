"""The shapes of MongoDB documents: how keys, positions and progress are spelt there, and read back."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import isfinite
from typing import Any, TypeIs

from bson import DatetimeMS, ObjectId
from bson.errors import InvalidId

from playhead.adapters.mongo_client import Document
from playhead.domain.habits import HalfHours
from playhead.domain.progress import COMPLETE_PERCENT, Completion, Progress
from playhead.domain.ranges import Ranges
from playhead.domain.report import Key, Position

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OBJECT_ID_DIGITS = 24
YES = [True, 1, "true", "1", "yes"]
"""How the old app may have stored that something is so: what Mongoose reads as true."""


def stored_id(text: str) -> str | ObjectId:
    """Return an id as it is stored: what looks like an ObjectId is one."""
    if len(text) != _OBJECT_ID_DIGITS:
        return text
    try:
        return ObjectId(text)
    except InvalidId:
        return text


def either_id(text: str) -> list[object]:
    """Return an id as the platform may have stored it: as an ObjectId, or as text."""
    return list({stored_id(text), text})


def spelt_id(stored: object) -> str:
    """Return a stored id as the API spells it."""
    return str(stored)


def identity(key: Key) -> Document:
    """Return the filter that finds one key's document."""
    return {
        "userId": stored_id(key.user_id),
        "courseId": stored_id(key.course_id),
        "videoId": stored_id(key.video_id),
    }


def to_date(ms: int) -> datetime:
    """Return ms since the epoch as a date."""
    return _EPOCH + timedelta(milliseconds=ms)


@lru_cache(maxsize=64)  # reports of one environment are of few half hours
def half_hour_name(began_at: int) -> str:
    """Return the field name of a half hour that began at a time in ms; names sort in the order of time."""
    return to_date(began_at).isoformat()[:16] + "Z"


def to_ms(date: Any) -> int | None:  # noqa: ANN401 - an old document may hold anything
    """Return a date as ms since the epoch, None for what is no date."""
    return round(date.timestamp() * 1000) if isinstance(date, datetime) else None


def position_document(position: Position) -> Document:
    """Return a position as it is stored; its fields stand in the register's order, for the server to compare whole."""
    return {
        "at": DatetimeMS(position.at),
        "seq": position.seq,
        "device": position.device,
        "session": position.session,
        "seconds": position.seconds,
    }


def progress_of(key: Key, document: Document) -> Progress:
    """Return a document, whole or projected, as progress."""
    playback = document.get("playback", {})
    return Progress(
        key=key,
        position=_position(playback.get("position")) or _old_position(document),
        furthest=playback.get("furthest") or number(document.get("watchedDuration")),
        duration=number(document.get("totalDuration")),
        watched=_ranges(playback.get("watched", ())),
        percentage=min(COMPLETE_PERCENT, int(number(document.get("watchedPercentage")))),
        completed=document.get("isCompleted") in YES,
        completed_at=to_ms(document.get("completedAt")),
        first_at=to_ms(document.get("firstWatchedAt")),
        last_at=to_ms(document.get("lastWatchedAt")),
        watch_count=int(number(document.get("watchCount"))),
        **_known(document, _BESIDE_PLAYBACK),
        **_known(playback, _IN_PLAYBACK),
    )


def half_hours_of(stored: Mapping[str, Sequence[Mapping[str, int]]]) -> HalfHours:
    """Return what was watched in each half hour, in the order of time."""
    return tuple((_began_at(name), _ranges(watched)) for name, watched in sorted(stored.items()))


def _began_at(half_hour: str) -> int:
    return round(datetime.fromisoformat(half_hour).timestamp() * 1000)


def _old_position(document: Document) -> Position | None:
    """Return the playhead of a document from before Playhead, which kept it as watchedDuration."""
    seconds = number(document.get("watchedDuration"))
    if "playback" in document or not seconds:
        return None
    return Position(to_ms(document.get("lastWatchedAt")) or 0, 0, "", "", seconds)


def number(value: Any) -> float:  # noqa: ANN401 - an old document may hold anything
    """Return a stored number, 0 for what is none, and for one below."""
    return max(0, value) if is_number(value) else 0


def is_number(value: object) -> TypeIs[int | float]:
    """Tell whether a value is a number that MongoDB and JavaScript can count with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _ranges(stored: Iterable[Mapping[str, int]]) -> Ranges:
    return tuple((one["start"], one["end"]) for one in stored)


def _position(stored: Any) -> Position | None:  # noqa: ANN401 - an old document may hold anything
    if not isinstance(stored, dict) or "seconds" not in stored:
        return None
    return Position(to_ms(stored["at"]) or 0, stored["seq"], stored["device"], stored["session"], stored["seconds"])


def _viewings(stored: Iterable[object]) -> tuple[Position, ...]:
    return tuple(filter(None, map(_position, stored)))


def _devices(stored: Document) -> tuple[Position, ...]:
    return tuple(sorted(_viewings(stored.values()), reverse=True))


def _outbox(stored: Iterable[Document]) -> tuple[Completion, ...]:
    return tuple(Completion(to_ms(one["at"]) or 0, one["attempt"]) for one in stored)


def _as_it_is(stored: object) -> object:
    return stored


type _Fields = Mapping[str, tuple[str, Callable[[Any], object]]]

# what the answer to a merge leaves out: the stored name, the field of Progress, and how it is read
_BESIDE_PLAYBACK: _Fields = {"outbox": ("outbox", _outbox), "watchHistory": ("viewings", _viewings)}
_IN_PLAYBACK: _Fields = {
    "unverifiedSeconds": ("unverified_seconds", _as_it_is),
    "sessions": ("sessions", tuple),
    "attempt": ("attempt", _as_it_is),
    "attemptAt": ("attempt_at", to_ms),
    "historyOff": ("history_off", lambda off: off is True),
    "base": ("base_count", lambda base: base.get("watchCount", 0)),
    "devices": ("devices", _devices),
    "halfHours": ("half_hours", half_hours_of),
}


def _known(document: Document, fields: _Fields) -> dict[str, Any]:
    return {name: read(document[stored]) for stored, (name, read) in fields.items() if stored in document}
