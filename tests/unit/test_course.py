"""The roll-up: what progress in single videos says of a course, also after the course was edited."""

from dataclasses import replace

from playhead.domain.course import CatalogueVideo, Course, Weight, roll_up, uncatalogued
from playhead.domain.progress import Progress
from playhead.domain.report import Key
from tests.builders import NOW

USER = "learner-1"
COURSE = Course(
    "course-1",
    "Algebra",
    (
        CatalogueVideo("a", "Groups", 100, added_at=NOW - 1000),
        CatalogueVideo("b", "Rings", 300, added_at=NOW - 1000),
        CatalogueVideo("c", "Fields", 600, optional=True, added_at=NOW - 1000),
    ),
)


def progress(video: str, percentage: int, last_at: int = NOW, **changes: object) -> Progress:
    """Return progress in a video of the course; complete from 90 percent."""
    completed = percentage >= 90
    made = Progress(
        Key(USER, "course-1", video),
        percentage=percentage,
        completed=completed,
        completed_at=NOW if completed else None,
        last_at=last_at,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_nothing_watched_is_all_zeros_with_the_first_video_next() -> None:
    rolled = roll_up(USER, COURSE, [], Weight.DURATION)
    assert (rolled.total_videos, rolled.completed_videos, rolled.percentage) == (2, 0, 0)
    assert (rolled.completed, rolled.new_content, rolled.last_watched) == (False, False, None)
    assert rolled.next_video
    assert rolled.next_video.video.video_id == "a"


def test_the_percentage_is_weighted_by_duration_or_by_count() -> None:
    stored = [progress("a", 95), progress("b", 20)]
    assert roll_up(USER, COURSE, stored, Weight.DURATION).percentage == (100 * 100 + 300 * 20) // 400
    assert roll_up(USER, COURSE, stored, Weight.COUNT).percentage == (100 + 20) // 2


def test_optional_videos_count_neither_for_nor_against() -> None:
    stored = [progress("a", 100), progress("b", 90), progress("c", 5)]
    rolled = roll_up(USER, COURSE, stored, Weight.DURATION)
    assert (rolled.completed, rolled.completed_videos, rolled.percentage) == (True, 2, 100)
    assert rolled.next_video is None
    assert len(rolled.videos) == 3


def test_the_next_video_is_the_unfinished_one_watched_last_then_the_one_after() -> None:
    watching = roll_up(USER, COURSE, [progress("a", 10, NOW - 5), progress("b", 10)], Weight.COUNT).next_video
    assert watching
    assert watching.video.video_id == "b"
    wrapped = roll_up(USER, COURSE, [progress("b", 100)], Weight.COUNT).next_video
    assert wrapped
    assert wrapped.video.video_id == "a"


def test_a_video_added_after_completion_is_new_content_and_takes_no_completion_away() -> None:
    longer = replace(COURSE, videos=(*COURSE.videos, CatalogueVideo("d", "Galois", 50, added_at=NOW + 1)))
    rolled = roll_up(USER, longer, [progress("a", 100), progress("b", 100)], Weight.COUNT)
    assert (rolled.new_content, rolled.completed, rolled.completed_videos) == (True, False, 2)
    never_completed = roll_up(USER, longer, [progress("a", 100)], Weight.COUNT)
    assert not never_completed.new_content


def test_what_is_left_of_the_new_videos_stays_new_when_some_are_completed() -> None:
    added = tuple(CatalogueVideo(name, added_at=NOW + number) for number, name in enumerate("def", 1))
    longer = replace(COURSE, videos=(*COURSE.videos, *added))
    stored = [progress("a", 100), progress("b", 100), progress("d", 100, completed_at=NOW + 50), progress("e", 30)]
    rolled = roll_up(USER, longer, stored, Weight.COUNT)
    assert [one.video.video_id for one in rolled.videos if one.is_new] == ["e", "f"]
    assert (rolled.new_content, rolled.completed, rolled.completed_videos) == (True, False, 3)


def test_an_optional_video_that_came_later_is_new_content_of_a_course_that_stays_completed() -> None:
    longer = replace(COURSE, videos=(*COURSE.videos, CatalogueVideo("d", optional=True, added_at=NOW + 1)))
    rolled = roll_up(USER, longer, [progress("a", 100), progress("b", 100)], Weight.COUNT)
    assert (rolled.new_content, rolled.completed) == (True, True)
    assert [one.video.video_id for one in rolled.videos if one.is_new] == ["d"]  # c was there all the time


def test_where_it_is_not_known_when_a_video_was_completed_or_added_nothing_is_called_new() -> None:
    undated = [progress("a", 100, completed_at=None), progress("b", 20)]
    assert not roll_up(USER, COURSE, undated, Weight.COUNT).new_content
    longer = replace(COURSE, videos=(*COURSE.videos, CatalogueVideo("d")))
    assert not roll_up(USER, longer, [progress("a", 100), progress("b", 100)], Weight.COUNT).new_content


def test_a_completed_video_that_has_grown_is_new_content_and_stays_completed() -> None:
    stored = [progress("a", 100, duration=100), progress("b", 90, duration=299.5)]
    assert not roll_up(USER, COURSE, stored, Weight.COUNT).new_content
    grown = replace(COURSE, videos=(COURSE.videos[0], replace(COURSE.videos[1], duration=400)))
    rolled = roll_up(USER, grown, stored, Weight.COUNT)
    assert (rolled.new_content, rolled.completed, rolled.percentage) == (True, True, 100)
    assert [one.video.video_id for one in rolled.videos if one.is_new] == ["b"]


def test_a_replaced_video_is_new_content_under_its_new_id() -> None:
    replaced = replace(COURSE, videos=(COURSE.videos[0], CatalogueVideo("b2", duration=300, added_at=NOW + 1)))
    rolled = roll_up(USER, replaced, [progress("a", 100), progress("b", 100)], Weight.COUNT)
    assert (rolled.new_content, rolled.completed, rolled.completed_videos, rolled.percentage) == (True, False, 1, 50)


def test_a_longer_video_keeps_its_completion_and_counts_whole() -> None:
    stored = [progress("a", 100), progress("b", 90)]
    longer = replace(COURSE, videos=(COURSE.videos[0], replace(COURSE.videos[1], duration=900)))
    assert roll_up(USER, longer, stored, Weight.DURATION).percentage == 100


def test_a_removed_video_does_not_count() -> None:
    rolled = roll_up(USER, COURSE, [progress("gone", 100)], Weight.COUNT)
    assert (rolled.completed_videos, rolled.percentage, rolled.last_watched) == (0, 0, None)


def test_a_course_without_a_catalogue_is_made_of_what_was_watched() -> None:
    stored = [progress("x", 95, duration=100.0), progress("y", 0, duration=100.0)]
    rolled = roll_up(USER, uncatalogued("course-1", stored), stored, Weight.DURATION)
    assert (rolled.total_videos, rolled.completed_videos, rolled.percentage, rolled.new_content) == (2, 1, 50, False)
