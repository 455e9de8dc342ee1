"""The MongoDB connection: made once per environment, with budgets that let every path answer in time."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, PyMongoError

type Document = dict[str, Any]


def connect(uri: str, *, retry_writes: bool = True) -> MongoClient[Document]:
    """Return a client; it connects at its first use. What the URI says wins over these options, but for retryWrites.

    A thawed environment's dead socket costs one connectTimeoutMS, not the driver's default of 20 s.
    For each write that may be retried the server keeps a record, and of what it returns a copy: who can repeat a write
    without harm does without.
    """
    defaults: dict[str, Any] = {
        "appname": "playhead",
        "connect": False,  # the name server of an srv address is asked by the first operation, in its time
        "connectTimeoutMS": 1000,
        "timeoutMS": 5000,  # of a whole operation, finding a server and retrying in it
        "maxPoolSize": 2,
        "maxIdleTimeMS": 60_000,
        "w": "majority",
        "tz_aware": True,
        "tzinfo": UTC,
    }
    unsaid = {name: value for name, value in defaults.items() if f"{name}=" not in uri}
    return MongoClient(uri, retryWrites=retry_writes, **unsaid)


def repeated[**Given, Answer](write: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs) -> Answer:
    """Write something that changes nothing the second time, once more where the connection broke.

    Raises what the driver raises; what has run out of time is not repeated.
    """
    try:
        return write(*given, **named)
    except ConnectionFailure as error:
        if error.timeout:
            raise
        return write(*given, **named)


def answers(database: Database[Document]) -> bool:
    """Tell whether the database's server answers a ping in time."""
    try:
        database.command("ping")
    except PyMongoError:
        return False
    return True
