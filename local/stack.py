"""The whole local stack, started in order and stopped in reverse: database, AWS, deployment, then the one address.

What takes long to import is imported while the servers start.
"""
# ruff: noqa: PLC0415

import contextlib
import json
import shutil
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

from local.ministack import LocalAws, starting_ministack, wait_for_ministack
from local.mongodb import starting_mongod, wait_for_mongod
from local.processes import STOP_SIGNALS
from local.settings import Settings

if TYPE_CHECKING:
    from local.deployment import Deployment


def serve(settings: Settings) -> None:
    """Run the stack until a signal; says `ready` and the address once the first report would be answered."""
    with _own_port(settings) as listener, _own_folder(settings), _deployed(settings) as deployment:
        import uvicorn

        from local.server import make_app
        from local.warm_up import warm_up

        server = uvicorn.Server(
            uvicorn.Config(
                make_app(deployment, settings.jwt_secret),
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=2,  # a paused film keeps its connection open
            )
        )
        warm_up(deployment, settings.jwt_secret)
        STOP_SIGNALS.check()
        listener.listen(2048)
        print(f"ready {settings.address}", flush=True)
        server.run(sockets=[listener])


@contextlib.contextmanager
def _own_port(settings: Settings) -> Iterator[socket.socket]:
    """Take the port first, so that a taken one is told before anything starts; nobody is answered until we listen."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.bind, settings.port))
        except OSError as error:
            message = f"port {settings.port} is taken: stop what uses it, or choose another with PORT=..."
            raise RuntimeError(message) from error
        yield listener


@contextlib.contextmanager
def _own_folder(settings: Settings) -> Iterator[None]:
    """Clear what a run leaves behind; MongoDB's data stays."""
    shutil.rmtree(settings.folder / "tmp", ignore_errors=True)
    settings.folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        shutil.rmtree(settings.folder / "tmp", ignore_errors=True)
        (settings.folder / "stack.json").unlink(missing_ok=True)


@contextlib.contextmanager
def _deployed(settings: Settings) -> Iterator["Deployment"]:
    """Start the servers, build meanwhile, seed, deploy."""
    with contextlib.ExitStack() as servers:
        mongod = None
        if settings.mongodb_uri is None:
            mongod = servers.enter_context(starting_mongod(settings.folder, settings.bind))
        child, aws = servers.enter_context(starting_ministack(settings.folder, settings.bind))
        from local.deployment import build, deploy
        from local.seed import seed

        zips = build()
        uri = wait_for_mongod(*mongod) if mongod else str(settings.mongodb_uri)
        seed(uri, settings.mongodb_database)
        wait_for_ministack(child, aws)
        deployment = deploy(aws, zips, _parameters(settings, aws, uri))
        _note(settings, aws, uri, deployment)
        yield deployment


def _parameters(settings: Settings, aws: LocalAws, mongodb_uri: str) -> dict[str, str]:
    from local.deployment import put_secret

    return {
        **settings.parameters,
        "MongoDbUriSecretArn": put_secret(aws, "playhead/mongodb-uri", mongodb_uri),
        "MongoDbDatabase": settings.mongodb_database,
        "JwtSecretArn": put_secret(aws, "playhead/jwt-secret", settings.jwt_secret),
    }


def _note(settings: Settings, aws: LocalAws, mongodb_uri: str, deployment: "Deployment") -> None:
    """Write down where things are, for tests and for other tools; never a secret that was given to us."""
    note = {
        "address": settings.address,
        "aws": aws.endpoint,
        "gateway": deployment.gateway,
        "mongodb": None if settings.mongodb_uri else mongodb_uri,
    }
    (settings.folder / "stack.json").write_text(json.dumps(note, indent=2) + "\n")
