"""`playhead check`: is every document of progress sound? For people, and for CI by its exit status."""

from typing import Annotated

import typer

from playhead_cli.exits import Exit
from playhead_cli.migration.integrity import check_all
from playhead_cli.options import Threshold
from playhead_cli.session import DatabaseName, Json, Uri, session

Strict = Annotated[bool, typer.Option("--strict", help="Count notes (orphans, percentages that are high) as faults.")]


def check(
    uri: Uri,
    database: DatabaseName,
    threshold: Threshold = 90,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Look for faults: types, durations, percentages, completion flags, duplicates, orphans. Exit 1 where there are."""
    with session(uri, database, as_json=as_json) as (store, terminal):
        with terminal.progress("Checking", store["progresses"].estimated_document_count()) as advance:
            result = check_all(store, threshold, advance)
        terminal.show("Integrity", result.report())
    if result.faults or (strict and result.notes):
        raise typer.Exit(Exit.FAULTS)
