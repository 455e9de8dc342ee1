"""What the contract suites share: one database for all, emptied before each test, since making one takes long."""

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.database import Database

from playhead.adapters.mongo_changes import MongoProgressChanges
from playhead.adapters.mongo_indexes import ensure_indexes
from playhead.adapters.mongo_learners import LEARNERS
from playhead.adapters.mongo_progress import COLLECTION, MongoProgressStore

DATABASE = "contract"


@pytest.fixture(scope="session")
def _contract_database(mongodb_client: MongoClient[dict[str, Any]]) -> Iterator[Database[dict[str, Any]]]:
    database = mongodb_client[DATABASE]
    ensure_indexes(database)
    yield database
    mongodb_client.drop_database(DATABASE)


@pytest.fixture
def database(_contract_database: Database[dict[str, Any]]) -> Database[dict[str, Any]]:
    """Return the real database, empty."""
    for name in (COLLECTION, LEARNERS, "users", "videos"):
        _contract_database[name].delete_many({})
    return _contract_database


@pytest.fixture
def collection(database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    """Return its collection of progress."""
    return database[COLLECTION]


@pytest.fixture
def store(collection: Collection[dict[str, Any]]) -> MongoProgressStore:
    """Return the progress store on it."""
    return MongoProgressStore(collection)


@pytest.fixture
def changes(collection: Collection[dict[str, Any]]) -> MongoProgressChanges:
    """Return the changes by hand on it."""
    return MongoProgressChanges(collection)
