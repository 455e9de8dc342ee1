"""Sharding: a learner's progress on one shard, learners spread evenly; every upsert and read carries the key."""

from collections.abc import Callable, Mapping
from typing import Any

from playhead.adapters.mongo_progress import COLLECTION
from playhead_cli.exits import Refused

SHARD_KEY = {"userId": "hashed"}

type Command = Callable[..., Mapping[str, Any]]
"""Runs a command on the database `admin`."""


def shard_progress(command: Command, database: str) -> dict[str, object]:
    """Enable sharding of the collection of progress and return by which key. Refuses where there is no cluster."""
    hello = command("hello")
    if hello.get("msg") != "isdbgrid":
        kind = f"the replica set {hello['setName']!r}" if "setName" in hello else "a single server"
        message = f"This is {kind}, not a cluster: sharding is enabled through a mongos. Nothing was changed."
        raise Refused(message)
    namespace = f"{database}.{COLLECTION}"
    command("enableSharding", database)
    command("shardCollection", namespace, key=SHARD_KEY)
    return {"collection": namespace, "key": SHARD_KEY}
