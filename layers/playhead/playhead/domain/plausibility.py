"""Plausibility: nobody watches faster than time allows; what exceeds that is clipped, counted and told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from playhead.domain import ranges
from playhead.domain.claim import LastClaim
from playhead.domain.report import Report

GRACE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Believed:
    """One session's reports of a key as far as they are believed, in their order, and the seconds clipped of each.

    `unverified_seconds` are believed although nothing but the age of the session id vouches for them.
    """

    reports: tuple[Report, ...]
    clipped: tuple[int, ...]
    unverified_seconds: int


def believe(session: Sequence[Report], last: LastClaim | None, now: int, max_rate: float) -> Believed:
    """Clip one session's reports of a key to the real time elapsed x `max_rate` + 60 s.

    `now` is in ms, `last` the claim before this one, of whichever session.
    """
    in_order = sorted(range(len(session)), key=lambda index: session[index].seq)
    reports = [session[index] for index in in_order]
    clipped = _clip(reports, _allowance(_vouched_since(reports, last), now, max_rate))
    as_sent = [clipped[place] for place in sorted(range(len(clipped)), key=in_order.__getitem__)]
    believed = ranges.seconds(ranges.union(*(one.watched for one, _ in clipped)))
    verified = _allowance(last.claimed_at if last else now, now, max_rate)
    return Believed(
        reports=tuple(one for one, _ in as_sent),
        clipped=tuple(count for _, count in as_sent),
        unverified_seconds=max(0, believed - verified),
    )


def _clip(session: Sequence[Report], allowed: int) -> list[tuple[Report, int]]:
    """Keep the earliest seconds of one session's reports, oldest report first, up to what is allowed together."""
    seen: ranges.Ranges = ()
    clipped: list[tuple[Report, int]] = []
    for report in session:
        fresh = ranges.difference(report.watched, seen)
        kept = ranges.earliest(fresh, allowed - ranges.seconds(seen))
        seen = ranges.union(seen, kept)
        excess = ranges.seconds(fresh) - ranges.seconds(kept)
        believed = _without(report, ranges.difference(fresh, kept)) if excess else report
        clipped.append((believed, report.overshoot_seconds + excess))
    return clipped


def _without(report: Report, seconds: ranges.Ranges) -> Report:
    return replace(report, watched=ranges.difference(report.watched, seconds))


def _vouched_since(session: Sequence[Report], last: LastClaim | None) -> int:
    """Return since when, in ms, the seconds of one session's reports may have been watched.

    That is the last claim where it was of the same session, except where these reports were made before it, or bring
    again what it brought: then it was not acknowledged, perhaps not merged, and they must pass whole.
    """
    newest = session[-1]
    if last is None or last.session != newest.session or newest.at < last.claimed_at:
        return newest.session_at
    brought_again = any(ranges.overlaps(report.watched, last.watched) for report in session)
    return newest.session_at if brought_again else last.claimed_at


def _allowance(since: int, now: int, max_rate: float) -> int:
    return GRACE_SECONDS + int(max(0, now - since) / 1000 * max_rate)
