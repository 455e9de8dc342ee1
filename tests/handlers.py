"""The functions' handlers, loaded by their role as Lambda does, and what a test sees of them."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from pymongo.database import Database

from tests.builders import NOW, LambdaContext, read_event, report_event
from tests.event_bus import BusProbe


@dataclass(frozen=True)
class Answer:
    """What a handler answered; `body` is parsed where it is JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def outcomes(self) -> list[str]:
        """The outcome of each report."""
        return [one["outcome"] for one in self.body["results"]]

    @property
    def fields(self) -> list[str]:
        """The fields that a problem names."""
        return [one["field"] for one in self.body.get("errors", ())]


@dataclass
class QueueProbe:
    """A queue as Lambda's poller sees it: hands over what is there, and deletes what is done."""

    sqs: Any
    url: str

    def receive(self) -> list[dict[str, Any]]:
        """Return the records of an event, up to ten; they are hidden from others from now on."""
        asked = {"QueueUrl": self.url, "MaxNumberOfMessages": 10, "AttributeNames": ["ApproximateReceiveCount"]}
        names = {"messageId": "MessageId", "receiptHandle": "ReceiptHandle", "body": "Body", "attributes": "Attributes"}
        found = self.sqs.receive_message(**asked).get("Messages", [])
        return [{ours: one[theirs] for ours, theirs in names.items()} for one in found]

    def finish(self, records: Iterable[Mapping[str, Any]], answer: Mapping[str, Any]) -> None:
        """Delete what the answer does not name; let the rest be seen again at once."""
        kept = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
        for one in records:
            named = {"QueueUrl": self.url, "ReceiptHandle": one["receiptHandle"]}
            if one["messageId"] in kept:
                self.sqs.change_message_visibility(**named, VisibilityTimeout=0)
            else:
                self.sqs.delete_message(**named)

    @property
    def counts(self) -> tuple[int, int]:
        """How many messages can be seen, and how many are delayed."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return int(found[names[0]]), int(found[names[1]])


@dataclass
class Backend:
    """The handlers of every function, with what they stand on and the time that they see."""

    apps: Mapping[str, ModuleType]
    environment: Mapping[str, str]
    database: Database[dict[str, Any]]
    table: str
    dynamodb: Any
    queue: QueueProbe
    bus: BusProbe
    now: int = NOW

    def call(self, role: str, event: dict[str, Any]) -> Answer:
        """Run a function's handler on an event."""
        answer = self.apps[role].handler(event, LambdaContext())
        body = answer.get("body")
        headers = {name: ", ".join(value) if isinstance(value, list) else value for name, value in _headers(answer)}
        is_json = "json" in headers.get("Content-Type", "") and body
        return Answer(answer["statusCode"], headers, json.loads(body) if is_json else body)

    def report(self, user: str, request: object = None, **changes: Any) -> Answer:  # noqa: ANN401 - of the event
        """Post a learner's reports."""
        return self.call("report_progress", report_event(user, request, **changes))

    def read(self, user: str, *names: str, **changes: Any) -> Answer:  # noqa: ANN401 - of the event
        """Get a learner's progress."""
        return self.call("read_progress", read_event(user, *names, **changes))

    def replay(self) -> int:
        """Let the queue be replayed once, as Lambda does; return how many messages were handed over."""
        if records := self.queue.receive():
            event = {"Records": records}
            self.queue.finish(records, self.apps["replay_reports"].handler(event, LambdaContext()))
        return len(records)

    def publish(self) -> dict[str, int]:
        """Let the outbox be swept once, as the schedule does."""
        answer: dict[str, int] = self.apps["publish_events"].handler({}, LambdaContext())
        return answer

    def snapshot(self) -> tuple[list[Any], list[Any]]:
        """Return all that is stored, to be compared."""
        documents = list(self.database["progresses"].find().sort("_id"))
        items = self.dynamodb.scan(TableName=self.table, ConsistentRead=True)["Items"]
        return documents, sorted(items, key=lambda item: str(item["key"]))


def _headers(answer: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [*(answer.get("headers") or {}).items(), *(answer.get("multiValueHeaders") or {}).items()]


class Output:
    """What handlers print: JSON lines, of which some are metrics."""

    def __init__(self, read: Callable[[], str]) -> None:
        """Take what reads the text that is new since it was read last."""
        self._read = read
        self._text = ""

    @property
    def text(self) -> str:
        """All that was printed."""
        self._text += self._read()
        return self._text

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each line, parsed."""
        return [json.loads(line) for line in self.text.splitlines() if line]

    @property
    def reports(self) -> list[dict[str, Any]]:
        """The lines that tell of reports."""
        return [line for line in self.lines if line.get("message") == "report"]

    @property
    def metrics(self) -> dict[str, float]:
        """The sum of each metric."""
        found: Counter[str] = Counter()
        for line in self.lines:
            for directive in line.get("_aws", {}).get("CloudWatchMetrics", ()):
                found.update({one["Name"]: sum(line[one["Name"]]) for one in directive["Metrics"]})
        return dict(found)
