"""Changes: what of a learner's progress has changed since a cursor. None is missed; a few may come twice.

A change has its place by the store's clock when its write began, but is seen when that is committed: a later one may be
seen first. So a cursor passes only what is settled, older than any write still under way can be; of younger changes
it remembers which were given out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from playhead.domain.progress import Progress

SETTLED_MS = 10_000  # a write lives at most 5 s; the rest is for servers whose clocks differ
MAX_SEEN = 100
FINGERPRINT_LETTERS = 16


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order of changes: the store's time in ms, and the document."""

    at: int
    document: str


@dataclass(frozen=True, slots=True)
class Change:
    """A learner's progress in a video as it is since its last change; without its ranges."""

    progress: Progress
    hidden: bool
    place: Place
    settled: bool

    @property
    def fingerprint(self) -> str:
        """What tells this change from any other, in few letters."""
        text = f"{self.place.document} {self.place.at}"
        return blake2b(text.encode(), digest_size=FINGERPRINT_LETTERS // 2).hexdigest()


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a client is: everything up to a place, and the fingerprints of what it was given beyond."""

    place: Place | None = None
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """Some changes, where to go on, and whether there are more already."""

    items: tuple[Change, ...]
    cursor: Cursor
    more: bool


def changes_since(cursor: Cursor, found: Iterable[Change], limit: int) -> Changes:
    """Return at most `limit` of the changes found beyond a cursor's place, in order; `limit` + seen + 1 are enough.

    More than MAX_SEEN unsettled ones are not remembered, so they are given out when they are settled.
    """
    known = frozenset(cursor.seen)
    items: list[Change] = []
    place, seen = cursor.place, list[str]()
    for change in found:
        is_new = change.fingerprint not in known
        if is_new and len(items) == limit:
            return Changes(tuple(items), Cursor(place, tuple(seen)), more=True)
        if not change.settled and len(seen) == MAX_SEEN:
            break
        if is_new:
            items.append(change)
        if change.settled:
            place = change.place
        else:
            seen.append(change.fingerprint)
    return Changes(tuple(items), Cursor(place, tuple(seen)), more=False)
