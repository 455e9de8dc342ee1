"""The burst limit of late reports on DynamoDB: one conditional write books a request, a second where a burst goes on.

The item: key (the learner's id alone, so it can be no video's), booked_until (ms since the epoch), ttl (s).
"""

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from playhead.adapters.dynamodb_throttle import is_refusal
from playhead.domain import late
from playhead.domain.claim import TooSoon, Unguarded

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

logger = Logger(child=True)

_TTL_SECONDS = 3600
_IDLE = "attribute_not_exists(booked_until) OR booked_until <= :now"
_WITHIN_BURST = "booked_until <= :limit"


def learner_key(user_id: str) -> Any:  # noqa: ANN401 - the client's own type exists only while type checking
    """Return the key of a learner's item, quoted as the keys of claims are."""
    return {"key": {"S": quote(user_id, safe="")}}


class DynamoDBBurst:
    """The port Burst on the throttle's table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Take a low-level client (made once per environment) and the table's name."""
        self._client = client
        self._table = table

    def book(self, user_id: str, now: int) -> TooSoon | Unguarded | None:
        """Book one request of a learner; None where it may go on."""
        try:
            if self._update(user_id, now, _IDLE, ":next", {":now": now, ":next": now + late.STEP_MS}) is None:
                return None
            values = {":limit": late.limit(now), ":step": late.STEP_MS}
            item = self._update(user_id, now, _WITHIN_BURST, "booked_until + :step", values)
        except (ClientError, BotoCoreError) as error:
            logger.warning("burst limit out of reach, going on without it", extra={"error": type(error).__name__})
            return Unguarded()
        return late.refusal(int(item["booked_until"]["N"]), now) if item else None

    def _update(
        self, user_id: str, now: int, condition: str, booked: str, values: dict[str, int]
    ) -> dict[str, Any] | None:
        """Write where the condition holds; return the item where it does not."""
        expires = now // 1000 + _TTL_SECONDS
        try:
            self._client.update_item(
                TableName=self._table,
                Key=learner_key(user_id),
                ConditionExpression=condition,
                UpdateExpression=f"SET booked_until = {booked}, #ttl = :ttl",
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues={name: {"N": str(one)} for name, one in {**values, ":ttl": expires}.items()},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if not is_refusal(error):
                raise
            return cast("dict[str, Any]", error.response.get("Item", {}))
        return None
