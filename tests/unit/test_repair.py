"""What is wrong with a document, and what it becomes."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import DatetimeMS, Decimal128, ObjectId
from hypothesis import example, given
from hypothesis import strategies as st

from playhead_cli.migration.faults import Fault
from playhead_cli.migration.repair import Repair
from tests.old_documents import FAULTS, old_document, overshoot

THRESHOLD = 90
WHEN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
BASE = {"watchCount": 2, "watchedPercentage": 60, "isCompleted": True}
HEX = "65f000000000000000000001"


def _document(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of a document
    fields: dict[str, Any] = {
        "_id": ObjectId(HEX),
        "userId": ObjectId(HEX),
        "courseId": "algebra",
        "videoId": ObjectId(HEX),
        "watchedDuration": 300,
        "totalDuration": 600,
        "watchedPercentage": 50,
        "completionPercentage": 50,
        "isCompleted": False,
        "lastWatchedAt": WHEN,
        "watchCount": 3,
        "watchHistory": [],
    }
    return fields | changes


@pytest.mark.parametrize(
    ("changes", "faults", "becomes"),
    [
        ({}, set(), {}),
        ({"watchedDuration": "300.5"}, {Fault.WRONG_TYPE}, {"watchedDuration": 300.5}),
        ({"watchedDuration": Decimal128("300")}, {Fault.WRONG_TYPE}, {"watchedDuration": 300}),
        ({"watchedDuration": "far"}, {Fault.WRONG_TYPE}, {"watchedDuration": 0}),
        ({"watchedPercentage": "50 %"}, {Fault.WRONG_TYPE}, {"watchedPercentage": 50}),
        ({"watchCount": True}, {Fault.WRONG_TYPE}, {"watchCount": 0}),
        ({"totalDuration": float("inf")}, {Fault.WRONG_TYPE}, {"totalDuration": 0}),
        ({"isCompleted": "no"}, {Fault.WRONG_TYPE}, {"isCompleted": False}),
        ({"lastWatchedAt": "2024-05-06T07:08:09Z"}, {Fault.WRONG_TYPE}, {"lastWatchedAt": WHEN}),
        ({"lastWatchedAt": 1714979289000.0}, {Fault.WRONG_TYPE}, {"lastWatchedAt": WHEN}),
        ({"lastWatchedAt": DatetimeMS(10**17)}, {Fault.WRONG_TYPE}, {"lastWatchedAt": ...}),
        ({"lastWatchedAt": "soon"}, {Fault.WRONG_TYPE}, {"lastWatchedAt": ...}),
        ({"watchHistory": "none"}, {Fault.WRONG_TYPE}, {"watchHistory": []}),
        ({"userId": HEX.upper()}, {Fault.ID_TYPE}, {"userId": ObjectId(HEX)}),
        ({"userId": None}, {Fault.NO_KEY}, {}),
        ({"userId": 7}, {Fault.NO_KEY}, {}),
        ({"videoId": ""}, {Fault.NO_KEY}, {}),
        ({"watchedDuration": -1}, {Fault.NEGATIVE}, {"watchedDuration": 0}),
        ({"watchedDuration": 700, "watchedPercentage": 100}, {Fault.OVERSHOOT}, {"watchedDuration": 600}),
        (
            {"watchedDuration": 600.9, "watchedPercentage": 99.6, "completionPercentage": 100, "isCompleted": True},
            set(),
            {},
        ),
        ({"watchedPercentage": 140}, {Fault.OVER_PERCENT}, {"watchedPercentage": 100}),
        ({"watchedPercentage": 20}, {Fault.PERCENTAGE_LOW}, {"watchedPercentage": 50}),
        ({"watchedPercentage": 49}, set(), {}),
        ({"completionPercentage": 20}, {Fault.COMPLETION_LOW}, {"completionPercentage": 50}),
        ({"isCompleted": True}, {Fault.COMPLETION_LOW}, {"completionPercentage": 90}),
        ({"watchCount": 10**12}, {Fault.IMPOSSIBLE_COUNT}, {"watchCount": 2**31 - 1}),
        ({"playback": []}, {Fault.PLAYBACK_BROKEN}, {"playback": ...}),
        (
            {"playback": {"furthest": 400, "watched": [], "watchedSeconds": 0, "sessions": ["a"] * 5, "base": BASE}},
            {Fault.FIGURE_LOST},
            {"watchedDuration": 400, "watchCount": 7, "watchedPercentage": 60, "isCompleted": True},
        ),
        (
            {"playback": {"furthest": 9, "watched": [{"start": 8, "end": 20}, {"start": 0, "end": 9}]}},
            {Fault.PLAYBACK_BROKEN},
            {
                "playback": {
                    "furthest": 20,
                    "watched": [{"start": 0, "end": 20}],
                    "watchedSeconds": 20,
                    "base": {"watchCount": 0},
                }
            },
        ),
    ],
    ids=str,
)
def test_a_fault_and_its_repair(changes: dict[str, Any], faults: set[Fault], becomes: dict[str, Any]) -> None:
    document = _document(**changes)
    repair = Repair(document, THRESHOLD)
    assert faults <= repair.faults
    assert repair.faults - {Fault.COMPLETION_LOW, Fault.COMPLETION_MISSING} == faults - {Fault.COMPLETION_LOW}
    for name, value in becomes.items():
        assert repair.document.get(name, ...) == value
    if not faults:
        assert repair.document == document


def test_a_completion_that_the_flag_does_not_know_is_dated_by_the_last_viewing() -> None:
    repair = Repair(_document(watchedPercentage=95, completionPercentage=95), THRESHOLD)
    assert repair.faults == {Fault.COMPLETION_MISSING}
    assert (repair.document["isCompleted"], repair.document["completedAt"]) == (True, WHEN)


def test_a_video_that_the_catalogue_knows_as_longer_was_not_overshot_so_far() -> None:
    repair = Repair(_document(watchedDuration=700), THRESHOLD, 900)
    assert (repair.document["watchedDuration"], repair.document["totalDuration"]) == (700, 900)


def test_a_percentage_that_is_too_high_is_told_and_stays() -> None:
    repair = Repair(_document(watchedPercentage=80, completionPercentage=80), THRESHOLD)
    assert (repair.faults, repair.notes) == (set(), {Fault.PERCENTAGE_HIGH})
    assert repair.document["watchedPercentage"] == 80


_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", "5", "-1", " 90%", "x", True, -3, 0, 50.5, 1e300, float("nan"), [], {}, WHEN, HEX]
)
_FIELDS = st.sampled_from([*_document(), "completedAt", "createdAt", "playback", "averageWatchTime"])


@example(0, overshoot, {"playback": "", "totalDuration": "5"})
@example(0, overshoot, {"_id": None, "userId": None, "courseId": None, "playback": ""})
@given(st.integers(0, 10**6), st.sampled_from(FAULTS), st.dictionaries(_FIELDS, _ODD, max_size=4))
def test_what_is_repaired_has_no_fault_left(seed: int, fault: Any, odd: dict[str, Any]) -> None:  # noqa: ANN401
    chance = random.Random(seed)  # noqa: S311
    document = old_document(chance, seed)
    fault(chance, document)
    once = Repair(document | odd, THRESHOLD)
    again = Repair(once.document, THRESHOLD)
    assert again.faults <= {Fault.NO_KEY}
    assert again.document == once.document
