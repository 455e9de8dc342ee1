"""Old reports: the old percentage, sessions made of nothing but learner and day, and what may not wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.domain.old_report import may_not_wait, old_percent, old_report, old_session
from playhead.domain.progress import Progress
from playhead.domain.report import Position
from playhead.domain.session import canonical, started_at
from tests.builders import HOUR, KEY, NOW

_SECONDS = st.floats(0, 172_800)
_DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("watched", "total", "percent"),
    [(0, 100, 0), (30.5, 100, 31), (30.4, 100, 30), (0.5, 100, 1), (2.5, 100, 3), (120, 100, 100), (5, 0, 0)],
)
def test_the_percentage_is_rounded_as_javascript_rounds(watched: float, total: float, percent: int) -> None:
    assert old_percent(watched, total) == percent


@given(_SECONDS, _SECONDS)
def test_the_percentage_is_one(watched: float, total: float) -> None:
    assert 0 <= old_percent(watched, total) <= 100


@given(st.integers(0, 2**43))
def test_a_session_is_of_its_learner_and_day(at: int) -> None:
    session = old_session("learner-1", at)
    assert session == canonical(session)
    assert started_at(session) == at - at % _DAY
    assert old_session("learner-1", at - at % _DAY) == session
    assert old_session("learner-2", at) != session
    assert old_session("learner-1", at + _DAY) > session


def test_a_playhead_past_the_end_is_at_the_end() -> None:
    report = old_report(KEY, 130, 100, NOW)
    assert (report.position, report.reported_percentage, report.watched) == (100, 100, ())
    assert old_report(KEY, 130, 0, NOW).position == 130


_STORED = Progress(KEY, Position(NOW, 1, "", "", 50), percentage=50)


@pytest.mark.parametrize(
    ("position", "later_ms"),
    [(57.1, 1000), (116, 30_000), (49.9, 1000), (89, -1000), (900, HOUR)],
    ids=["on", "on after a while", "back", "on, but late", "complete"],
)
def test_what_jumps_or_completes_may_not_wait(position: float, later_ms: int) -> None:
    assert may_not_wait(old_report(KEY, position, 1000, NOW + later_ms), _STORED, 90, 2)


@pytest.mark.parametrize(
    ("position", "later_ms"),
    [(50, 1000), (57, 1000), (114, 30_000), (49.9, 0), (49.9, -1000)],
    ids=["paused", "playing", "playing at twice the speed", "at the same moment", "overtaken"],
)
def test_what_plain_playing_explains_may_wait(position: float, later_ms: int) -> None:
    assert not may_not_wait(old_report(KEY, position, 1000, NOW + later_ms), _STORED, 90, 2)


def test_what_is_completed_already_and_what_is_new_may_wait() -> None:
    done = Progress(KEY, Position(NOW, 1, "", "", 95), percentage=95, completed=True)
    assert not may_not_wait(old_report(KEY, 96, 100, NOW + 1000), done, 90, 2)
    assert not may_not_wait(old_report(KEY, 80, 100, NOW), Progress(KEY), 90, 2)
    assert may_not_wait(old_report(KEY, 90, 100, NOW), Progress(KEY), 90, 2)
