"""The `playhead` command: a command is a function in a module of `commands/`, added here."""

import typer

from playhead_cli.commands import check, indexes, migrate, redrive, shard

app = typer.Typer(
    name="playhead",
    help="Look after Playhead: indexes, checks, migration, dead letters.\n\n"
    "Exit statuses: 0 done, 1 check found faults, 2 called wrongly, 3 refused, 4 out of reach, 5 incomplete.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("check")(check.check)
app.command("indexes")(indexes.indexes)
app.command("redrive")(redrive.redrive)
app.command("shard")(shard.shard)
app.add_typer(migrate.app, name="migrate")


def main() -> None:
    """Run the command that the process was called with."""
    app()
