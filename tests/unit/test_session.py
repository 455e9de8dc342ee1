"""Session ids: two spellings of one thing, which sort by time and tell it."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.domain import session
from tests.builders import NOW, session_id

_MS = st.integers(0, 2**48 - 1)
_NUMBER = st.integers(0, 2**80 - 1)


def _uuid7(ms: int, number: int) -> str:
    """Return a UUIDv7: 48 bits of time, the version, 12 bits, the variant, 62 bits."""
    middle, low = number >> 62 & 0xFFF, number & 2**62 - 1
    return str(UUID(int=ms << 80 | 7 << 76 | middle << 64 | 2 << 62 | low))


@given(_MS, _NUMBER)
def test_both_kinds_tell_when_they_began(ms: int, number: int) -> None:
    assert session.started_at(session.canonical(session_id(ms, number))) == ms
    assert session.started_at(session.canonical(_uuid7(ms, number))) == ms


@given(st.lists(st.tuples(_MS, _NUMBER, st.booleans()), min_size=2, max_size=6))
def test_ids_of_both_kinds_sort_by_time(made: list[tuple[int, int, bool]]) -> None:
    ids = [session.canonical(session_id(ms, n) if ulid else _uuid7(ms, n)) for ms, n, ulid in made]
    times = [session.started_at(one) for one in sorted(ids)]
    assert times == sorted(times)


@given(_MS, _NUMBER)
def test_a_uuid_is_named_as_the_ulid_of_the_same_bits(ms: int, number: int) -> None:
    text = _uuid7(ms, number)
    canonical = session.canonical(text)
    assert session.canonical(canonical) == canonical
    assert session.canonical(text.upper()) == canonical
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    assert sum(digits.index(digit) << 5 * place for place, digit in enumerate(reversed(canonical))) == UUID(text).int


def test_case_does_not_matter() -> None:
    assert session.canonical(session_id(NOW, 12345).lower()) == session_id(NOW, 12345)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "$$ROOT",
        "session-1",
        "81BX5ZZKBKACTAV9WEVGEMMVRZ",  # more than 128 bits
        "01BX5ZZKBKACTAV9WEVGEMMVR",  # one digit short
        "01BX5ZZKBKACTAV9WEVGEMMVRZ0",
        "01BX5ZZKBKACTAV9WEVGEMMVRI",  # I, L, O and U are no digits
        "01BX5ZZKBKACTAV9WEVGEMMVRZ\n",
        "01BX5ZZKBKACTAV9WEVGEMMVR\u017f",  # a long s, which upper-cases to S
        "01BX5ZZKBKACTAV9WEVGEMMVR\u212a",  # the Kelvin sign, which lower-cases to k
        "\u0661" + "1BX5ZZKBKACTAV9WEVGEMMVRZ"[1:],
        "0190163d-8694-4b1e-9f5e-3f1f1e3c7b1a",  # a UUID of version 4 has no time
        "0190163d-8694-7b1e-cf5e-3f1f1e3c7b1a",  # another variant
        "0190163d86947b1e9f5e3f1f1e3c7b1a",
        "{0190163d-8694-7b1e-9f5e-3f1f1e3c7b1a}",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ULID or a UUID of version 7"):
        session.canonical(text)


@given(_MS, _NUMBER)
def test_an_id_is_spelt_of_its_time_and_number(ms: int, number: int) -> None:
    assert session.ulid(ms, number) == session_id(ms, number)
