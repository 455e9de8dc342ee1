"""The feed of changes: in whatever order writes are committed, a client misses none and is left alone in peace."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from playhead.domain.changes import MAX_SEEN, SETTLED_MS, Change, Changes, Cursor, Place, changes_since
from playhead.domain.progress import Progress
from tests.builders import KEY, NOW

_WRITES = st.tuples(st.just("write"), st.integers(0, 5), st.integers(0, SETTLED_MS - 1))
_WAITS = st.tuples(st.just("wait"), st.integers(0, SETTLED_MS), st.just(0))
_POLLS = st.tuples(st.just("poll"), st.integers(1, 4), st.just(0))


@dataclass
class World:
    """Documents with the place of their last change, a clock in ms, and a client that polls."""

    now: int = NOW
    places: dict[str, int] = field(default_factory=dict)
    copy: dict[str, int] = field(default_factory=dict)
    cursor: Cursor = field(default_factory=Cursor)

    def write(self, number: int, ago: int) -> None:
        """Commit a write that began some ms ago."""
        self.places[f"{number:024x}"] = self.now - ago

    def wait(self, ms: int, _: int) -> None:
        """Let time pass."""
        self.now += ms

    def poll(self, limit: int, _: int) -> Changes:
        """Poll once."""
        beyond = sorted((at, name) for name, at in self.places.items())
        place = self.cursor.place
        found = [
            Change(Progress(KEY), hidden=False, place=Place(at, name), settled=at < self.now - SETTLED_MS)
            for at, name in beyond
            if place is None or (at, name) > (place.at, place.document)
        ]
        page = changes_since(self.cursor, found[: limit + len(self.cursor.seen) + 1], limit)
        assert len(page.items) <= limit
        self.copy |= {one.place.document: one.place.at for one in page.items}
        self.cursor = page.cursor
        return page

    def catch_up(self, limit: int) -> int:
        """Poll while there is more; return how many changes came."""
        count, more = 0, True
        while more:
            page = self.poll(limit, 0)
            count, more = count + len(page.items), page.more
        return count


@given(st.lists(st.one_of(_WRITES, _WAITS, _POLLS), max_size=40), st.integers(1, 4))
def test_no_change_is_missed_and_quiet_polls_are_empty(steps: list[tuple[str, int, int]], limit: int) -> None:
    world = World()
    for name, number, ms in steps:
        getattr(world, name)(number, ms)
    world.catch_up(limit)
    assert world.copy == world.places
    assert world.catch_up(limit) == 0
    world.wait(SETTLED_MS + 1, 0)
    assert world.catch_up(limit) == 0
    assert world.cursor.seen == ()


def test_a_change_committed_after_a_younger_one_was_given_out_is_given_out() -> None:
    world = World()
    world.write(1, 0)
    assert world.catch_up(10) == 1
    world.write(2, 5000)
    assert [one.place.document for one in world.poll(10, 0).items] == [f"{2:024x}"]


def test_what_is_remembered_is_bounded_and_the_rest_comes_when_it_is_settled() -> None:
    world = World()
    for number in range(MAX_SEEN * 2 + 1):
        world.write(number, 0)
    assert world.catch_up(10) == MAX_SEEN
    assert len(world.cursor.seen) == MAX_SEEN
    assert world.catch_up(10) == 0
    world.wait(SETTLED_MS + 1, 0)
    assert world.catch_up(10) == MAX_SEEN + 1
    assert world.copy == world.places
