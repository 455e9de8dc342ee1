"""The queue, on the fake and on a real SQS: what is sent comes back as it was, and nothing before its time."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from local.ministack import LocalAws
from local.processes import free_port
from playhead.adapters.queue_messages import read_message
from playhead.adapters.sqs_queue import SqsQueue
from playhead.domain.deferred import Deferred
from playhead.domain.errors import StoreUnavailable
from playhead.ports import Queue
from tests.builders import KEY, accepted, report, session_id
from tests.fakes import FakeQueue
from tests.handlers import QueueProbe


@dataclass
class Kept:
    """A queue, and what one may take out of it now."""

    queue: Queue
    take: Callable[[], list[Deferred]]


@pytest.fixture(params=["fake", "sqs"])
def kept(request: pytest.FixtureRequest) -> Iterator[Kept]:
    """Return the fake and the real one in turn."""
    if request.param == "fake":
        fake = FakeQueue()
        yield Kept(fake, lambda: [deferred for deferred, delay in fake.sent if not delay])
        return
    url: str = request.getfixturevalue("report_queue")
    aws: LocalAws = request.getfixturevalue("aws")
    with closing(aws.client("sqs")) as client:
        probe = QueueProbe(client, url)
        yield Kept(SqsQueue(lambda: client, url), lambda: [read_message(one["body"]) for one in probe.receive()])


def _deferred(number: int = 1, *, entitled: bool = True) -> Deferred:
    one = accepted(report(key=KEY._replace(video_id=f"video-{number}", user_id="é\uffff $gt"), device="a_b-c"))
    other = accepted(report(session=session_id(number=7), watched=((0, 1), (5, 9)), position=0.125))
    return Deferred((one, other), entitled)


@pytest.mark.parametrize("entitled", [True, False])
def test_what_is_sent_comes_back_as_it_was(kept: Kept, *, entitled: bool) -> None:
    kept.queue.send(_deferred(entitled=entitled))
    assert kept.take() == [_deferred(entitled=entitled)]


def test_each_is_a_message_of_its_own(kept: Kept) -> None:
    for number in range(3):
        kept.queue.send(_deferred(number))
    taken = kept.take()
    assert sorted(taken, key=str) == [_deferred(number) for number in range(3)]


def test_what_is_delayed_is_not_there_yet(kept: Kept) -> None:
    kept.queue.send(_deferred(1), delay_seconds=900)
    kept.queue.send(_deferred(2))
    assert kept.take() == [_deferred(2)]


@pytest.mark.parametrize("address", ["gone", "unknown"])
def test_out_of_reach_it_says_so(aws: LocalAws, report_queue: str, address: str) -> None:
    nowhere = LocalAws(f"http://127.0.0.1:{free_port()}") if address == "gone" else aws
    with closing(nowhere.client("sqs")) as client:
        queue = SqsQueue(lambda: client, report_queue if address == "gone" else report_queue + "-no-such")
        with pytest.raises(StoreUnavailable):
            queue.send(_deferred())


def test_nothing_is_asked_for_before_there_is_something_to_keep() -> None:
    def refuse() -> None:
        raise AssertionError

    SqsQueue(refuse, "https://queue")  # type: ignore[arg-type]
