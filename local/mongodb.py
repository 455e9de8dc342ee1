"""A real mongod as a replica set of one; its data outlives it, its address need not stay the same.

The driver takes long to import, so it is imported while the server starts.
"""
# ruff: noqa: PLC0415

import contextlib
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.processes import Child, bare_environment, free_port
from local.template import ROOT

if TYPE_CHECKING:
    from pymongo import MongoClient

REPLICA_SET = "playhead"


def find_mongod() -> Path:
    """Return the server that the emulators' environment brings along, else the one on PATH."""
    packaged = (ROOT / ".tools/emulators").glob("lib/python3*/site-packages/fiftyone/db/bin/mongod*")
    found = next(packaged, None) or shutil.which("mongod")
    if found is None:
        message = "no mongod: run `make setup`, or set MONGODB_URI"
        raise RuntimeError(message)
    return Path(found)


@contextlib.contextmanager
def running_mongod(folder: Path, bind: str = "127.0.0.1") -> Iterator[str]:
    """Start mongod on a free port with its data in `folder`; give its URI once it takes writes."""
    with starting_mongod(folder, bind) as (child, port):
        yield wait_for_mongod(child, port)


@contextlib.contextmanager
def starting_mongod(folder: Path, bind: str = "127.0.0.1", port: int | None = None) -> Iterator[tuple[Child, int]]:
    """Start mongod without waiting for it, so that other things can start meanwhile; on a free port unless given."""
    data = folder / "mongodb"
    data.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    command = [
        *(str(find_mongod()), "--dbpath", str(data), "--port", str(port), "--bind_ip", bind, "--replSet", REPLICA_SET),
        # a developer's machine, not a server: small cache, small oplog, no diagnostics, no socket file in /tmp
        *("--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "64", "--quiet"),
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        *(() if sys.platform == "win32" else ("--nounixsocket",)),
    ]
    with Child(command, log=folder / "mongod.log", environment=bare_environment()) as child:
        yield child, port


def wait_for_mongod(child: Child, port: int) -> str:
    """Wait until the server is the primary of its set, and return its URI."""
    from pymongo import MongoClient

    address = f"127.0.0.1:{port}"
    uri = f"mongodb://{address}/?directConnection=true"
    with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=200, connectTimeoutMS=500) as client:
        child.wait_until(lambda: _answers(client))
        _become_set_of_one(client, address)
        child.wait_until(lambda: bool(client.admin.command("hello").get("isWritablePrimary")))
    return uri


def _answers(client: "MongoClient[dict[str, Any]]") -> bool:
    from pymongo.errors import ConnectionFailure

    try:
        client.admin.command("ping")
    except ConnectionFailure:
        return False
    return True


def _become_set_of_one(client: "MongoClient[dict[str, Any]]", address: str) -> None:
    """Make the set, or move an existing one (the data's last run was on another port) to this address."""
    from pymongo.errors import OperationFailure

    try:
        stored = client.local["system.replset"].find_one()
    except OperationFailure:
        stored = None
    members = [{"_id": 0, "host": address}]
    if stored is None:
        client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
    elif stored["members"][0]["host"] != address:
        moved = {**stored, "members": members, "version": stored["version"] + 1}
        _retry_reconfig(client, moved)


def _retry_reconfig(client: "MongoClient[dict[str, Any]]", config: dict[str, Any]) -> None:
    from pymongo.errors import OperationFailure

    deadline = time.monotonic() + 30
    while True:
        try:
            client.admin.command("replSetReconfig", config, force=True)
        except OperationFailure:  # still reading its old configuration
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
