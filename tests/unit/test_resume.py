"""Resume: where a player should start, for each part of a video."""

import pytest

from playhead.domain.progress import Progress
from playhead.domain.report import Position
from playhead.domain.resume import Reason, resume
from tests.builders import KEY, NOW


@pytest.mark.parametrize(
    ("seconds", "duration", "position", "reason"),
    [
        (0, 600, 0, Reason.START),
        (4.999, 600, 0, Reason.START),
        (5.999, 600, 0, Reason.START),  # 1 % of ten minutes
        (6, 600, 3, Reason.CONTINUE),
        (5, 100, 2, Reason.CONTINUE),
        (300.123, 600, 297.123, Reason.CONTINUE),
        (587.9, 600, 584.9, Reason.CONTINUE),
        (588, 600, 0, Reason.FINISHED),  # 2 % of ten minutes
        (600, 600, 0, Reason.FINISHED),
        (89.9, 100, 86.9, Reason.CONTINUE),
        (90, 100, 0, Reason.FINISHED),  # 10 s
        (14, 20, 11, Reason.CONTINUE),
        (15, 20, 0, Reason.FINISHED),  # of a short video a quarter
        (3, 4, 0, Reason.START),
        (10, 0, 7, Reason.CONTINUE),  # a duration that nobody knows
        (35, 3600, 0, Reason.START),  # 1 % of an hour
        (36, 3600, 33, Reason.CONTINUE),
    ],
)
def test_where_to_start_and_why(seconds: float, duration: float, position: float, reason: Reason) -> None:
    progress = Progress(KEY, position=Position(NOW, 1, "", "session", seconds), duration=duration)
    found = resume(progress)
    assert (found.position, found.reason) == (position, reason)


def test_nothing_stored_starts_at_the_start() -> None:
    found = resume(Progress(KEY, duration=600))
    assert (found.position, found.reason) == (0, Reason.START)


def test_a_completed_video_is_continued_where_it_was_left() -> None:
    again = Progress(KEY, position=Position(NOW, 1, "", "s", 100), duration=600, completed=True, percentage=100)
    assert resume(again).reason is Reason.CONTINUE
