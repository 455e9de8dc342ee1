"""The `playhead` command as a test calls it: in this process, or in one of its own that can be killed."""

import json
import sys
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from local.processes import Child
from playhead_cli.app import app

_PLAYHEAD = Path(sys.executable).with_name("playhead")


def playhead(uri: str, database: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run a command with --json; return its exit status and what it printed."""
    given = ["--uri", uri, "--database", database, "--json"]
    result = CliRunner().invoke(app, [*arguments, *given])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout)


def running(uri: str, database: str, log: Path, *arguments: str) -> Child:
    """Return a command in a process of its own."""
    environment = {"MONGODB_URI": uri, "MONGODB_DATABASE": database}
    return Child([str(_PLAYHEAD), *arguments], log=log, environment=environment)
