"""`playhead redrive`: what the person on call does when the alarm of the dead letters has gone off."""

from dataclasses import asdict
from typing import Annotated

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError

from playhead_cli.dead_letters import DeadLetters
from playhead_cli.exits import Exit, Refused
from playhead_cli.session import Json
from playhead_cli.terminal import Terminal

Stack = Annotated[str, typer.Option("--stack", envvar="PLAYHEAD_STACK", help="Name of the deployed stack.")]
Write = Annotated[bool, typer.Option("--write", help="Move them; without it they are only counted.")]


def redrive(stack: Stack = "playhead", write: Write = False, as_json: Json = False) -> None:
    """Move dead letters back into the queue, to be replayed. What this release cannot read stays where it is."""
    terminal = Terminal(as_json=as_json)
    try:
        letters = DeadLetters.of_stack(boto3.client("cloudformation"), boto3.client("sqs"), stack)
        unreadable = _redrive(letters, terminal, write=write)
    except Refused as refused:
        terminal.refuse(refused.reason, refused.details)
        raise typer.Exit(Exit.REFUSED) from refused
    except ClientError as error:
        terminal.refuse(f"AWS refused: {error}", {"code": error.response["Error"]["Code"]})
        raise typer.Exit(Exit.REFUSED) from error
    except BotoCoreError as error:
        terminal.refuse(f"AWS cannot be reached: {error}", {})
        raise typer.Exit(Exit.UNREACHABLE) from error
    if unreadable:
        raise typer.Exit(Exit.INCOMPLETE)


def _redrive(letters: DeadLetters, terminal: Terminal, *, write: bool) -> bool:
    """Do as told and show it; return whether something is left that cannot be read."""
    count = letters.count()
    if not write:
        terminal.show("Dead letters", {"waiting": count, "moved": 0, "dryRun": True})
        return False
    with terminal.progress("Moving", count) as advance:
        moved = letters.redrive(advance)
    terminal.show("Dead letters", asdict(moved))
    return bool(moved.unreadable)
