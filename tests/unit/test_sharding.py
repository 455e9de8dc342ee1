"""What `playhead shard` asks of a cluster, and where it refuses. No mongos can be had in the tests."""

from typing import Any

import pytest

from playhead_cli.exits import Refused
from playhead_cli.migration.sharding import shard_progress


class _Admin:
    """The database `admin` of a server that says `hello` in its own way."""

    def __init__(self, hello: dict[str, Any]) -> None:
        self.hello = hello
        self.commands: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def command(self, name: str, *arguments: object, **options: object) -> dict[str, Any]:
        if name == "hello":
            return self.hello
        self.commands.append(((name, *arguments), options))
        return {"ok": 1}


def test_a_cluster_is_sharded_by_learner() -> None:
    admin = _Admin({"msg": "isdbgrid"})
    shard_progress(admin.command, "learning")
    assert admin.commands == [
        (("enableSharding", "learning"), {}),
        (("shardCollection", "learning.progresses"), {"key": {"userId": "hashed"}}),
    ]


@pytest.mark.parametrize(("hello", "kind"), [({"setName": "rs0"}, "replica set 'rs0'"), ({}, "single server")])
def test_anything_else_is_refused_with_the_reason(hello: dict[str, Any], kind: str) -> None:
    admin = _Admin(hello)
    with pytest.raises(Refused, match=kind):
        shard_progress(admin.command, "learning")
    assert admin.commands == []
