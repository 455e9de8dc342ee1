"""Plausibility: what honest learners do passes whole; what time does not allow is clipped, counted and told."""
# ruff: noqa: FBT001 - a case of a table comes as arguments

from hypothesis import given
from hypothesis import strategies as st

from playhead.domain import ranges
from playhead.domain.claim import LastClaim
from playhead.domain.plausibility import Believed, believe
from playhead.domain.report import Report
from tests.builders import HOUR, MINUTE, NOW, report, session_id
from tests.strategies import reports

_ANOTHER = session_id(NOW - HOUR, 99)


def _last(report: Report, ago: int, watched: ranges.Range = (0, 0), **changes: str) -> LastClaim:
    session = changes.get("session", report.session)
    return LastClaim(session, 0, claimed_at=NOW - ago, next_write_at=NOW - ago + 30_000, watched=watched)


def _believe(*some: Report, last: LastClaim | None = None, rate: float = 2) -> Believed:
    return believe(some, last, NOW, rate)


def _of(began_ago: int, *watched: ranges.Range, **changes: object) -> Report:
    session = session_id(NOW - began_ago)
    fields = {"session": session, "session_at": NOW - began_ago, "watched": watched, "duration": 7200}
    return report(**(fields | changes))


def test_an_honest_hour_offline_passes_although_another_device_reported_a_second_ago() -> None:
    hour = _of(HOUR, (0, 3600))
    believed = _believe(hour, last=_last(hour, ago=1000, session=_ANOTHER))
    assert believed.reports == (hour,)
    assert believed.clipped == (0,)


def test_a_fresh_session_is_clipped_to_the_grace_and_its_age() -> None:
    eager = _of(10_000, (0, 600))
    believed = _believe(eager)
    assert believed.reports[0].watched == ((0, 60 + 2 * 10),)
    assert believed.clipped == (520,)


def test_the_clip_keeps_the_earliest_seconds() -> None:
    eager = _of(0, (0, 30), (100, 120), (200, 230))
    assert _believe(eager).reports[0].watched == ((0, 30), (100, 120), (200, 210))


def test_the_same_session_is_measured_from_its_last_claim() -> None:
    eager = _of(HOUR, (600, 1200))
    believed = _believe(eager, last=_last(eager, ago=30_000, watched=(0, 600)))
    assert believed.reports[0].watched == ((600, 720),)
    assert believed.clipped == (480,)


def test_the_rate_is_what_the_setting_says() -> None:
    eager = _of(MINUTE, (0, 7200))
    assert ranges.seconds(_believe(eager, rate=1).reports[0].watched) == 120
    assert ranges.seconds(_believe(eager, rate=4).reports[0].watched) == 300


def test_what_was_not_acknowledged_passes_whole_when_it_is_sent_again() -> None:
    hour = _of(HOUR, (0, 3600))
    longer = _of(HOUR, (0, 3602), seq=2)
    last = _last(hour, ago=1000, watched=(0, 3600))
    assert _believe(hour, last=last).clipped == (0,)
    assert _believe(longer, last=last).clipped == (0,)


def test_a_late_part_of_an_offline_sync_passes_whole() -> None:
    """The first request of a long sync claims a second ago; the second holds reports made long before that."""
    part = _of(2 * HOUR, (3600, 7200), at=NOW - HOUR)
    believed = _believe(part, last=_last(part, ago=1000, watched=(0, 3600)))
    assert believed.clipped == (0,)


def test_what_only_an_old_session_id_vouches_for_is_counted() -> None:
    hour = _of(HOUR, (0, 3600))
    assert _believe(hour).unverified_seconds == 3600 - 60
    steady = _of(HOUR, (600, 630))
    assert _believe(steady, last=_last(steady, ago=30_000, watched=(570, 600))).unverified_seconds == 0
    elsewhere = _believe(hour, last=_last(hour, ago=60_000, session=_ANOTHER))
    assert elsewhere.unverified_seconds == 3600 - 60 - 120


def test_reports_of_one_session_share_one_allowance() -> None:
    one, other = _of(0, (0, 50), seq=1), _of(0, (50, 100), seq=2)
    believed = _believe(other, one)
    assert believed.clipped == (40, 0), "the order of the request stays, the oldest report is believed first"
    assert [item.watched for item in believed.reports] == [((50, 60),), ((0, 50),)]


def test_a_second_that_two_reports_bring_is_allowed_once() -> None:
    one, other = _of(0, (0, 50), seq=1), _of(0, (0, 60), seq=2)
    assert _believe(one, other).clipped == (0, 0)
    assert _believe(one, one, other).clipped == (0, 0, 0)


def test_what_was_left_out_past_the_end_is_told_too() -> None:
    assert _believe(_of(0, (0, 100), overshoot_seconds=5)).clipped == (45,)


def test_a_session_from_the_future_has_the_grace_alone() -> None:
    early = _of(-HOUR, (0, 600))
    assert _believe(early).clipped == (540,)
    assert _believe(early, last=_last(early, ago=-HOUR)).clipped == (540,)


_LISTS = st.lists(reports(duration=600), min_size=1, max_size=8)


@given(_LISTS, st.integers(0, HOUR), st.integers(0, 600), st.booleans())
def test_only_watched_seconds_are_taken_away_and_each_is_counted(
    some: list[Report],
    ago: int,
    brought: int,
    ours: bool,
) -> None:
    last = _last(some[0], ago, watched=(0, brought), session=some[0].session if ours else _ANOTHER)
    believed = _believe(*some, last=last)
    for before, after, clipped in zip(some, believed.reports, believed.clipped, strict=True):
        assert (after.playhead, after.session, after.seq) == (before.playhead, before.session, before.seq)
        assert ranges.difference(after.watched, before.watched) == ()
        assert clipped == ranges.seconds(before.watched) - ranges.seconds(after.watched)
        assert after.watched == ranges.union(after.watched)


@given(_LISTS)
def test_no_session_gains_more_than_time_allows(some: list[Report]) -> None:
    fresh = [
        report(**{name: getattr(one, name) for name in ("watched", "session", "seq")}, session_at=NOW - 5000)
        for one in some
    ]
    believed = _believe(*fresh)
    for session in {one.session for one in fresh}:
        gained = ranges.union(*(one.watched for one in believed.reports if one.session == session))
        assert ranges.seconds(gained) <= 70
