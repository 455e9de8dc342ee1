"""The write handler as it stands on Lambda, over a mongod and a local AWS of our own, for as long as it is measured."""

import contextlib
import importlib.util
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.ministack import ADMIN, REGION, LocalAws, running_ministack
from local.mongodb import running_mongod
from local.template import ROOT, function_environment, table_definition

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
    with tempfile.TemporaryDirectory() as name, running_mongod(Path(name)) as uri, running_ministack(Path(name)) as aws:
        _set_environment(aws, uri)
        yield _load_handler()


def event(learner: str) -> dict[str, Any]:
    """Return the sample event of the write path, sent by a learner."""
    sample: dict[str, Any] = json.loads((ROOT / "events" / "report_progress.json").read_text())
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


def _set_environment(aws: LocalAws, mongodb_uri: str) -> None:
    table = f"throttle-{secrets.token_hex(4)}"
    aws.client("dynamodb").create_table(TableName=table, **table_definition("ThrottleTable"))
    secret = aws.client("secretsmanager").create_secret(Name="mongodb-uri", SecretString=mongodb_uri)["ARN"]
    names = {"ThrottleTable": table, "MongoDbUriSecretArn": secret, "MongoDbDatabase": "bench"}
    os.environ |= function_environment("ReportProgress", references=names)
    os.environ |= {"AWS_ENDPOINT_URL": aws.endpoint, "AWS_DEFAULT_REGION": REGION}
    os.environ |= {name.upper(): value for name, value in ADMIN.items()}


def _load_handler() -> Handler:
    sys.path.insert(0, str(ROOT / "layers" / "playhead"))
    spec = importlib.util.spec_from_file_location("function", ROOT / "functions" / "report_progress" / "app.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    handler: Handler = module.handler
    return handler
