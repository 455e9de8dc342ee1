"""What the throttle's table keeps about a learner: one item for each video, and one of bursts; deleted one by one."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from playhead.adapters.dynamodb_burst import learner_key
from playhead.adapters.dynamodb_throttle import item_key
from playhead.domain.errors import StoreUnavailable
from playhead.domain.report import Key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_AT_ONCE = 8


class DynamoDBClaims:
    """The port LearnerClaims on the throttle's table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Take a low-level client (made once per environment) and the table's name."""
        self._client = client
        self._table = table

    def forget(self, user_id: str, keys: Sequence[Key]) -> None:
        """Delete the learner's claims of these keys and what was booked of bursts; what is not there is no error."""
        items = [learner_key(user_id), *map(item_key, keys)]
        try:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                list(pool.map(lambda one: self._client.delete_item(TableName=self._table, Key=one), items))
        except (ClientError, BotoCoreError) as error:
            message = "The erasure is not finished; ask for it once more."
            raise StoreUnavailable(message) from error
