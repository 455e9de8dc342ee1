"""Replay reports: merges what the queue has kept while the store was out of reach; says which messages to keep on."""

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import SQSEvent

from playhead.api.telemetry import logger, metrics, tell_replayed, tracer
from playhead.bootstrap import now_ms, replay_reports
from playhead.usecases.replay_reports import Message


@metrics.log_metrics
@tracer.capture_lambda_handler(capture_response=False)
@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 - Lambda's own type and form
    """Parse, replay, answer: SQS deletes the messages that are not named."""
    messages = [Message(one.message_id, one.body) for one in SQSEvent(event).records]
    metrics.add_metric("ReplayMessages", MetricUnit.Count, len(messages))
    replayed = replay_reports()(messages, now_ms())
    tell_replayed(replayed)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in replayed.failed]}
