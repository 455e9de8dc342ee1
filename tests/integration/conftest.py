"""What the integration tests share: the handlers on a real mongod and an atomic DynamoDB, with a clock to set."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from secrets import token_hex
from typing import Any

import pytest
from pymongo import MongoClient

from local.functions import ROLES, load_app
from local.ministack import ADMIN, REGION, LocalAws
from local.template import (
    function_environment,
    queue_definition,
    read_template,
    resources_of_type,
    table_definition,
)
from playhead import bootstrap
from playhead.adapters.mongo_indexes import ensure_indexes
from tests.environment import forget_environment
from tests.event_bus import listening_bus
from tests.handlers import Backend, Output, QueueProbe
from tests.old_client import give_course


@pytest.fixture(scope="session")
def make_backend(mongodb_uri: str, aws: LocalAws) -> Callable[..., Any]:
    """Return what makes a backend, as a context: takes parameters of the template, such as UrgentSpacingMs=0."""

    @contextmanager
    def make(environment: Mapping[str, str] | None = None, **overrides: object) -> Iterator[Backend]:
        name = f"test-{token_hex(6)}"
        with ExitStack() as stack:
            dynamodb = stack.enter_context(closing(aws.client("dynamodb")))
            dynamodb.create_table(TableName=name, **table_definition("ThrottleTable"))
            stack.callback(dynamodb.delete_table, TableName=name)
            sqs = stack.enter_context(closing(aws.client("sqs")))
            queue = sqs.create_queue(QueueName=name, **queue_definition("ReportQueue"))["QueueUrl"]
            stack.callback(sqs.delete_queue, QueueUrl=queue)
            bus = stack.enter_context(listening_bus(aws, f"{name}-bus"))
            client = stack.enter_context(MongoClient[dict[str, Any]](mongodb_uri, tz_aware=True))
            ensure_indexes(client[name])
            stack.callback(client.drop_database, name)
            secrets = stack.enter_context(closing(aws.client("secretsmanager")))
            secret = secrets.create_secret(Name=name, SecretString=mongodb_uri)["ARN"]
            chosen = {
                "ThrottleTable": name,
                "ReportQueue": queue,
                "EventBus": bus.name,
                "MongoDbUriSecretArn": secret,
                "MongoDbDatabase": name,
            } | {parameter: str(value) for parameter, value in overrides.items()}
            settings = _environment(aws.endpoint, chosen) | dict(environment or {})
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            for variable, value in settings.items():
                patch.setenv(variable, value)
            stack.callback(_forget)
            apps = {role: load_app(role) for role in ROLES}
            backend = Backend(apps, settings, client[name], name, dynamodb, QueueProbe(sqs, queue), bus)
            patch.setattr("playhead.api.resolver.now_ms", lambda: backend.now)
            for app in backend.apps.values():
                patch.setattr(app, "now_ms", lambda: backend.now, raising=False)
            yield backend

    return make


def _environment(endpoint: str, chosen: Mapping[str, str]) -> dict[str, str]:
    merged: dict[str, str] = {}
    for function in resources_of_type(read_template(), "AWS::Serverless::Function"):
        merged |= function_environment(function, references=chosen)
    reach = {"AWS_ENDPOINT_URL": endpoint, "AWS_DEFAULT_REGION": REGION}
    return merged | reach | {name.upper(): value for name, value in ADMIN.items()}


def _forget() -> None:
    """Close and forget what the composition root keeps for its environment."""
    for client in _clients():
        client.close()
    forget_environment()


def _clients() -> Iterator[MongoClient[dict[str, Any]]]:
    if bootstrap.read_progress.cache_info().currsize:
        yield bootstrap.read_progress().store._collection.database.client  # type: ignore[attr-defined] # noqa: SLF001
    for use_case in (bootstrap.report_progress, bootstrap.replay_reports):
        if use_case.cache_info().currsize:
            yield use_case().store._store._collection.database.client  # type: ignore[attr-defined] # noqa: SLF001


@pytest.fixture(scope="module")
def backend(make_backend: Callable[..., Any]) -> Iterator[Backend]:
    """Return a backend for the whole module, without spacing; tests use keys of their own."""
    with make_backend(UrgentSpacingMs=0) as backend:
        yield backend


@pytest.fixture(scope="module")
def school(make_backend: Callable[..., Any]) -> Iterator[Backend]:
    """Return a backend of the old application's world too: with a course to buy."""
    with make_backend(UrgentSpacingMs=0) as backend:
        give_course(backend.database)
        yield backend


class _CurrentOutput:
    """Whatever is the standard output at the time of writing: pytest exchanges it between set-up and test."""

    def write(self, text: str) -> None:
        """Pass on."""
        sys.stdout.write(text)

    def flush(self) -> None:
        """Pass on."""
        sys.stdout.flush()


@pytest.fixture
def output(capsys: pytest.CaptureFixture[str]) -> Iterator[Output]:
    """Return what the handlers print: log lines and metrics."""
    from playhead.api import telemetry  # noqa: PLC0415 - it reads the environment, which a backend sets first

    handler = telemetry.logger.registered_handler
    handler.stream = _CurrentOutput()  # type: ignore[attr-defined] # setStream would flush the one before, now closed
    yield Output(lambda: capsys.readouterr().out)
    handler.stream = sys.__stdout__  # type: ignore[attr-defined]
