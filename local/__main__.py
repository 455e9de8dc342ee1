"""`make run`: the local stack in the foreground, until Ctrl-C."""

import sys

from local.processes import STOP_SIGNALS, StoppedError
from local.settings import Settings
from local.stack import serve


def main() -> int:
    """Run the stack as the environment says; 0 where we were asked to stop, 1 with a reason where it cannot."""
    STOP_SIGNALS.install()
    try:
        serve(Settings.from_environment())
    except StoppedError:
        return 0
    except (RuntimeError, ValueError) as error:  # what we say ourselves of a setting or a server that does not work
        print(f"playhead: {error}", file=sys.stderr)
        return 1
    return 0


sys.exit(main())
