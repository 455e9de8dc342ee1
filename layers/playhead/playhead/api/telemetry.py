"""Telemetry: one logger, one tracer and one set of metrics for all functions; tokens and bodies are never logged."""

from __future__ import annotations  # a function loads only the use cases that it tells of

from collections import Counter
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

from playhead.domain.report import Outcome
from playhead.usecases.reported import BREAKER_OPEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playhead.api.requests import RefusedReport
    from playhead.domain.report import Report
    from playhead.usecases.publish_events import Published
    from playhead.usecases.replay_reports import Replayed
    from playhead.usecases.reported import Result

logger = Logger(serialize_stacktrace=False)
tracer = Tracer(patch_modules=["botocore", "pymongo"])  # all that makes calls; by default a dozen more are looked for
metrics = Metrics()

_MAX_FIELDS, _MAX_FIELD_LENGTH = 5, 40


def tell_reports(reports: Sequence[Report], results: Sequence[Result]) -> None:
    """Say of each report what happened to it and why."""
    for report, result in zip(reports, results, strict=True):
        logger.info("report", extra=_facts(report, result))
    counts = Counter(f"Reports{one.outcome.capitalize()}" for one in results)
    counts["ThrottleUnavailable"] = sum(one.unguarded for one in results)
    counts["BreakerOpen"] = sum(one.reason == BREAKER_OPEN for one in results)
    _count(counts)
    if clipped := sum(one.clipped_seconds for one in results):
        metrics.add_metric("SecondsClipped", MetricUnit.Seconds, clipped)


def tell_refused(refused: Sequence[RefusedReport], user_id: str) -> None:
    """Say of each report that is not of the documented form which fields are wrong, never what they hold."""
    for report in refused:
        fields = [error.field[:_MAX_FIELD_LENGTH] for error in report.errors[:_MAX_FIELDS]]
        rejected = {"user_id": user_id, "outcome": Outcome.REJECTED.value, "reason": "invalid_report", "fields": fields}
        logger.info("report", extra=rejected)
    if refused:
        metrics.add_metric("ReportsRejected", MetricUnit.Count, len(refused))


def tell_replayed(replayed: Replayed) -> None:
    """Say what became of messages from the queue: a line for each that failed and for what was refused in one."""
    for contribution, reason in replayed.refused.items():
        user_id, course_id, video_id = contribution.key
        told = {"user_id": user_id, "course_id": course_id, "video_id": video_id, "reason": reason}
        logger.info("replay refused", extra={**told, "sessions": contribution.playback.sessions})
    for message_id, error in replayed.failed.items():
        logger.error("replay failed", extra={"message_id": message_id, "error": type(error).__name__})
    counts = {
        "Replayed": len(replayed.merged),
        "ReplayRefused": len(replayed.refused),
        "ReplayPostponed": replayed.postponed,
        "ReplayFailed": len(replayed.failed),
    }
    _count(Counter(counts))
    if replayed.longest_ms:
        metrics.add_metric("ReplayWaiting", MetricUnit.Seconds, replayed.longest_ms // 1000)


def _count(counts: Counter[str]) -> None:
    for name, count in (+counts).items():  # one value each: Powertools publishes at once when a metric has a hundred
        metrics.add_metric(name, MetricUnit.Count, count)


def tell_published(published: Published) -> None:
    """Say of each announcement that it was made."""
    for one in published.announced:
        ids = {"user_id": one.user_id, "course_id": one.course_id, "video_id": one.video_id}
        logger.info("announced", extra={"type": one.type, "id": one.id, **ids})
    metrics.add_metric("EventsAnnounced", MetricUnit.Count, len(published.announced))
    metrics.add_metric("EventsRefused", MetricUnit.Count, published.refused)


def _facts(report: Report, result: Result) -> dict[str, object]:
    facts: dict[str, object] = {
        "user_id": report.key.user_id,
        "course_id": report.key.course_id,
        "video_id": report.key.video_id,
        "session": report.session,
        "seq": report.seq,
        "event": report.event.value,
        "outcome": result.outcome.value,
        "reason": result.reason,
        "since_ms": result.since_ms,
        "retry_after_ms": result.retry_after_ms,
        "clipped_seconds": result.clipped_seconds or None,
        "unguarded": result.unguarded or None,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}
