"""Hypothesis strategies of reports of one key, made so that ties and overlaps are frequent."""

from hypothesis import strategies as st

from playhead.domain.ranges import Range, union
from playhead.domain.report import Event, Report
from tests.builders import NOW, report, session_id

DURATION = 120
SESSIONS = tuple(session_id(NOW - 600_000 + number * 1000, number) for number in range(4))


def reports(duration: float = DURATION, sessions: tuple[str, ...] = SESSIONS) -> st.SearchStrategy[Report]:
    """Return a strategy of reports of one video of one duration."""
    last = int(duration)
    return st.builds(
        report,
        event=st.sampled_from(Event),
        position=st.integers(0, last * 2).map(lambda half: half / 2),
        duration=st.just(duration),
        watched=st.lists(_ranges(last), max_size=4).map(union),
        session=st.sampled_from(sessions),
        seq=st.integers(0, 4),
        at=st.integers(0, 4).map(lambda step: NOW - step * 1000),
        device=st.sampled_from(["", "laptop", "phone", "tv"]),
    )


def _ranges(last: int) -> st.SearchStrategy[Range]:
    return st.tuples(st.integers(0, last - 1), st.integers(1, last)).map(
        lambda one: (one[0], min(last, one[0] + one[1]))
    )
