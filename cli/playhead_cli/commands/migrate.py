"""`playhead migrate`: plan, apply, undo."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from pymongo.database import Database

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_progress import COLLECTION
from playhead_cli.exits import Exit, Refused
from playhead_cli.migration.apply import apply_all
from playhead_cli.migration.changes import Changes
from playhead_cli.migration.indexes import unique_index
from playhead_cli.migration.mapping import read_mapping
from playhead_cli.migration.pace import Pace
from playhead_cli.migration.raw import raw_database
from playhead_cli.migration.scan import Scan
from playhead_cli.migration.undo import Undo
from playhead_cli.options import Threshold
from playhead_cli.session import DatabaseName, Json, Uri, session

app = typer.Typer(no_args_is_help=True, help="Put right what the old app wrote, and take that back.")

Write = Annotated[bool, typer.Option("--write", "--yes", help="Really write; without it nothing is changed.")]
Rate = Annotated[float | None, typer.Option(min=0.1, help="Change no more documents a second than these.")]
Ahead = Annotated[bool, typer.Option("--ahead", help="Take over every document now, not at its first new report.")]
MappingFile = Annotated[Path | None, typer.Option("--mapping", help="What documents of another shape mean.")]
Force = Annotated[bool, typer.Option("--force", help="Also what was changed since: that is lost.")]
DropUnique = Annotated[bool, typer.Option("--drop-unique-index", help="Let duplicates back in.")]


@app.command("plan")
def plan(
    uri: Uri,
    database: DatabaseName,
    threshold: Threshold = 90,
    documents_per_second: Rate = None,
    ahead: Ahead = False,
    mapping: MappingFile = None,
    as_json: Json = False,
) -> None:
    """Tell what is there, what `apply` would change, and how long that would take. Nothing is written."""
    with session(uri, database, as_json=as_json) as (store, terminal):
        scans = _scans(store, threshold, mapping, ahead=ahead)
        with terminal.progress("Looking", scans().count()) as advance:
            outcome = apply_all(scans, None, _pace(None), advance)
        estimated = {"estimatedSeconds": outcome.estimated_seconds(documents_per_second)}
        terminal.show("What there is, and what apply would change", outcome.report() | estimated)


@app.command("apply")
def apply(
    uri: Uri,
    database: DatabaseName,
    write: Write = False,
    threshold: Threshold = 90,
    documents_per_second: Rate = None,
    ahead: Ahead = False,
    mapping: MappingFile = None,
    as_json: Json = False,
) -> None:
    """Repair what is wrong, each document backed up first. Broken off, it goes on where it is called again."""
    with session(uri, database, as_json=as_json) as (store, terminal):
        writer = Changes(raw_database(store)) if write else None
        scans = _scans(store, threshold, mapping, ahead=ahead)
        with terminal.progress("Repairing" if write else "Looking", scans().count()) as advance:
            outcome = apply_all(scans, writer, _pace(documents_per_second), advance)
        terminal.show("Applied" if write else "Not written: --write does", {"written": write, **outcome.report()})
    if outcome.left:
        raise typer.Exit(Exit.INCOMPLETE)


@app.command("undo")
def undo(
    uri: Uri,
    database: DatabaseName,
    write: Write = False,
    force: Force = False,
    drop_unique_index: DropUnique = False,
    as_json: Json = False,
) -> None:
    """Restore every document as it was before `apply`, except those that were changed since."""
    with session(uri, database, as_json=as_json) as (store, terminal):
        one = Undo(store, write=write, force=force)
        if write and one.folded_any():
            _let_duplicates_in(store, drop=drop_unique_index)
        with terminal.progress("Restoring" if write else "Looking", one.count()) as advance:
            for step in one.steps():
                advance(step)
        terminal.show("Restored" if write else "Not written: --write does", {"written": write, **one.report()})
    if one.report()["changedSince"]:
        raise typer.Exit(Exit.INCOMPLETE)


def _let_duplicates_in(store: Database[Document], *, drop: bool) -> None:
    index = unique_index(store)
    if index is None:
        return
    if not drop:
        message = "Duplicates were folded, and the unique index does not let them back in: see --drop-unique-index."
        raise Refused(message, index=index)
    store[COLLECTION].drop_index(index)


def _scans(store: Database[Document], threshold: int, mapping: Path | None, *, ahead: bool) -> Callable[[], Scan]:
    """Return what makes a scan: there is one for each pass."""
    known = read_mapping(mapping) if mapping else None
    return lambda: Scan(store, threshold, known, ahead=ahead)


def _pace(per_second: float | None) -> Pace:
    return Pace(per_second, time.monotonic, time.sleep)
