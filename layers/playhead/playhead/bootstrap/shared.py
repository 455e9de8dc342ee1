"""What several use cases stand on: the database, who may track what, breakers, the queue."""
# ruff: noqa: PLC0415 - an environment runs one function and loads only what that one needs

import time
from functools import cache
from typing import TYPE_CHECKING, Any

from playhead import settings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from pymongo.collection import Collection
    from pymongo.database import Database

    from playhead.adapters.guarded import GuardedStore, GuardedThrottle
    from playhead.adapters.sqs_queue import SqsQueue
    from playhead.ports import Entitlement


def database_for(chosen: settings.StoreSettings, *, retry_writes: bool = True) -> "Database[dict[str, Any]]":
    """Return the database that settings name."""
    return connected(chosen.mongodb_uri_secret_arn, chosen.mongodb_database, retry_writes=retry_writes)


@cache
def connected(uri_secret_arn: str, name: str, *, retry_writes: bool) -> "Database[dict[str, Any]]":
    """Return a database: one connection for all use cases of a function, whichever settings they read."""
    from playhead.adapters.mongo_client import connect
    from playhead.adapters.secrets import read_secret

    return connect(read_secret(uri_secret_arn), retry_writes=retry_writes)[name]


def collection_for(chosen: settings.StoreSettings) -> "Collection[dict[str, Any]]":
    """Return the collection of progress in it."""
    from playhead.adapters.mongo_progress import COLLECTION

    return database_for(chosen)[COLLECTION]


def entitlement_for(chosen: settings.ReadSettings, database: "Database[dict[str, Any]]") -> "Entitlement":
    """Return what knows who may track which course."""
    from playhead.adapters.mongo_platform import MongoEntitlement
    from playhead.usecases.entitled import OpenEntitlement

    return MongoEntitlement(database) if chosen.entitlement == "collection" else OpenEntitlement()


def guarded_store(database: "Database[dict[str, Any]]") -> "GuardedStore":
    """Return the store behind a breaker of its own."""
    from playhead.adapters.guarded import GuardedStore
    from playhead.adapters.mongo_progress import COLLECTION, MongoProgressStore
    from playhead.domain.breaker import Breaker

    return GuardedStore(MongoProgressStore(database[COLLECTION]), Breaker(time.monotonic))


def guarded_throttle(table: str) -> "GuardedThrottle":
    """Return the throttle and the burst limit on a table, behind one breaker."""
    import boto3

    from playhead.adapters.aws_budget import aws_budget
    from playhead.adapters.dynamodb_burst import DynamoDBBurst
    from playhead.adapters.dynamodb_throttle import DynamoDBThrottle
    from playhead.adapters.guarded import GuardedThrottle
    from playhead.domain.breaker import Breaker

    client = boto3.client("dynamodb", config=aws_budget())
    throttle, burst = DynamoDBThrottle(client, table), DynamoDBBurst(client, table)
    return GuardedThrottle(throttle, burst, Breaker(time.monotonic))


def guarded_entitlement(chosen: settings.ReadSettings, database: "Database[dict[str, Any]]") -> "Entitlement":
    """Return the same behind a breaker of its own."""
    from playhead.adapters.guarded import GuardedEntitlement
    from playhead.domain.breaker import Breaker

    return GuardedEntitlement(entitlement_for(chosen, database), Breaker(time.monotonic))


def queue_at(url: str) -> "SqsQueue":
    """Return the queue of what cannot be merged now."""
    from playhead.adapters.sqs_queue import SqsQueue

    @cache
    def client() -> "SQSClient":  # made when there is something to queue, which in most environments is never
        import boto3

        from playhead.adapters.aws_budget import aws_budget

        return boto3.client("sqs", config=aws_budget())

    return SqsQueue(client, url)
