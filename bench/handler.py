"""What the write handler adds to its two I/O calls when warm: its own time over theirs, both measured in one run."""

import argparse
import contextlib
import importlib.util
import json
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from local.ministack import ADMIN, REGION, LocalAws, running_ministack
from local.mongodb import running_mongod
from local.template import ROOT, function_environment, table_definition

WARM_UP = 200


def main() -> None:
    """Measure against a mongod and a local AWS of our own and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name, running_mongod(Path(name)) as uri, running_ministack(Path(name)) as aws:
        _set_environment(aws, uri)
        own, waiting = measure(_load_handler(), rounds)
    print(f"two I/O calls {waiting * 1e3:.2f} ms, the handler's own time {own * 1e3:.2f} ms: ", end="")
    print(f"{100 * own / waiting:.0f} % of them on this machine's loopback (aim: at most 5 % of them)")
    print(f"it is 5 % of two calls that take {own / 0.05 * 1e3:.1f} ms together")


def measure(handler: Callable[[dict[str, Any], object], dict[str, Any]], rounds: int) -> tuple[float, float]:
    """Return the medians, in seconds, of the handler's own time and of the time inside its two I/O calls."""
    use_case = sys.modules["playhead.bootstrap"].report_progress()
    spent: list[float] = []
    _timed(use_case.throttle._client, "update_item", spent)  # noqa: SLF001 - the seam where the waiting is
    _timed(use_case.store._collection, "find_one_and_update", spent)  # noqa: SLF001
    own, waiting = [], []
    with _quiet():
        for number in range(WARM_UP + rounds):
            event = _event(f"learner-{number}")
            spent.clear()
            started = time.perf_counter()
            answer = handler(event, _Context())
            total = time.perf_counter() - started
            assert json.loads(answer["body"])["results"][0]["outcome"] == "applied", answer
            waiting.append(sum(spent))
            own.append(total - sum(spent))
    return statistics.median(own[WARM_UP:]), statistics.median(waiting[WARM_UP:])


def _timed(owner: object, name: str, spent: list[float]) -> None:
    call = getattr(owner, name)

    def timed(*arguments: object, **named: object) -> object:
        started = time.perf_counter()
        try:
            return call(*arguments, **named)
        finally:
            spent.append(time.perf_counter() - started)

    setattr(owner, name, timed)


class _Context:
    """The part of Lambda's context that Powertools reads."""

    function_name = "report_progress"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:report_progress"
    aws_request_id = "0"


def _event(learner: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events" / "report_progress.json").read_text())
    event["requestContext"]["authorizer"]["lambda"]["userId"] = learner
    event["requestContext"]["authorizer"]["lambda"].pop("expiresAt", None)
    return event


def _set_environment(aws: LocalAws, mongodb_uri: str) -> None:
    table = f"throttle-{secrets.token_hex(4)}"
    aws.client("dynamodb").create_table(TableName=table, **table_definition("ThrottleTable"))
    secret = aws.client("secretsmanager").create_secret(Name="mongodb-uri", SecretString=mongodb_uri)["ARN"]
    names = {"ThrottleTable": table, "MongoDbUriSecretArn": secret, "MongoDbDatabase": "bench"}
    os.environ |= function_environment("ReportProgress", references=names)
    os.environ |= {"AWS_ENDPOINT_URL": aws.endpoint, "AWS_DEFAULT_REGION": REGION}
    os.environ |= {name.upper(): value for name, value in ADMIN.items()}


def _load_handler() -> Callable[[dict[str, Any], object], dict[str, Any]]:
    sys.path.insert(0, str(ROOT / "layers" / "playhead"))
    spec = importlib.util.spec_from_file_location("function", ROOT / "functions" / "report_progress" / "app.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    handler: Callable[[dict[str, Any], object], dict[str, Any]] = module.handler
    return handler


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Let log lines go where Lambda's would go at no cost to us: to a file descriptor that takes them."""
    kept = os.dup(1)
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a device
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


if __name__ == "__main__":
    main()
