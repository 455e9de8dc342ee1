"""Session ids: client-made and time-ordered; ULIDs and UUIDv7s name the same 128 bits, so one spelling serves both."""

import re
from uuid import UUID

_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}", re.IGNORECASE | re.ASCII)
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TIME_DIGITS = 10


def canonical(text: str) -> str:
    """Return the ULID spelling of a ULID or UUIDv7, so that ids of both kinds sort by time; ValueError for others."""
    if _ULID.fullmatch(text):
        return text.upper()
    if _UUID7.fullmatch(text):
        return _spelt(UUID(text).int)
    message = "must be a ULID or a UUID of version 7"
    raise ValueError(message)


def started_at(session: str) -> int:
    """Return when a session began by its maker's clock: the ms since the epoch that a canonical id carries."""
    ms = 0
    for digit in session[:_TIME_DIGITS]:
        ms = ms << 5 | _CROCKFORD.index(digit)
    return ms


def ulid(ms: int, number: int) -> str:
    """Return the canonical id of a time in ms since the epoch and a number of at most 80 bits."""
    return _spelt(ms << 80 | number)


def _spelt(bits: int) -> str:
    return "".join(_CROCKFORD[bits >> shift & 31] for shift in range(125, -1, -5))
