"""Exit statuses, the same for every command."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended; 2 is the command line's own: it was called wrongly."""

    DONE = 0
    FAULTS = 1  # check: there are faults
    USAGE = 2
    REFUSED = 3  # it would have done harm, or cannot be done here; the reason is told
    UNREACHABLE = 4  # the database, or AWS, does not answer, or stopped answering
    INCOMPLETE = 5  # some documents were left as they are; run it again, or look at the reasons


class Refused(Exception):
    """A command that does nothing, for a reason, with what a machine may want to know of it."""

    def __init__(self, reason: str, **details: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.details = details
