"""The throttle on DynamoDB: one conditional UpdateItem decides a claim, whichever instance asks.

    |-- spacing --|
    claimed_at                            next_write_at
    |------------- routine waits --------------|
    |-- urgent and retries wait --| then they pass

The item: key, session, seq, claimed_at and next_write_at (ms since the epoch), watched_from and watched_until (s),
token (who claimed), ttl (s). An expired item may linger: times are compared, existence never decides.
"""

from typing import TYPE_CHECKING, Any, TypeIs, cast
from urllib.parse import quote
from uuid import uuid4

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from playhead.domain.claim import Claim, Granted, LastClaim, Turn, Unguarded, refusal
from playhead.domain.report import Key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

logger = Logger(child=True)

_TTL_SECONDS = 24 * 3600

_NEVER_CLAIMED = "attribute_not_exists(#key)"
_OTHER_SESSION = "#session <> :session"
_NEWER_REPORT = "#seq < :seq"
_SAME_REPORT = "(#session = :session AND #seq = :seq)"
_WINDOW_PASSED = "next_write_at <= :now"
_SPACING_PASSED = "claimed_at <= :spaced"
_NOT_OVERTAKEN = f"({_OTHER_SESSION} OR {_NEWER_REPORT} OR {_SAME_REPORT})"
_ROUTINE_TURN = f"({_WINDOW_PASSED} OR ({_SAME_REPORT} AND {_SPACING_PASSED}))"
_ROUTINE = f"{_NEVER_CLAIMED} OR ({_NOT_OVERTAKEN} AND {_ROUTINE_TURN})"
_URGENT = f"{_NEVER_CLAIMED} OR ({_NOT_OVERTAKEN} AND {_SPACING_PASSED})"

_OWN_CLAIM = "#token = :token"
_NAMES = {"#key": "key", "#session": "session", "#seq": "seq", "#token": "token", "#ttl": "ttl"}
_TAKE_TURN = (
    "SET #session = :session, #seq = :seq, #token = :token, claimed_at = :now, next_write_at = :next, #ttl = :ttl"
)
_BRING = ", watched_from = :watched_from, watched_until = :watched_until"
_PUT_BACK = "SET #session = :session, #seq = :seq, claimed_at = :claimed_at, next_write_at = :next REMOVE #token"


class DynamoDBThrottle:
    """The port Throttle on one table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Take a low-level client (made once per environment) and the table's name."""
        self._client = client
        self._table = table

    def claim(self, claim: Claim) -> Turn:
        """Give at most one claim its turn, by one conditional write."""
        token = uuid4().hex
        try:
            answer = self._client.update_item(**self._take_turn(claim, token))
        except (ClientError, BotoCoreError) as error:
            if not is_refusal(error):
                return _unguarded(error)
            return _refused(claim, token, cast("dict[str, Any]", error.response.get("Item", {})))
        return _granted(token, answer.get("Attributes", {}))

    def release(self, claim: Claim, granted: Granted) -> Unguarded | None:
        """Put the last claim back in place of this one, unless somebody else has claimed since."""
        last = granted.last or LastClaim(claim.session, 0, 0, 0, (0, 0))
        try:
            self._client.update_item(
                TableName=self._table,
                Key=item_key(claim.key),
                ConditionExpression=_OWN_CLAIM,
                UpdateExpression=_PUT_BACK,
                ExpressionAttributeNames={name: _NAMES[name] for name in ("#session", "#seq", "#token")},
                ExpressionAttributeValues={
                    ":token": {"S": granted.token},
                    ":session": {"S": last.session},
                    ":seq": {"N": str(last.seq)},
                    ":claimed_at": {"N": str(last.claimed_at)},
                    ":next": {"N": str(last.next_write_at)},
                },
            )
        except (ClientError, BotoCoreError) as error:
            if is_refusal(error):  # somebody else has claimed since
                return None
            # Then the claim runs out by itself: the next report waits, nothing is lost.
            logger.warning("release failed", extra={"error": type(error).__name__})
            return Unguarded()
        return None

    def _take_turn(self, claim: Claim, token: str) -> dict[str, Any]:
        condition = _URGENT if claim.urgent else _ROUTINE
        values = {
            ":session": {"S": claim.session},
            ":seq": {"N": str(claim.seq)},
            ":token": {"S": token},
            ":now": {"N": str(claim.now)},
            ":next": {"N": str(claim.now + claim.window_ms)},
            ":spaced": {"N": str(claim.now - claim.spacing_ms)},
            ":ttl": {"N": str(claim.now // 1000 + _TTL_SECONDS)},
        }
        update = _TAKE_TURN
        if claim.watched != (0, 0):  # a report that brings nothing must not hide what an unacknowledged one brought
            update += _BRING
            values[":watched_from"], values[":watched_until"] = ({"N": str(second)} for second in claim.watched)
        return {
            "TableName": self._table,
            "Key": item_key(claim.key),
            "ConditionExpression": condition,
            "UpdateExpression": update,
            "ExpressionAttributeNames": _NAMES,
            "ExpressionAttributeValues": values,
            "ReturnValues": "ALL_OLD",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }


def is_refusal(error: ClientError | BotoCoreError) -> TypeIs[ClientError]:
    """Tell whether the table did answer: a conditional write's condition did not hold."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def item_key(key: Key) -> Any:  # noqa: ANN401 - the client's own type exists only while type checking
    """Quote each part, so that no learner's id can spell another learner's key."""
    return {"key": {"S": "#".join(quote(part, safe="") for part in key)}}


def _last_claim(item: dict[str, Any]) -> LastClaim | None:
    number = {name: int(value["N"]) for name, value in item.items() if "N" in value}
    if not number.get("claimed_at"):  # none yet, or the first claim was released
        return None
    return LastClaim(
        session=item["session"]["S"],
        seq=number["seq"],
        claimed_at=number["claimed_at"],
        next_write_at=number["next_write_at"],
        watched=(number.get("watched_from", 0), number.get("watched_until", 0)),
    )


def _granted(token: str, item: dict[str, Any]) -> Granted:
    """Return the turn after the claim in `item`, which is our own where our first try's answer was lost."""
    return Granted(token, None if _is_ours(item, token) else _last_claim(item))


def _is_ours(item: dict[str, Any], token: str) -> bool:
    return bool(item.get("token", {}).get("S") == token)


def _refused(claim: Claim, token: str, item: dict[str, Any]) -> Turn:
    """Say why the condition failed, from the item that it failed on."""
    if _is_ours(item, token):
        return _granted(token, item)
    last = _last_claim(item)
    why = refusal(last, claim) if last else None
    return why or _unguarded(RuntimeError("the refusal does not say why"))


def _unguarded(error: Exception) -> Unguarded:
    logger.warning("throttle out of reach, going on without it", extra={"error": type(error).__name__})
    return Unguarded()
