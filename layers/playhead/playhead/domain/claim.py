"""Claims: whose turn it is. One claim per key and window; urgent claims and retries are held by the spacing alone."""

from dataclasses import dataclass

from playhead.domain.ranges import Range
from playhead.domain.report import Key


@dataclass(frozen=True, slots=True)
class Claim:
    """A bid for a turn. `now`, `window_ms` and `spacing_ms` are in ms; `watched` spans the seconds that it brings."""

    key: Key
    session: str
    seq: int
    urgent: bool
    now: int
    window_ms: int
    spacing_ms: int
    watched: Range


@dataclass(frozen=True, slots=True)
class LastClaim:
    """The turn that was given last. `watched` spans what that claim brought, whether or not its merge came about."""

    session: str
    seq: int
    claimed_at: int
    next_write_at: int
    watched: Range


@dataclass(frozen=True, slots=True)
class Granted:
    """It is this claim's turn. `token` names the claim, for its release; `last` is None where nothing is known."""

    token: str
    last: LastClaim | None


@dataclass(frozen=True, slots=True)
class TooSoon:
    """Somebody's turn was a moment ago: `since_ms` ago; come back in `retry_after_ms`."""

    retry_after_ms: int
    since_ms: int


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A newer report of the same session had its turn, with everything that this one carries."""


@dataclass(frozen=True, slots=True)
class Unguarded:
    """The throttle cannot be reached: go on without a turn, since a merge is safe at any time."""


type Turn = Granted | TooSoon | Overtaken | Unguarded


def refusal(last: LastClaim, claim: Claim) -> TooSoon | Overtaken | None:
    """Return why a claim does not get its turn after the last one, or None where it does."""
    same_session = last.session == claim.session
    if same_session and claim.seq < last.seq:
        return Overtaken()
    retry = same_session and claim.seq == last.seq
    free_at = last.claimed_at + claim.spacing_ms if claim.urgent or retry else last.next_write_at
    if free_at <= claim.now:
        return None
    return TooSoon(retry_after_ms=free_at - claim.now, since_ms=max(0, claim.now - last.claimed_at))
