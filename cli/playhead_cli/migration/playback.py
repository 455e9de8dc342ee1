"""What Playhead keeps in `playback`, held against itself and against what is published; pure."""

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import is_number
from playhead.adapters.mongo_ranges import range_documents
from playhead.domain import ranges
from playhead.domain.progress import COMPLETE_PERCENT
from playhead_cli.migration import readings
from playhead_cli.migration.faults import Fault

_PERCENTAGES = ("watchedPercentage", "completionPercentage")


def mend_playback(document: Document, faults: set[Fault]) -> None:
    """Put `playback` right in a document, in place, and the published figures that fell below what it knows."""
    playback = document.get("playback")
    if playback is None:
        return
    if not isinstance(playback, dict):
        del document["playback"]  # the first merge takes over as if it had never been there
        faults.add(Fault.PLAYBACK_BROKEN)
        return
    mended = playback | _added_up(playback)
    if mended != playback:
        document["playback"] = mended
        faults.add(Fault.PLAYBACK_BROKEN)
    for name, known in _known(mended).items():
        if known > (document.get(name) or 0):
            document[name] = known
            faults.add(Fault.FIGURE_LOST)


def ranges_of(stored: object) -> ranges.Ranges:
    """Return stored ranges as the domain has them."""
    found = [one for one in stored if _is_range(one)] if isinstance(stored, list) else []
    return ranges.union((one["start"], one["end"]) for one in found)


def _is_range(one: object) -> bool:
    return isinstance(one, dict) and is_number(one.get("start")) and is_number(one.get("end"))


def _added_up(playback: Document) -> Document:
    watched = ranges_of(playback.get("watched"))
    last = watched[-1][1] if watched else 0
    furthest = playback.get("furthest")
    reached = readings.number(furthest) if is_number(furthest) else None
    return {
        "base": _base(playback),
        "watched": range_documents(watched),
        "watchedSeconds": ranges.seconds(watched),
        "furthest": last if reached is None or reached < last else furthest,
    }


def _base(playback: Document) -> Document:
    """Return what was published last, as far as it can be."""
    base = playback.get("base")
    known = {"watchCount": 0} | (base if isinstance(base, dict) else {})
    return known | {name: COMPLETE_PERCENT for name in _PERCENTAGES if (known.get(name) or 0) > COMPLETE_PERCENT}


def _known(playback: Document) -> dict[str, float]:
    base = playback["base"]
    return {
        "watchedDuration": playback["furthest"],
        "watchCount": base.get("watchCount", 0) + len(playback.get("sessions") or ()),
        **{name: base.get(name) or 0 for name in (*_PERCENTAGES, "isCompleted")},
    }
