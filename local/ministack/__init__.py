"""The local AWS; whatever is peculiar to ministack is known in this package and nowhere else.

Its Lambda workers run on its own interpreter and can import what lies beside it, so that environment is kept bare: what
a function imports must come from its layers, as on AWS. They reach it at 127.0.0.1, wherever else it listens.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from local.processes import Child, bare_environment, free_port
from local.template import ROOT

REGION = "us-east-1"
ADMIN = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
WORKER_IDLE_SECONDS = 3600  # a paused film must not find cold workers


@dataclass(frozen=True)
class LocalAws:
    """A running local AWS: its address, and clients for it with every right."""

    endpoint: str

    def client(self, service: str) -> Any:  # noqa: ANN401 (one of boto3's many client types)
        """Return a low-level client of one service."""
        import boto3  # noqa: PLC0415 (takes a while; the servers start first)
        from botocore.config import Config  # noqa: PLC0415

        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        make: Any = boto3.client
        return make(service, endpoint_url=self.endpoint, region_name=REGION, config=config, **ADMIN)

    def gateway_url(self, api_id: str) -> str:
        """Return the address under which an HTTP API's `$default` stage answers."""
        return f"{self.endpoint}/_aws/execute-api/{api_id}/$default"


@contextlib.contextmanager
def running_ministack(folder: Path, bind: str = "127.0.0.1", *, enforce_iam: bool = True) -> Iterator[LocalAws]:
    """Start a local AWS on a free port, empty, and give it once it answers."""
    with starting_ministack(folder, bind, enforce_iam=enforce_iam) as (child, aws):
        wait_for_ministack(child, aws)
        yield aws


@contextlib.contextmanager
def starting_ministack(
    folder: Path, bind: str = "127.0.0.1", *, enforce_iam: bool = True
) -> Iterator[tuple[Child, LocalAws]]:
    """Start a local AWS without waiting for it, so that other things can start meanwhile."""
    port = free_port()
    scratch = folder / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    environment = bare_environment(
        GATEWAY_PORT=str(port),
        BIND_HOST=bind,
        IOT_MTLS_ENABLED="0",
        AUTH="true" if enforce_iam else "false",
        LAMBDA_WARM_TTL_SECONDS=str(WORKER_IDLE_SECONDS),
        MINISTACK_REGION=REGION,
        STATE_DIR=str(scratch / "state"),
        S3_DATA_DIR=str(scratch / "s3"),
        TMPDIR=str(scratch),
        PYTHONDONTWRITEBYTECODE="1",
    )
    command = [str(ROOT / ".tools/emulators/bin/ministack")]
    with Child(command, log=folder / "aws.log", environment=environment) as child:
        yield child, LocalAws(f"http://127.0.0.1:{port}")


def wait_for_ministack(child: Child, aws: LocalAws) -> None:
    """Wait until it answers."""
    child.wait_until(lambda: _answers(aws.endpoint))


def _answers(endpoint: str) -> bool:
    try:
        with urlopen(f"{endpoint}/_ministack/health", timeout=1) as answer:  # noqa: S310 (an address of our own)
            return bool(answer.status == 200)  # noqa: PLR2004
    except (URLError, OSError):
        return False


def pointer_layer(name: str, unpacked: Path) -> dict[str, bytes]:
    """Return the files of a layer that only points to an unpacked one; its `python` folder comes first on the path."""
    line = f"import sys; sys.path.insert(0, {str(unpacked / 'python')!r})\n"
    return {f"python/lib/python3.13/site-packages/{name}.pth": line.encode()}
