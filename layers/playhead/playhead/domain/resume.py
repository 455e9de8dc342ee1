"""Resume: where a player should start, and why."""

from dataclasses import dataclass
from enum import StrEnum

from playhead.domain.progress import Progress

_REWIND_SECONDS = 3
_HEAD_SECONDS, _HEAD_SHARE = 5, 0.01
_TAIL_SECONDS, _TAIL_SHARE, _TAIL_MOST = 10, 0.02, 0.25


class Reason(StrEnum):
    """Why a player should start where it should."""

    START = "start"
    CONTINUE = "continue"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Resume:
    """A place to start, in seconds, and the reason to tell."""

    position: float
    reason: Reason


def resume(progress: Progress) -> Resume:
    """Return where to go on: over again from the head or the tail of a video, else a few seconds before the position.

    The head is max(5 s, 1 %), the tail max(10 s, 2 %), of short videos at most a quarter.
    """
    seconds, duration = progress.position.seconds if progress.position else 0, progress.duration
    if seconds < max(_HEAD_SECONDS, _HEAD_SHARE * duration):
        return Resume(0, Reason.START)
    tail = min(max(_TAIL_SECONDS, _TAIL_SHARE * duration), _TAIL_MOST * duration)
    if duration > 0 and seconds >= duration - tail:
        return Resume(0, Reason.FINISHED)
    return Resume(round(seconds - _REWIND_SECONDS, 3), Reason.CONTINUE)
