"""Devices: whether a learner went on elsewhere since a device was used last, so that its player can ask."""

from playhead.domain.progress import Progress
from playhead.domain.report import Position

APART_SECONDS = 30


def other_device(progress: Progress, device: str) -> Position | None:
    """Return where the learner was on another device, after this one and more than 30 s from where this one is.

    None where this device has not played the video in this attempt: then there is only one place to go on.
    """
    began = progress.attempt_at or 0
    places = {one.device: one for one in progress.devices if one.at >= began}
    own = places.pop(device, None)
    other = max(places.values(), default=None)
    if own is None or other is None or other.at <= own.at or abs(other.seconds - own.seconds) <= APART_SECONDS:
        return None
    return other
