"""The use case of the replay on fakes: what is done, what is kept anew, what is tried again; one spoils no other."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from playhead.adapters.queue_messages import read_message, write_messages
from playhead.domain.deferred import Accepted, Deferred
from playhead.domain.progress import Contribution
from playhead.domain.report import Key
from playhead.usecases.replay_reports import POSTPONED_SECONDS, Message, Replayed, ReplayReports, WaitedTooLong
from tests.builders import HOUR, KEY, NOW, accepted, report, session_id
from tests.fakes import FakeCatalogue, FakeEntitlement, FakeProgressStore, FakeQueue

POISON = accepted(report(key=KEY._replace(video_id="poison")))


@dataclass
class PoisonedStore(FakeProgressStore):
    """A fake store that one contribution is too much for, and that counts how often it was asked."""

    asked: int = 0

    def merge_all(self, contributions: Sequence[Contribution]) -> list[Contribution]:
        """Merge all, or none."""
        self.asked += 1
        if POISON.contribution() in contributions:
            message = "a defect"
            raise RuntimeError(message)
        return super().merge_all(contributions)


@dataclass
class World:
    """A use case on fakes."""

    store: PoisonedStore = field(default_factory=PoisonedStore)
    queue: FakeQueue = field(default_factory=FakeQueue)
    catalogue: FakeCatalogue = field(default_factory=FakeCatalogue)
    now: int = NOW
    entitlement: FakeEntitlement = field(default_factory=lambda: FakeEntitlement({KEY.user_id: {KEY.course_id}}))

    def __call__(self, *given: Accepted | Deferred | str) -> Replayed:
        """Replay a message for each of what is given; the ids are their places."""
        replay = ReplayReports(
            read=read_message,
            queue=self.queue,
            store=self.store,
            catalogue=self.catalogue,
            entitlement=self.entitlement,
        )
        return replay([Message(str(place), _body(one)) for place, one in enumerate(given)], self.now)


def _body(given: Accepted | Deferred | str) -> str:
    if isinstance(given, str):
        return given
    (body,) = write_messages(given if isinstance(given, Deferred) else Deferred((given,), entitled=True))
    return body


def _video(number: int, **changes: object) -> Accepted:
    return accepted(report(key=KEY._replace(video_id=f"video-{number}"), **changes))


def test_a_batch_is_one_request_to_the_store() -> None:
    world = World()
    replayed = world(*(_video(number) for number in range(10)))
    assert (len(replayed.merged), replayed.failed, world.store.asked) == (10, {}, 1)
    assert all(world.store.read(one.key).watched == ((0, 30),) for one in replayed.merged)


def test_what_is_merged_twice_is_merged_once() -> None:
    world = World()
    world(_video(1), _video(1))
    before = world.store.read(_video(1).key)
    assert world(_video(1)).failed == {}
    assert world.store.read(_video(1).key) == before


def test_what_cannot_be_read_fails_alone() -> None:
    replayed = World()("{}", _video(1), _body(_video(2)).replace('"version":1', '"version":2'), "")
    assert set(replayed.failed) == {"0", "2", "3"}
    assert [one.key.video_id for one in replayed.merged] == ["video-1"]


def test_what_the_store_chokes_on_fails_alone() -> None:
    world = World()
    replayed = world(_video(1), POISON, _video(2))
    assert {message_id: str(error) for message_id, error in replayed.failed.items()} == {"1": "a defect"}
    assert [one.key.video_id for one in replayed.merged] == ["video-1", "video-2"]


def test_while_the_store_is_out_of_reach_messages_go_back_as_new() -> None:
    world = World()
    world.store.reachable = False
    replayed = world(_video(1), "{}", _video(2))
    assert (replayed.postponed, set(replayed.failed), replayed.merged) == (2, {"1"}, [])
    assert [(one.accepted, delay) for one, delay in world.queue.sent] == [
        ((_video(1),), POSTPONED_SECONDS),
        ((_video(2),), POSTPONED_SECONDS),
    ]


def test_what_has_gone_round_for_a_day_counts_as_faulty() -> None:
    """It may be what keeps the store from answering; then nothing but its tries would ever end it."""
    world = World(now=NOW + 24 * HOUR + 1)
    world.store.reachable = False
    old, young = _video(1), replace(_video(2), received_at=NOW + 1)
    replayed = world(old, young)
    assert {message_id: type(error) for message_id, error in replayed.failed.items()} == {"0": WaitedTooLong}
    assert ([one.accepted for one, _ in world.queue.sent], replayed.postponed) == ([(young,)], 1)
    assert replayed.longest_ms == 24 * HOUR + 1
    world.store.reachable = True
    assert (len(world(old).merged), world(old).longest_ms) == (1, 0), "brought back, it is merged as any other"


def test_what_cannot_go_back_is_tried_again() -> None:
    world = World(queue=FakeQueue(reachable=False))
    world.store.reachable = False
    replayed = world(_video(1), _video(2))
    assert (replayed.postponed, set(replayed.failed)) == (0, {"0", "1"})


def test_a_store_that_goes_while_each_is_merged_alone() -> None:
    """The poison spoils the batch, and then the store goes after the first: nothing is done that is not merged."""
    world = World()
    left = [2]

    def count() -> None:
        left[0] -= 1
        world.store.reachable = left[0] > 0

    world.store.before_merge = count
    replayed = world(_video(1), POISON, _video(2), _video(3))
    assert set(replayed.failed) == {"1"}
    stored = {one.key for one in replayed.merged}
    kept = {one.key for deferred, _ in world.queue.sent for one in deferred.accepted}
    assert stored | kept == {_video(number).key for number in (1, 2, 3)}
    assert replayed.postponed == len(kept) > 0


def test_what_nobody_has_asked_about_is_asked_now() -> None:
    world = World()
    stranger = accepted(report(key=Key("learner-1", "course-2", "video-1")))
    replayed = world(Deferred((_video(1), stranger), entitled=False), stranger)
    assert replayed.refused == {stranger.contribution(): "not_entitled"}
    assert [one.key for one in replayed.merged] == [_video(1).key]
    assert world.store.read(stranger.key).watched == ()


def test_entitlements_out_of_reach_postpone_what_they_were_not_asked_about() -> None:
    world = World(entitlement=FakeEntitlement(reachable=False))
    unasked = Deferred((_video(1),), entitled=False)
    assert (world(unasked).postponed, world.queue.sent) == (1, [(unasked, POSTPONED_SECONDS)])


def test_the_catalogue_is_asked_at_the_replay() -> None:
    world = World(catalogue=FakeCatalogue({"video-1": 60}))
    known = accepted(report(key=KEY._replace(video_id="video-2")), catalogue_duration=40)
    world(_video(1), known)
    assert world.store.read(_video(1).key).percentage == 50
    assert world.store.read(known.key).percentage == 75, "what was known before stays, where it knows nothing now"


def test_sessions_from_before_an_erasure_are_refused() -> None:
    world = World()
    world.store.erased = {KEY.user_id: NOW - 1000}
    after = accepted(report(session=session_id(NOW), session_at=NOW))
    replayed = world(_video(1), after)
    assert replayed.refused == {_video(1).contribution(): "erased"}
    assert replayed.merged == [after.contribution()]


@pytest.mark.parametrize("count", [1, 100])
def test_what_one_request_can_bring_fits_into_one_message(count: int) -> None:
    """The longest names and as many ranges as 64 KiB of JSON can hold."""
    names = {"device": "d" * 64, "session": session_id(NOW)}
    ranges = tuple((2 * second, 2 * second + 1) for second in range(10_000 // count))
    some = tuple(
        accepted(report(key=Key("u" * 128, "c" * 128, f"{number:0128}"), watched=ranges, **names))
        for number in range(count)
    )
    (body,) = write_messages(Deferred(some, entitled=True))
    assert read_message(body) == Deferred(some, entitled=True)


def test_what_does_not_fit_is_parted() -> None:
    whole = Deferred(tuple(_video(number) for number in range(9)), entitled=False)
    bodies = list(write_messages(whole, max_bytes=2000))
    assert len(bodies) > 1
    assert max(map(len, bodies)) <= 2000
    parts = [read_message(body) for body in bodies]
    assert sum((one.accepted for one in parts), ()) == whole.accepted
    assert not any(one.entitled for one in parts)


def test_a_message_is_ascii_whatever_a_learner_is_called() -> None:
    deferred = Deferred((accepted(report(key=KEY._replace(user_id="\uffffé\x00"))),), entitled=True)
    (body,) = write_messages(deferred)
    assert body.isascii()
    assert body.isprintable()
    assert read_message(body) == deferred
