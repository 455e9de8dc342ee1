"""The terminal: results on standard output, for people or (`--json`) for machines; progress on standard error."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

type Advance = Callable[[int], None]


class Terminal:
    """Where a command speaks."""

    def __init__(self, *, as_json: bool) -> None:
        """Take whether standard output is for a machine."""
        self._as_json = as_json
        self._out = Console(highlight=False)
        self._err = Console(stderr=True, highlight=False)

    def show(self, title: str, result: Mapping[str, object]) -> None:
        """Print a command's result: one JSON object, or a table of its figures."""
        if self._as_json:
            print(json.dumps(result, default=str))  # noqa: T201 - it is a command line
            return
        table = Table("what", "value", title=title, title_justify="left")
        for name, value in _flat(result):
            table.add_row(name, value)
        self._out.print(table)

    def refuse(self, reason: str, details: Mapping[str, object]) -> None:
        """Say why nothing was done."""
        if self._as_json:
            print(json.dumps({"refused": reason, **details}, default=str))  # noqa: T201
            return
        self._err.print(f"playhead: {reason}", soft_wrap=True)
        for name, value in _flat(details):
            self._err.print(f"  {name}: {value}", soft_wrap=True)

    @contextmanager
    def progress(self, what: str, total: int) -> Iterator[Advance]:
        """Show how far something is; gives what to call with how many more are done."""
        columns = (TextColumn(what), BarColumn(), TaskProgressColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self._err) as bar:
            task = bar.add_task(what, total=total)
            yield lambda count: bar.advance(task, count)


def _flat(values: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield from ((f"{prefix}{name}", str(one)) for one in value)
        else:
            yield f"{prefix}{name}", str(value)
