"""The adaptive interval: what makes it longer, what makes it shorter."""
# ruff: noqa: FBT001 - a case of a table comes as arguments

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.domain.interval import Interval
from playhead.domain.report import Event, Report
from tests.builders import MINUTE, NOW, report

_BASE = 30_000
_INTERVAL = Interval(_BASE, threshold=90)


def _ms(newest: Report, *, slow: bool = False, random: float = 0.0) -> int:
    return _INTERVAL.next_update_ms(newest, NOW, store_is_slow=slow, random=lambda: random)


def _fresh(**changes: object) -> Report:
    return report(**({"session_at": NOW - MINUTE, "duration": 3600, "position": 60} | changes))


def test_a_fresh_viewing_reports_at_the_base() -> None:
    assert _ms(_fresh()) == _BASE


def test_a_steady_viewing_reports_half_as_often() -> None:
    assert _ms(_fresh(session_at=NOW - 5 * MINUTE)) == 2 * _BASE
    assert _ms(_fresh(session_at=NOW - 5 * MINUTE + 1)) == _BASE


@pytest.mark.parametrize("change", [{"event": Event.PAUSE}, {"watched": ((0, 10), (20, 30))}, {"watched": ()}])
def test_a_viewing_that_jumps_is_not_steady(change: dict[str, object]) -> None:
    assert _ms(_fresh(session_at=NOW - 10 * MINUTE, **change)) == _BASE


def test_a_slow_store_is_spared() -> None:
    assert _ms(_fresh(), slow=True) == 1.5 * _BASE
    assert _ms(_fresh(session_at=NOW - 10 * MINUTE), slow=True) == 2 * _BASE, "it does not add up"


def test_the_report_that_completes_comes_when_it_completes() -> None:
    assert _ms(_fresh(position=3240 - 20)) == 20_000
    assert _ms(_fresh(position=3240 - 20), slow=True) == 20_000
    assert _ms(_fresh(position=3240 - 1)) == _BASE / 3, "never sooner than a third"
    assert _ms(_fresh(position=3240)) == _BASE
    assert _ms(_fresh(position=3240 - 50, session_at=NOW - 10 * MINUTE)) == 50_000


@given(st.floats(0, 3600), st.integers(0, 30), st.booleans(), st.floats(0, 1, exclude_max=True))
def test_jitter_only_shortens_and_by_a_tenth_at_most(
    position: float,
    minutes: int,
    slow: bool,
    random: float,
) -> None:
    newest = _fresh(position=position, session_at=NOW - minutes * MINUTE)
    plain, jittered = _ms(newest, slow=slow), _ms(newest, slow=slow, random=random)
    assert 0.9 * plain - 1 <= jittered <= plain
    assert _BASE / 3 <= plain <= 2 * _BASE
