"""What the environment may choose of the local stack, read once; a template's name means the same here."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from local.template import ROOT, parameter_defaults

DEVELOPMENT_SECRET = "playhead-development-secret-not-for-production"  # noqa: S105 (public, and only ever local)
ISSUER = "playhead-local"
AUDIENCE = "playhead"
HIGHEST_PORT = 65535
SHORTEST_SECRET = 32  # bytes; HS256 asks for as much as its hash

# Given by the stack itself; every other parameter of the template can be set by its name in capitals.
OWN_PARAMETERS = {"MongoDbUriSecretArn", "JwtSecretArn", "Architecture", "MongoDbDatabase", "AllowedOrigins"}


@dataclass(frozen=True)
class Settings:
    """The choices of one stack. `bind` is where its servers listen.

    STACK_BIND=0.0.0.0 lets containers (`sam local`) reach mongod and the local AWS as host.docker.internal; their ports
    stand in `<folder>/stack.json` while the stack runs. Only on a network that you trust: mongod asks for no password.
    """

    port: int
    bind: str
    folder: Path
    mongodb_uri: str | None
    mongodb_database: str
    jwt_secret: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the settings. Raises ValueError where one is not usable."""
        port = _port(environment.get("PORT", "3000"))
        secret = environment.get("JWT_SECRET") or DEVELOPMENT_SECRET
        if len(secret.encode()) < SHORTEST_SECRET:
            message = f"JWT_SECRET must have at least {SHORTEST_SECRET} bytes"
            raise ValueError(message)
        return cls(
            port=port,
            bind=environment.get("STACK_BIND", "127.0.0.1"),
            folder=ROOT / ".playhead" / str(port),
            mongodb_uri=environment.get("MONGODB_URI") or None,
            mongodb_database=environment.get("MONGODB_DATABASE", "playhead"),
            jwt_secret=secret,
            parameters=_template_parameters(environment, port),
        )

    @property
    def address(self) -> str:
        """Where the stack answers."""
        return f"http://127.0.0.1:{self.port}"


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        message = f"PORT must be a number from 1 to {HIGHEST_PORT}, not {text!r}"
        raise ValueError(message)
    return int(text)


def _template_parameters(environment: Mapping[str, str], port: int) -> dict[str, str]:
    """Return what the environment says of the template's parameters, over what a local stack needs."""
    chosen = {
        "JwtIssuer": ISSUER,
        "JwtAudience": AUDIENCE,
        "AllowedOrigins": environment.get("ALLOWED_ORIGINS", f"http://127.0.0.1:{port},http://localhost:{port}"),
    }
    for name in parameter_defaults().keys() - OWN_PARAMETERS:
        if value := environment.get(environment_name(name)):
            chosen[name] = value
    return chosen


def environment_name(parameter: str) -> str:
    """Return the environment variable of a template parameter: UrgentSpacingMs is URGENT_SPACING_MS."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", parameter).upper()
