"""Playback: join is a join-semilattice, and each part of it means what it says."""

from hypothesis import given
from hypothesis import strategies as st

from playhead.domain.playback import MAX_DEVICES, MAX_VIEWINGS, Playback, gather, join, playback_of
from playhead.domain.report import Report
from tests.builders import NOW, report, seconds_of, session_id
from tests.strategies import reports

_MANY_SESSIONS = tuple(session_id(NOW + number, number) for number in range(2 * MAX_VIEWINGS))
_LISTS = st.lists(reports(sessions=_MANY_SESSIONS), min_size=1, max_size=30)
_PLAYBACKS = _LISTS.map(gather)


@given(_PLAYBACKS, _PLAYBACKS)
def test_join_is_commutative(one: Playback, other: Playback) -> None:
    assert join(one, other) == join(other, one)


@given(_PLAYBACKS, _PLAYBACKS, _PLAYBACKS)
def test_join_is_associative(one: Playback, two: Playback, three: Playback) -> None:
    assert join(join(one, two), three) == join(one, join(two, three))


@given(_PLAYBACKS, _PLAYBACKS)
def test_join_is_idempotent(one: Playback, other: Playback) -> None:
    assert join(one, one) == one
    joined = join(one, other)
    assert join(joined, one) == joined == join(joined, other)


@given(_LISTS)
def test_what_reports_say_together(some: list[Report]) -> None:
    playback = gather(some)
    latest = max(some, key=lambda one: (one.at, one.seq, one.device, one.session, one.position))
    assert playback.position == latest.playhead
    assert seconds_of(playback.watched) == set().union(*(seconds_of(one.watched) for one in some))
    assert set(playback.sessions) == {one.session for one in some}
    assert playback.first_at == min(one.at for one in some)
    assert playback.last_at == max(one.at for one in some)
    assert playback.furthest == max(*(one.position for one in some), *seconds_after(some), 0)


def seconds_after(some: list[Report]) -> list[int]:
    return [end for one in some for _, end in one.watched] or [0]


@given(_LISTS)
def test_viewings_hold_the_last_position_of_the_newest_sessions(some: list[Report]) -> None:
    newest = sorted({one.session for one in some})[-MAX_VIEWINGS:]
    expected = tuple(max(one.playhead for one in some if one.session == session) for session in newest)
    assert gather(some).viewings == expected


def test_devices_are_bounded_to_those_seen_last() -> None:
    some = [report(device=f"device-{number:02}", at=NOW + number) for number in range(MAX_DEVICES + 5)]
    kept = [one.device for one in gather(some).devices]
    assert kept == [f"device-{number:02}" for number in range(MAX_DEVICES + 4, 4, -1)]


def test_a_report_without_a_device_leaves_no_device() -> None:
    assert gather([report()]).devices == ()


def test_a_seek_moves_position_and_furthest_but_watches_nothing() -> None:
    seeked = playback_of(report(position=590.5, watched=()))
    assert (seeked.position.seconds, seeked.furthest, seeked.watched) == (590.5, 590.5, ())


def test_the_playhead_may_go_back() -> None:
    there, back = report(position=500, at=NOW - 1000, seq=1), report(position=10, at=NOW, seq=2)
    assert gather([back, there]).position.seconds == 10
    assert gather([back, there]).furthest == 500
