"""What every test may ask for: a real mongod, a local AWS, and the handlers in the environment the template gives."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from local.functions import load_app
from local.ministack import ADMIN, REGION, LocalAws, running_ministack
from local.mongodb import running_mongod
from local.template import function_environment, queue_definition, table_definition
from tests.event_bus import BusProbe, listening_bus
from tests.silence import Way

Documents = dict[str, Any]


@pytest.fixture(scope="session")
def mongodb_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real mongod, a replica set of one, that lives as long as the session."""
    with running_mongod(tmp_path_factory.mktemp("mongodb")) as uri:
        yield uri


@pytest.fixture
def way(mongodb_uri: str) -> Iterator[Way]:
    """Return a way to that mongod that can fall silent, or lose answers."""
    port = urlsplit(mongodb_uri).port
    assert port
    with Way(port) as way:
        yield way


@pytest.fixture(scope="session")
def mongodb_client(mongodb_uri: str) -> Iterator[MongoClient[Documents]]:
    """One client of it, for tests that need no settings of their own."""
    with MongoClient[Documents](mongodb_uri, tz_aware=True) as client:
        yield client


@pytest.fixture
def mongodb_database(mongodb_client: MongoClient[Documents]) -> Iterator[Database[Documents]]:
    """An empty database of this test's own, with the indexes, dropped afterwards."""
    from playhead.adapters.mongo_indexes import ensure_indexes  # noqa: PLC0415 (only where a test asks for it)

    name = f"test-{secrets.token_hex(6)}"
    database = mongodb_client[name]
    ensure_indexes(database)
    yield database
    mongodb_client.drop_database(name)


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS (atomic conditional writes, real policies) that lives as long as the session."""
    with running_ministack(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(scope="session")
def aws_endpoint(aws: LocalAws) -> str:
    """Its address."""
    return aws.endpoint


@pytest.fixture
def aws_environment(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """Let clients that are made with no arguments, as the functions make them, reach the local AWS."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    for name, value in ADMIN.items():
        monkeypatch.setenv(name.upper(), value)
    return aws


@pytest.fixture
def throttle_table(aws: LocalAws) -> Iterator[str]:
    """Name of an empty throttle table of this test's own, made as the template describes it."""
    name = f"throttle-{secrets.token_hex(6)}"
    client = aws.client("dynamodb")
    client.create_table(TableName=name, **table_definition("ThrottleTable"))
    yield name
    client.delete_table(TableName=name)


@pytest.fixture
def report_queue(aws: LocalAws) -> Iterator[str]:
    """Address of an empty queue of this test's own, made as the template describes it, without its dead letters."""
    client = aws.client("sqs")
    url = str(
        client.create_queue(QueueName=f"reports-{secrets.token_hex(6)}", **queue_definition("ReportQueue"))["QueueUrl"]
    )
    yield url
    client.delete_queue(QueueUrl=url)


@pytest.fixture
def event_bus(aws: LocalAws) -> Iterator[BusProbe]:
    """A bus of this test's own, and what is put on it."""
    with listening_bus(aws, f"bus-{secrets.token_hex(6)}") as probe:
        yield probe


@pytest.fixture
def put_secret(aws: LocalAws) -> Callable[[str], str]:
    """Store a secret in the local AWS: takes its value, gives its ARN."""

    def put(value: str) -> str:
        name = f"secret-{secrets.token_hex(6)}"
        return str(aws.client("secretsmanager").create_secret(Name=name, SecretString=value)["ARN"])

    return put


@pytest.fixture(name="function_environment")
def _function_environment(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Mapping[str, str]]:
    """Set the environment that the template gives a function.

    `function_environment("ReportProgress", ThrottleTable="...", UrgentSpacingMs=0)` takes the template's names: a
    parameter's, instead of its default, or a resource's, for what a !Ref to it would be.
    """

    def resolve(function: str, **overrides: object) -> Mapping[str, str]:
        environment = function_environment(function, references={name: str(one) for name, one in overrides.items()})
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return environment

    return resolve


@pytest.fixture
def load_handler() -> Iterator[Callable[[str], ModuleType]]:
    """Import functions/<role>/app.py as a new Lambda environment would: takes the role, gives the module.

    What the composition root keeps for its environment is forgotten before and after.
    """
    from tests.environment import forget_environment  # noqa: PLC0415 (only where a test asks for it)

    forget_environment()
    yield load_app
    forget_environment()
