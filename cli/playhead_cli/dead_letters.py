"""Dead letters: messages that could not be merged in five tries, and their way back into the queue."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playhead.adapters.queue_messages import read_message
from playhead_cli.exits import Refused

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_HIDDEN_SECONDS = 60  # from others, while we move them; what is left is seen again after that
_WAIT_SECONDS = 1  # asks all of the queue's servers, not a sample of them: empty is empty
_OUTPUTS = ("DeadLetterQueueUrl", "ReportQueueUrl")


@dataclass(slots=True)
class Moved:
    """How many messages went back, and the ids of those that this release cannot read."""

    moved: int = 0
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """The dead letters of one stack. All methods raise botocore's errors."""

    sqs: "SQSClient"
    dead: str
    queue: str

    @classmethod
    def of_stack(cls, formation: "CloudFormationClient", sqs: "SQSClient", stack: str) -> "DeadLetters":
        """Find the queues of a deployed stack among its outputs. Raises Refused where it has none."""
        (described,) = formation.describe_stacks(StackName=stack)["Stacks"]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in described.get("Outputs", ())}
        if missing := [name for name in _OUTPUTS if name not in outputs]:
            message = f"the stack {stack} has no {' and no '.join(missing)}: was it deployed by this release?"
            raise Refused(message)
        return cls(sqs, *(outputs[name] for name in _OUTPUTS))

    def count(self) -> int:
        """Return about how many there are."""
        found = self.sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=["ApproximateNumberOfMessages"])
        return int(found["Attributes"]["ApproximateNumberOfMessages"])

    def redrive(self, advance: Callable[[int], None]) -> Moved:
        """Move all that can be read; each is in the queue before it is deleted here, so none can be lost between."""
        moved = Moved()
        for message in self._all():
            advance(1)
            if not _readable(message["Body"]):
                moved.unreadable += (message["MessageId"],)
                continue
            self.sqs.send_message(QueueUrl=self.queue, MessageBody=message["Body"])
            self.sqs.delete_message(QueueUrl=self.dead, ReceiptHandle=message["ReceiptHandle"])
            moved.moved += 1
        return moved

    def _all(self) -> "Iterator[MessageTypeDef]":
        """Yield each message once: one that is left is seen again when we take long."""
        seen: set[str] = set()
        while found := self._receive():
            fresh = [one for one in found if one["MessageId"] not in seen]
            if not fresh:
                return
            seen |= {one["MessageId"] for one in fresh}
            yield from fresh

    def _receive(self) -> "list[MessageTypeDef]":
        return self.sqs.receive_message(
            QueueUrl=self.dead,
            MaxNumberOfMessages=10,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=_WAIT_SECONDS,
        ).get("Messages", [])


def _readable(body: str) -> bool:
    try:
        read_message(body)
    except ValueError:
        return False
    return True
