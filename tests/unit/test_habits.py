"""Habits: what is watched is kept by the half hour of the clock in which it was watched."""

from playhead.domain.habits import HALF_HOUR_MS, MAX_HALF_HOURS, half_hour, join_half_hours
from playhead.domain.playback import gather
from tests.builders import NOW, report


def test_a_half_hour_begins_on_the_clock() -> None:
    began_at = half_hour(NOW)
    assert began_at % HALF_HOUR_MS == 0
    assert half_hour(began_at + HALF_HOUR_MS - 1) == began_at
    assert half_hour(began_at + HALF_HOUR_MS) == began_at + HALF_HOUR_MS


def test_the_same_seconds_in_two_half_hours_belong_to_both() -> None:
    evening, morning = NOW, NOW + 10 * HALF_HOUR_MS
    seen = gather([report(at=morning, watched=((0, 20),)), report(at=evening, watched=((0, 30),))])
    assert seen.half_hours == ((half_hour(evening), ((0, 30),)), (half_hour(morning), ((0, 20),)))
    assert seen.watched == ((0, 30),)


def test_a_report_that_watched_nothing_is_no_habit() -> None:
    assert gather([report(watched=())]).half_hours == ()


def test_of_many_half_hours_the_newest_are_kept() -> None:
    some = tuple((number * HALF_HOUR_MS, ((0, 1),)) for number in range(MAX_HALF_HOURS + 3))
    assert join_half_hours(some[::-1]) == some[3:]
