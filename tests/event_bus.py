"""An event bus of the local AWS with a queue behind it, so that a test sees what is put on it."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from local.ministack import LocalAws


@dataclass(frozen=True)
class BusProbe:
    """A bus, by its name, and the queue that everything on it goes to."""

    name: str
    sqs: Any
    queue: str

    def received(self) -> list[dict[str, Any]]:
        """Return the events that have come since it was asked last, in no certain order."""
        events: list[dict[str, Any]] = []
        while found := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", []):
            for one in found:
                events.append(json.loads(one["Body"]))
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=one["ReceiptHandle"])
        return events

    def details(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the type and the detail of each event that has come since, sorted."""
        return sorted(((one["detail-type"], one["detail"]) for one in self.received()), key=str)


@contextmanager
def listening_bus(aws: LocalAws, name: str) -> Iterator[BusProbe]:
    """Make a bus and its queue; both go afterwards."""
    with closing(aws.client("events")) as events, closing(aws.client("sqs")) as sqs:
        queue = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.create_event_bus(Name=name)
        events.put_rule(Name=name, EventBusName=name, EventPattern='{"source": ["playhead"]}')
        events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])
        yield BusProbe(name, sqs, queue)
        events.remove_targets(Rule=name, EventBusName=name, Ids=["queue"])
        events.delete_rule(Name=name, EventBusName=name)
        events.delete_event_bus(Name=name)
        sqs.delete_queue(QueueUrl=queue)
