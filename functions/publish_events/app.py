"""Publish events: run by the schedule, announces completed videos and courses on the event bus."""

from typing import Any

from playhead.api.telemetry import logger, metrics, tell_published, tracer
from playhead.bootstrap import publish_events


@metrics.log_metrics
@tracer.capture_lambda_handler(capture_response=False)
@logger.inject_lambda_context(clear_state=True)
def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Sweep the outbox once; say how much was announced, and how much the bus did not take."""
    published = publish_events()()
    tell_published(published)
    return {"announced": len(published.announced), "refused": published.refused}
