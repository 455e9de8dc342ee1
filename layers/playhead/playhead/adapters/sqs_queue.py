"""The queue on SQS: one message a request, wherever it fits; made of no more than a client and an address."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from playhead.adapters.queue_messages import write_messages
from playhead.domain.deferred import Deferred
from playhead.domain.errors import StoreUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsQueue:
    """The port Queue on one standard queue: what is sent twice is merged twice, which is the same as once."""

    def __init__(self, client: "Callable[[], SQSClient]", url: str) -> None:
        """Take what gives a low-level client, asked only when there is something to keep, and the queue's address."""
        self._client = client
        self._url = url

    def send(self, deferred: Deferred, delay_seconds: int = 0) -> None:
        """Keep it in the queue, in one call wherever it fits into one message."""
        try:
            for body in write_messages(deferred):
                self._client().send_message(QueueUrl=self._url, MessageBody=body, DelaySeconds=delay_seconds)
        except (ClientError, BotoCoreError) as error:
            message = "Neither the progress store nor the queue can be reached; nothing was saved."
            raise StoreUnavailable(message) from error
