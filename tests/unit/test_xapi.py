"""xAPI: every statement keeps the video profile's rules, says what is stored, and has the id of its content."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from playhead.domain.progress import Progress, merge
from playhead.domain.report import Position, Report
from playhead.domain.xapi import Profile, Statement, played_segments, statements
from tests.builders import HOUR, KEY, MINUTE, NOW, contribution, report, session_id
from tests.strategies import reports
from tests.video_profile import PROFILE, check

PROFILED = Profile("https://api.example.com", 90)


def stored(*some: Report, **changes: Any) -> Progress:  # noqa: ANN401 - any field of a contribution
    """Return what is stored after reports."""
    progress = Progress(KEY)
    for one in some:
        progress = merge(progress, contribution(one, **changes))
    return progress


def said(progress: Progress) -> list[Statement]:
    """Return the statements, each checked."""
    found = statements(progress, PROFILED)
    for one in found:
        check(one)
    return found


def verbs(found: list[Statement]) -> list[str]:
    """Return the last part of each verb."""
    return [one["verb"]["id"].rpartition("/")[2] for one in found]


@given(st.lists(reports(), min_size=1, max_size=5))
def test_whatever_was_reported_keeps_the_rules(some: list[Report]) -> None:
    found = said(stored(*some))
    assert len({one["id"] for one in found}) == len(found)
    assert [one["timestamp"] for one in found] == sorted(one["timestamp"] for one in found)


def test_a_viewing_is_initialized_and_paused() -> None:
    initialized, paused = said(stored(report(watched=((0, 42), (50, 60)), position=60)))
    assert verbs([initialized, paused]) == ["initialized", "paused"]
    assert paused["timestamp"] == "2027-01-15T08:00:00.000+00:00"
    assert initialized["timestamp"] == "2027-01-15T07:50:00.000+00:00"
    assert paused["result"]["extensions"] == {
        f"{PROFILE}/extensions/time": 60,
        f"{PROFILE}/extensions/progress": 0.087,
        f"{PROFILE}/extensions/played-segments": "0[.]42[,]50[.]60",
    }
    assert paused["context"]["extensions"] == {
        f"{PROFILE}/extensions/length": 600,
        f"{PROFILE}/extensions/completion-threshold": 0.9,
        f"{PROFILE}/extensions/session-id": session_id(NOW - 10 * MINUTE),
    }
    assert paused["object"]["id"] == "https://api.example.com/v1/courses/course-1/videos/video-1"


def test_a_completion_is_said_with_what_was_watched() -> None:
    completed = said(stored(report(watched=((0, 590),), position=590)))[-1]
    assert (verbs([completed]), completed["result"]["completion"]) == (["completed"], True)
    assert completed["result"]["duration"] == "PT590S"


def test_the_same_twice_is_the_same_statement_and_more_is_another() -> None:
    once = stored(report())
    more = merge(once, contribution(report(seq=2, at=NOW + 1, watched=((0, 60),))))
    first = {one["id"] for one in said(once)}
    assert first == {one["id"] for one in said(once)}
    assert len(first & {one["id"] for one in said(more)}) == 1  # the beginning of the viewing


def test_after_a_reset_no_pause_of_before_is_told_with_what_was_watched_since() -> None:
    before = Progress(
        KEY, duration=600, viewings=(Position(NOW, 1, "", session_id(NOW - HOUR), 60),), attempt_at=NOW + 1
    )
    assert verbs(said(before)) == ["initialized"]


def test_an_old_document_says_where_it_is_and_that_it_is_completed() -> None:
    old = Progress(
        KEY, Position(NOW, 0, "", "", 55), furthest=55, duration=60, percentage=92, completed=True, last_at=NOW
    )
    assert sorted(verbs(said(old))) == ["completed", "paused"]


def test_of_an_unknown_length_nothing_can_be_said() -> None:
    assert statements(Progress(KEY, completed=True, completed_at=NOW), PROFILED) == []


def test_segments_are_spelt_as_the_profile_says() -> None:
    assert (played_segments(((0, 42), (50, 60))), played_segments(())) == ("0[.]42[,]50[.]60", "")
