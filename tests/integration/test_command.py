"""The `playhead` command: its exit statuses, what `check` finds and what it does not, and live writers beside it."""

import threading
from collections.abc import Callable, Iterator
from secrets import token_hex
from typing import Any

import pytest
from bson import ObjectId
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from typer.testing import CliRunner

from local.processes import free_port
from playhead.adapters.mongo_changes import MongoProgressChanges
from playhead.adapters.mongo_progress import MongoProgressStore
from playhead.domain.ranges import union
from playhead.domain.report import Key
from playhead_cli.app import app
from playhead_cli.exits import Exit
from playhead_cli.migration.raw import batches
from tests.builders import KEY, NOW, contribution, report, session_id
from tests.command import playhead
from tests.old_documents import old_documents

Documents = dict[str, Any]


@pytest.fixture
def database(mongodb_client: MongoClient[Documents]) -> Iterator[Database[Documents]]:
    """An empty database without indexes."""
    name = f"command-{token_hex(6)}"
    yield mongodb_client[name]
    mongodb_client.drop_database(name)


class Commands(CommandListener):
    """Notes the names of the commands that a client sends."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        """Note the name."""
        self.names.append(event.command_name)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Do nothing."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Do nothing."""


# --- exit statuses


def test_a_database_out_of_reach_is_told_by_its_status() -> None:
    nobody = f"mongodb://127.0.0.1:{free_port()}/?serverSelectionTimeoutMS=200"
    status, told = playhead(nobody, "nothing", "check")
    assert (status, "cannot be reached" in told["refused"]) == (Exit.UNREACHABLE, True)
    assert playhead("not an address", "nothing", "indexes")[0] == Exit.UNREACHABLE


def test_a_wrong_call_is_told_by_its_status() -> None:
    assert CliRunner().invoke(app, ["check"], env={"MONGODB_URI": ""}).exit_code == Exit.USAGE
    assert CliRunner().invoke(app, ["migrate", "apply", "--writ"]).exit_code == Exit.USAGE


@pytest.mark.parametrize("name", ["", "no such/name", "a b"])
def test_a_name_that_no_database_has_is_no_fault_of_the_documents(mongodb_uri: str, name: str) -> None:
    status, told = playhead(mongodb_uri, name, "check")
    assert (status, "database" in told["refused"]) == (Exit.USAGE, True)


def test_a_slow_pace_keeps_no_batch_open_for_long(database: Database[Documents], mongodb_uri: str) -> None:
    database["progresses"].insert_many(old_documents(450))
    asked = Commands()
    with MongoClient[RawBSONDocument](mongodb_uri, document_class=RawBSONDocument, event_listeners=[asked]) as client:
        sizes = [len(batch) for batch in batches(client[database.name]["progresses"], {})]
    assert (sizes, asked.names.count("getMore")) == ([200, 200, 50], 2)


def test_people_get_a_table_and_the_environment_serves_as_options(
    database: Database[Documents], mongodb_uri: str
) -> None:
    environment = {"MONGODB_URI": mongodb_uri, "MONGODB_DATABASE": database.name}
    result = CliRunner().invoke(app, ["check"], env=environment)
    assert result.exit_code == Exit.DONE
    assert "documents" in result.stdout
    refused = CliRunner().invoke(app, ["shard"], env=environment)
    assert refused.exit_code == Exit.REFUSED
    assert "replica set" in refused.stderr


# --- indexes


def test_indexes_are_made_once_and_refused_where_documents_share_a_key(
    database: Database[Documents], mongodb_uri: str
) -> None:
    one = {"userId": ObjectId(), "courseId": "c", "videoId": "v"}
    documents = [one | {"_id": 1}, one | {"_id": 2}]
    database["progresses"].insert_many(documents)
    status, told = playhead(mongodb_uri, database.name, "indexes")
    shown = [{"key": [str(one["userId"]), "c", "v"], "documents": ["1", "2"]}]
    assert (status, told["keys"], told["duplicates"]) == (Exit.REFUSED, 1, shown)
    database["progresses"].delete_one({"_id": 2})
    for _ in range(2):
        status, told = playhead(mongodb_uri, database.name, "indexes")
        assert (status, "userId_1_courseId_1_videoId_1" in told["indexes"]) == (Exit.DONE, True)


