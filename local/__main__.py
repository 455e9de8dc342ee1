"""`make run`: the local stack in the foreground, until Ctrl-C."""

import contextlib
import sys

from local.processes import STOP_SIGNALS, StoppedError
from local.settings import Settings
from local.stack import serve


def main() -> int:
    """Run the stack as the environment says; 0 where we were asked to stop."""
    STOP_SIGNALS.install()
    try:
        settings = Settings.from_environment()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    with contextlib.suppress(StoppedError):
        serve(settings)
    return 0


sys.exit(main())
