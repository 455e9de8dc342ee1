"""Faults: what can be wrong with a document of progress. Errors are repaired where there is one right answer."""

from enum import StrEnum


class Fault(StrEnum):
    """Something wrong, by the code that plans and reports name it by."""

    WRONG_TYPE = "wrong_type"  # "450", NaN, a date as text
    ID_TYPE = "id_type"  # an ObjectId kept as its text: no report of Playhead would find the document
    NEGATIVE = "negative"
    OVERSHOOT = "overshoot"  # further than the video is long
    OVER_PERCENT = "over_100_percent"
    IMPOSSIBLE_COUNT = "impossible_count"  # more viewings than a counter holds
    PERCENTAGE_LOW = "percentage_low"  # lower than the durations, or what Playhead knows, say
    COMPLETION_MISSING = "completion_missing"  # at the threshold and not completed
    COMPLETION_LOW = "completion_low"  # completed, or watched further, at a lower completionPercentage
    FIGURE_LOST = "figure_lost"  # a published figure below what `playback` knows: a stale save of the old app
    PLAYBACK_BROKEN = "playback_broken"  # ranges that overlap or do not add up
    DUPLICATE = "duplicate"
    NO_KEY = "no_key"  # no learner, course or video
    OTHER_SHAPE = "other_shape"  # a mapping says what it means

    ORPHAN = "orphan"  # learner, course or video is gone
    PERCENTAGE_HIGH = "percentage_high"  # higher than the durations say: percentages never go down


NOTES = frozenset({Fault.ORPHAN, Fault.PERCENTAGE_HIGH})
"""What is told and left: nobody but the operator knows what is right."""

BEYOND_REPAIR = frozenset({Fault.NO_KEY})
"""An error that only the operator can put right."""
