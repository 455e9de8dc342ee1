"""One call of the command: the options that every command has, and what they lead to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from pymongo import MongoClient
from pymongo.database import Database
from pymongo.errors import ConfigurationError, ConnectionFailure, InvalidName, InvalidURI, OperationFailure

from playhead.adapters.mongo_client import Document
from playhead_cli.exits import Exit, Refused
from playhead_cli.terminal import Terminal

Uri = Annotated[str, typer.Option("--uri", envvar="MONGODB_URI", help="Address of the database.", show_default=False)]
DatabaseName = Annotated[
    str, typer.Option("--database", envvar="MONGODB_DATABASE", help="Name of the database.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]


@contextmanager
def session(uri: str, name: str, *, as_json: bool) -> Iterator[tuple[Database[Document], Terminal]]:
    """Give a database and a terminal; end the process by the exit status of what goes wrong."""
    terminal = Terminal(as_json=as_json)
    try:
        with _client(uri) as client:
            yield client[name], terminal
    except Refused as refused:
        terminal.refuse(refused.reason, refused.details)
        raise typer.Exit(Exit.REFUSED) from refused
    except InvalidName as error:
        terminal.refuse(f"There can be no such database: {error}", {})
        raise typer.Exit(Exit.USAGE) from error
    except (ConnectionFailure, ConfigurationError, InvalidURI) as error:
        terminal.refuse(f"The database cannot be reached: {error}", {})
        raise typer.Exit(Exit.UNREACHABLE) from error
    except OperationFailure as error:
        terminal.refuse(f"The database refused: {error}", {"code": error.code})
        raise typer.Exit(Exit.REFUSED) from error


def _client(uri: str) -> MongoClient[Document]:
    """Return a client without the functions' short budgets: an index may take an hour."""
    options: dict[str, Any] = {"appname": "playhead-cli", "serverSelectionTimeoutMS": 5000, "w": "majority"}
    given = {name: value for name, value in options.items() if f"{name}=" not in uri}
    return MongoClient(uri, tz_aware=True, **given)
