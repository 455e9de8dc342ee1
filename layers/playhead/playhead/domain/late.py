"""Late reports: made long before they arrive, on offline days; no window holds them, but a burst limit per learner."""

from playhead.domain.claim import TooSoon
from playhead.domain.report import Report

LATE_AFTER_MS = 120_000
BURST_REQUESTS = 30
STEP_MS = 2000
_TOLERANCE_MS = (BURST_REQUESTS - 1) * STEP_MS


def is_late(report: Report, now: int) -> bool:
    """Tell whether a report was made more than two minutes before `now` (ms), so that its moment is not at stake."""
    return now - report.at > LATE_AFTER_MS


def limit(now: int) -> int:
    """Return until when, in ms, a learner's requests with late reports may be booked ahead."""
    return now + _TOLERANCE_MS


def refusal(booked_until: int, now: int) -> TooSoon | None:
    """Return why a further request must wait, where requests are booked until a time in ms, each for a step.

    This is the generic cell rate algorithm: bursts of 30 requests, one in two seconds on average.
    """
    wait = booked_until - limit(now)
    return TooSoon(retry_after_ms=wait, since_ms=0) if wait > 0 else None
