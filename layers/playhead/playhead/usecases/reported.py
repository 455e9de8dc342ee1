"""What becomes of reports: applied, queued, held or refused, and the reports of a session on their way there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from playhead.domain.claim import Overtaken, TooSoon
from playhead.domain.deferred import Accepted
from playhead.domain.errors import BreakerOpen, StoreUnavailable
from playhead.domain.plausibility import Believed
from playhead.domain.progress import Contribution, Progress
from playhead.domain.report import Outcome, Report

BREAKER_OPEN = "breaker_open"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a report; ms and seconds as named. `since_ms` is how long ago the turn was that held it.

    `reason` says why it was rejected, or queued. `unguarded` tells that it was merged without a turn, because the
    throttle could not be reached.
    """

    outcome: Outcome
    reason: str | None = None
    retry_after_ms: int | None = None
    since_ms: int | None = None
    clipped_seconds: int = 0
    unguarded: bool = False
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """The results in the order of the reports, and the ms until the next routine report."""

    results: tuple[Result, ...]
    next_update_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The reports of one session of a key, what of them is accepted, and what that contributes."""

    reports: Sequence[Report]
    believed: Believed
    accepted: Accepted
    contribution: Contribution
    unguarded: bool

    def merged(self, progress: Progress | None, refusal: str | None) -> dict[Report, Result]:
        """Return the result of each report; `progress` is given back to a report that came alone."""
        if refusal:
            return dict.fromkeys(self.reports, Result(Outcome.REJECTED, reason=refusal))
        shown = progress if len(self.reports) == 1 else None
        return self._accepted(Result(Outcome.APPLIED, unguarded=self.unguarded, progress=shown))

    def queued(self, outage: StoreUnavailable) -> dict[Report, Result]:
        """Return the result of each report where an outage keeps them from being merged now."""
        reason = BREAKER_OPEN if isinstance(outage, BreakerOpen) else outage.code
        return self._accepted(Result(Outcome.QUEUED, reason=reason, unguarded=self.unguarded))

    def _accepted(self, result: Result) -> dict[Report, Result]:
        clipped = zip(self.reports, self.believed.clipped, strict=True)
        return {report: replace(result, clipped_seconds=seconds) for report, seconds in clipped}


def held(turn: TooSoon | Overtaken) -> Result:
    """Return the result of a report that was not merged, for a turn that was not given."""
    if isinstance(turn, TooSoon):
        return Result(Outcome.THROTTLED, retry_after_ms=turn.retry_after_ms, since_ms=turn.since_ms)
    return Result(Outcome.STALE)
