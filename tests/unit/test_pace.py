"""The pace of a migration."""

import pytest

from playhead_cli.migration.pace import Pace


class _Time:
    """A clock that goes on only while somebody waits, or a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("steps", [[1] * 50, [25, 25], [50]])
def test_no_more_a_second_than_asked(steps: list[int]) -> None:
    time = _Time()
    pace = Pace(10, lambda: time.now, time.sleep)
    for count in steps:
        pace.step(count)
    assert time.now == pytest.approx(105)


def test_time_without_work_is_not_saved_up() -> None:
    time = _Time()
    pace = Pace(10, lambda: time.now, time.sleep)
    time.now += 3600
    pace.step(100)
    assert time.now >= 3700 + 9


def test_nobody_waits_without_a_pace() -> None:
    time = _Time()
    Pace(None, lambda: time.now, time.sleep).step(1_000_000)
    assert time.now == 100
