"""A writing handler as it stands on Lambda, over a mongod and a local AWS of our own, for as long as it is measured."""

import contextlib
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.functions import load_app
from local.ministack import ADMIN, REGION, LocalAws, running_ministack
from local.mongodb import running_mongod
from local.template import ROOT, function_environment, queue_definition, table_definition

DATABASE = "bench"

type Handler = Callable[[dict[str, Any], object], dict[str, Any]]


@dataclass(frozen=True)
class Context:
    """The part of Lambda's context that Powertools reads."""

    function_name: str = "report_progress"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:report_progress"
    aws_request_id: str = "0"


@contextlib.contextmanager
def write_handler() -> Iterator[Handler]:
    """Start what it stands on, load it, and stop everything again."""
    with tempfile.TemporaryDirectory() as name, running_mongod(Path(name)) as uri, handler_on(uri) as handler:
        yield handler


@contextlib.contextmanager
def handler_on(mongodb_uri: str, role: str = "report_progress") -> Iterator[Handler]:
    """Start a local AWS beside a mongod that runs, and load a function on both."""
    with tempfile.TemporaryDirectory() as name, running_ministack(Path(name)) as aws:
        _set_environment(aws, mongodb_uri, role)
        sys.path.insert(0, str(ROOT / "layers" / "playhead"))
        yield load_app(role).handler


def event(learner: str, role: str = "report_progress") -> dict[str, Any]:
    """Return the sample event of a writing function, sent by a learner."""
    sample: dict[str, Any] = json.loads((ROOT / "events" / f"{role}.json").read_text())
    context = sample["requestContext"]["authorizer"]["lambda"]
    context["userId"] = learner
    context.pop("expiresAt", None)
    return sample


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Let log lines go to a file descriptor that takes them at no cost."""
    kept = os.dup(1)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _set_environment(aws: LocalAws, mongodb_uri: str, role: str) -> None:
    table = f"throttle-{secrets.token_hex(4)}"
    aws.client("dynamodb").create_table(TableName=table, **table_definition("ThrottleTable"))
    secret = aws.client("secretsmanager").create_secret(Name="mongodb-uri", SecretString=mongodb_uri)["ARN"]
    queue = aws.client("sqs").create_queue(QueueName=table, **queue_definition("ReportQueue"))["QueueUrl"]
    names = {"ReportQueue": queue, "ThrottleTable": table, "MongoDbUriSecretArn": secret, "MongoDbDatabase": DATABASE}
    os.environ |= function_environment(role.title().replace("_", ""), references=names)
    os.environ |= {"AWS_ENDPOINT_URL": aws.endpoint, "AWS_DEFAULT_REGION": REGION}
    os.environ |= {name.upper(): value for name, value in ADMIN.items()}
