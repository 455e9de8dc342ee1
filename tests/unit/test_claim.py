"""Claims: the table of whose turn it is, in words that any throttle must follow."""
# ruff: noqa: FBT001 - a case of a table comes as arguments

import pytest

from playhead.domain.claim import LastClaim, Overtaken, TooSoon, refusal
from tests.builders import NOW, claim, session_id

_OURS, _ANOTHER = session_id(NOW - 600_000), session_id(NOW - 500_000)
_LAST = LastClaim(session=_OURS, seq=5, claimed_at=NOW, next_write_at=NOW + 30_000, watched=(0, 30))
_SOON, _SPACED, _LATE = 999, 1000, 30_000


@pytest.mark.parametrize(
    ("session", "seq", "urgent", "after", "expected"),
    [
        # routine: held by the window
        (_OURS, 6, False, _SOON, TooSoon(29_001, 999)),
        (_OURS, 6, False, _SPACED, TooSoon(29_000, 1000)),
        (_OURS, 6, False, _LATE - 1, TooSoon(1, 29_999)),
        (_OURS, 6, False, _LATE, None),
        (_ANOTHER, 1, False, _LATE - 1, TooSoon(1, 29_999)),
        (_ANOTHER, 1, False, _LATE, None),
        # urgent: held by the spacing
        (_OURS, 6, True, _SOON, TooSoon(1, 999)),
        (_OURS, 6, True, _SPACED, None),
        (_ANOTHER, 1, True, 0, TooSoon(1000, 0)),
        (_ANOTHER, 1, True, _SPACED, None),
        # the same report again: held by the spacing, urgent or not
        (_OURS, 5, False, _SOON, TooSoon(1, 999)),
        (_OURS, 5, False, _SPACED, None),
        (_OURS, 5, True, _SOON, TooSoon(1, 999)),
        (_OURS, 5, True, _SPACED, None),
        # overtaken: whenever it comes
        (_OURS, 4, False, 0, Overtaken()),
        (_OURS, 4, True, _LATE, Overtaken()),
        (_OURS, 4, False, 10 * _LATE, Overtaken()),
        # another session's numbers say nothing about ours
        (_ANOTHER, 4, True, _LATE, None),
        (_ANOTHER, 5, False, _SPACED, TooSoon(29_000, 1000)),
        # a clock that went back
        (_OURS, 6, False, -5000, TooSoon(35_000, 0)),
    ],
)
def test_whose_turn_it_is(session: str, seq: int, urgent: bool, after: int, expected: object) -> None:
    assert refusal(_LAST, claim(session=session, seq=seq, urgent=urgent, now=NOW + after)) == expected


def test_no_spacing_holds_nothing_urgent() -> None:
    assert refusal(_LAST, claim(session=_ANOTHER, urgent=True, now=NOW, spacing_ms=0)) is None
