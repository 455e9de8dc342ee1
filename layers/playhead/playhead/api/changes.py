"""Changes over the wire, and their cursor."""

from datetime import datetime

from pydantic import ConfigDict, Field

from playhead.api import cursors, examples
from playhead.api.progress import from_ms, summed_up, to_time
from playhead.api.requests import WireModel
from playhead.api.summary import SummaryBody
from playhead.domain.changes import FINGERPRINT_LETTERS, MAX_SEEN, Change, Changes, Cursor, Place

_FIELD = "since"
_LAST_MS = 253_402_300_799_999  # of the year 9999, the last that a date knows


class ChangeBody(SummaryBody):
    """A video's progress as it is since its last change."""

    hidden: bool = Field(description="Left out of what is unfinished, until the next play.")
    attempt: int = Field(description="Grows with each reset.")
    changed_at: datetime


class ChangesBody(WireModel):
    """What has changed since a cursor, the earliest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CHANGES]})

    items: list[ChangeBody] = Field(description="States, not events: one of the last seconds may come twice.")
    next_cursor: str = Field(description="Give it as `since` the next time, also where there are no items.")
    more: bool = Field(description="There is more already: ask again at once.")
    erased_at: datetime | None = Field(
        description="When the learner had everything erased: forget what is kept from before."
    )


def changes_body(changes: Changes, erased_at: int | None) -> ChangesBody:
    """Return changes as they go over the wire."""
    return ChangesBody(
        items=[_change(one) for one in changes.items],
        next_cursor=_to_cursor(changes.cursor),
        more=changes.more,
        erased_at=to_time(erased_at),
    )


def from_cursor(text: str) -> Cursor:
    """Return a cursor, the first one for none. Raises InvalidRequest for what is no cursor of ours."""
    if not text:
        return Cursor()
    match cursors.decode(text, _FIELD):
        case [None, str(marks)]:
            return Cursor(None, _seen(marks))
        case [int(at), str(document), str(marks)] if 0 <= at <= _LAST_MS:
            return Cursor(Place(at, document), _seen(marks))
    raise cursors.refused(_FIELD)


def _to_cursor(cursor: Cursor) -> str:
    place = (cursor.place.at, cursor.place.document) if cursor.place else (None,)
    return cursors.encode([*place, "".join(cursor.seen)])


def _seen(marks: str) -> tuple[str, ...]:
    """Return the fingerprints, which stand one after the other."""
    marks = marks[: MAX_SEEN * FINGERPRINT_LETTERS]
    return tuple(marks[start : start + FINGERPRINT_LETTERS] for start in range(0, len(marks), FINGERPRINT_LETTERS))


def _change(change: Change) -> ChangeBody:
    return ChangeBody(
        hidden=change.hidden,
        attempt=change.progress.attempt,
        changed_at=from_ms(change.place.at),
        **summed_up(change.progress),
    )
