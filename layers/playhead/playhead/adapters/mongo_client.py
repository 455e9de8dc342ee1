"""The MongoDB connection: made once per environment, with budgets that let every path answer in time."""

from typing import Any

from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import PyMongoError

type Document = dict[str, Any]


def connect(uri: str) -> MongoClient[Document]:
    """Return a client; it connects at its first use. What the URI says wins over these options.

    A thawed environment's dead socket costs one connectTimeoutMS, not the driver's default of 20 s.
    """
    defaults: dict[str, Any] = {
        "appname": "playhead",
        "connect": False,  # the name server of an srv address is asked by the first operation, in its time
        "connectTimeoutMS": 1000,
        "timeoutMS": 5000,  # of a whole operation, finding a server and retrying in it
        "maxPoolSize": 2,
        "maxIdleTimeMS": 60_000,
        "retryWrites": True,
        "w": "majority",
        "tz_aware": True,
    }
    return MongoClient(uri, **{name: value for name, value in defaults.items() if f"{name}=" not in uri})


def answers(database: Database[Document]) -> bool:
    """Tell whether the database's server answers a ping in time."""
    try:
        database.command("ping")
    except PyMongoError:
        return False
    return True
