"""Progress: the reference merge, which the store must equal."""

from math import inf
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from playhead.domain.progress import MAX_SESSIONS, Contribution, Progress, coverage_percent, merge
from playhead.domain.report import Report
from tests.builders import KEY, NOW, contribution, report, session_id
from tests.strategies import reports

_EMPTY = Progress(KEY)
_LISTS = st.lists(reports(), min_size=1, max_size=8)


def _merged(*contributions: Contribution) -> Progress:
    progress = _EMPTY
    for one in contributions:
        progress = merge(progress, one)
    return progress


@given(_LISTS, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(some: list[Report], random: Random) -> None:
    shuffled = [*some, *random.choices(some, k=3)]
    random.shuffle(shuffled)
    assert _merged(*map(contribution, shuffled)) == _merged(*map(contribution, some))


@given(_LISTS, st.integers(0, 8))
def test_together_or_apart_does_not_matter(some: list[Report], cut: int) -> None:
    groups = [group for group in (some[:cut], some[cut:]) if group]
    assert _merged(*(contribution(*group) for group in groups)) == _merged(*map(contribution, some))


@given(_LISTS)
def test_nothing_that_may_only_grow_goes_down(some: list[Report]) -> None:
    before = _EMPTY
    for one in some:
        after = merge(before, contribution(one))
        assert after.percentage >= before.percentage
        assert after.furthest >= before.furthest
        assert after.watched_seconds >= before.watched_seconds
        assert after.watch_count >= before.watch_count
        assert after.completed >= before.completed
        before = after


def test_seeking_to_the_end_completes_nothing() -> None:
    progress = _merged(contribution(report(position=600, watched=((0, 5),))))
    assert (progress.completed, progress.percentage, progress.furthest) == (False, 0, 600)


def test_completion_comes_at_the_threshold_and_stays() -> None:
    almost = _merged(contribution(report(watched=((0, 539),))))
    assert (almost.percentage, almost.completed, almost.completed_at) == (89, False, None)
    done = merge(almost, contribution(report(watched=((539, 540),)), received_at=NOW + 1))
    assert (done.percentage, done.completed, done.completed_at) == (90, True, NOW + 1)
    later = merge(done, contribution(report(duration=6000), received_at=NOW + 2, threshold=100))
    assert (later.percentage, later.completed, later.completed_at) == (90, True, NOW + 1)


def test_a_longer_duration_does_not_lower_the_percentage() -> None:
    half = _merged(contribution(report(watched=((0, 300),))))
    longer = merge(half, contribution(report(duration=3600)))
    assert (longer.percentage, longer.duration) == (50, 3600)


def test_the_catalogue_knows_the_duration_best() -> None:
    progress = _merged(contribution(report(watched=((0, 30),), duration=40), catalogue_duration=60))
    assert (progress.duration, progress.percentage) == (60, 50)
    assert merge(progress, contribution(report(duration=9000), catalogue_duration=60)).duration == 60


def test_a_viewing_counts_once() -> None:
    one, other = report(seq=1), report(seq=2)
    assert _merged(contribution(one), contribution(other), contribution(one)).watch_count == 1


def test_session_ids_are_bounded_and_the_oldest_are_folded_into_a_count() -> None:
    sessions = [session_id(NOW + number) for number in range(MAX_SESSIONS + 7)]
    every = [contribution(report(session=session)) for session in sessions]
    progress = _merged(*every)
    assert (progress.watch_count, progress.base_count, len(progress.sessions)) == (MAX_SESSIONS + 7, 7, MAX_SESSIONS)
    assert progress.sessions == tuple(sorted(sessions, reverse=True)[:MAX_SESSIONS])
    again = merge(progress, every[0])
    assert again.watch_count == MAX_SESSIONS + 7, "an id older than the oldest kept one counts as known"


def test_unverified_seconds_count_once_and_only_what_is_new() -> None:
    offline = contribution(report(watched=((0, 300),)), unverified_seconds=240)
    once = _merged(offline)
    assert once.unverified_seconds == 240
    assert merge(once, offline).unverified_seconds == 240
    longer = contribution(report(watched=((0, 310),)), unverified_seconds=250)
    assert merge(once, longer).unverified_seconds == 250


def test_coverage_is_floored_and_capped() -> None:
    assert coverage_percent(59, 60) == 98
    assert coverage_percent(60, 59.96) == 100
    assert coverage_percent(10, 0) == 0
    assert coverage_percent(10, inf) == 0


@given(st.integers(0, 200_000), st.integers(1, 800_000).map(lambda quarter: quarter / 4))
def test_coverage_is_what_the_exact_fraction_floors_to(seconds: int, duration: float) -> None:
    assert coverage_percent(seconds, duration) == min(100, 400 * seconds // int(duration * 4))