def test_an_index_in_the_way_is_named(database: Database[Documents], mongodb_uri: str) -> None:
    database["progresses"].create_index(["userId", "courseId", "videoId"])
    status, told = playhead(mongodb_uri, database.name, "indexes")
    assert (status, "userId_1_courseId_1_videoId_1" in told["server"]) == (Exit.REFUSED, True)


# --- check


def test_orphans_are_notes_unless_it_is_strict(database: Database[Documents], mongodb_uri: str) -> None:
    sound = next(iter(old_documents(1, 7)))
    database["progresses"].insert_one(sound)
    database["users"].insert_one({"_id": sound["userId"]})
    assert playhead(mongodb_uri, database.name, "check")[1]["notes"] == {}
    database["videos"].insert_one({"_id": ObjectId()})
    status, told = playhead(mongodb_uri, database.name, "check")
    assert (status, told["notes"], told["examples"]) == (Exit.DONE, {"orphan": 1}, {"orphan": [str(sound["_id"])]})
    assert playhead(mongodb_uri, database.name, "check", "--strict")[0] == Exit.FAULTS


def test_what_playhead_itself_writes_is_sound(database: Database[Documents], mongodb_uri: str) -> None:
    playhead(mongodb_uri, database.name, "indexes")
    store, changes = MongoProgressStore(database["progresses"]), MongoProgressChanges(database["progresses"])

    def merge(*watched: tuple[int, int], at: int) -> None:
        one = report(watched=watched, position=watched[-1][1], session=session_id(at), session_at=at, at=at)
        assert store.merge(contribution(one, received_at=at))
        assert playhead(mongodb_uri, database.name, "check")[1]["faults"] == {}

    merge((0, 30), (50, 90), at=NOW)
    steps: tuple[Callable[[], object], ...] = (
        lambda: changes.complete(KEY, NOW + 1),
        lambda: changes.withdraw_completion(KEY, NOW + 2),
        lambda: changes.hide(KEY, NOW + 3, hidden=True),
        lambda: merge((0, 560), at=NOW + 4),
        lambda: changes.reset(KEY, NOW + 5),
        lambda: merge((0, 10), at=NOW + 6),
        lambda: changes.undo_reset(KEY, NOW),
        lambda: merge((590, 600), at=NOW + 8),
    )
    for step in steps:
        step()
        assert playhead(mongodb_uri, database.name, "check")[1]["faults"] == {}
    assert playhead(mongodb_uri, database.name, "migrate", "plan", "--ahead")[1]["changes"]["changed"] == 0


# --- beside live writers


def test_reports_that_arrive_during_a_migration_are_not_lost(database: Database[Documents], mongodb_uri: str) -> None:
    documents = list(old_documents(1500, 5))
    database["progresses"].insert_many(documents)
    keys = [Key(*(str(one[name]).lower() for name in ("userId", "courseId", "videoId"))) for one in documents[::15]]
    store = MongoProgressStore(database["progresses"])
    acknowledged: dict[Key, list[tuple[int, int]]] = {key: [] for key in keys}
    over = threading.Event()

    def write() -> None:
        turn = 0
        while not over.is_set():
            key, start = keys[turn % len(keys)], 2 * (turn // len(keys)) % 50
            watched = (start, start + 1)
            if store.merge(contribution(report(key=key, watched=(watched,), duration=60, position=start + 1))):
                acknowledged[key].append(watched)
            turn += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            status, _ = playhead(mongodb_uri, database.name, "migrate", "apply", "--write", "--ahead")
            assert status in (Exit.DONE, Exit.INCOMPLETE)
    finally:
        over.set()
        writer.join()
    assert playhead(mongodb_uri, database.name, "migrate", "apply", "--write")[0] == Exit.DONE
    for key, watched in acknowledged.items():
        assert set(watched) <= {(s, s + 1) for start, end in store.read(key).watched for s in range(start, end)}
        assert store.read(key).watched == union(watched)
    assert playhead(mongodb_uri, database.name, "check")[1]["faults"] == {}
