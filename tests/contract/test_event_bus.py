"""The event bus, on the fake and on a real one: what is taken is delivered once, what is not is told, not raised."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from local.ministack import LocalAws
from local.processes import free_port
from playhead.adapters.eventbridge_bus import EventBridgeBus
from playhead.domain.announcement import Announcement
from playhead.ports import EventBus
from tests.builders import NOW
from tests.event_bus import BusProbe
from tests.fakes import FakeEventBus


def announcement(number: int, kind: str = "video.completed") -> Announcement:
    """Return an announcement with an id of its own."""
    ids = {"user_id": "learner-1", "course_id": "course-1", "video_id": f"video-{number}"}
    return Announcement(type=kind, id=f"id-{number:02}", at=NOW + number, attempt=1, **ids)


@pytest.fixture(params=["fake", "eventbridge"])
def bus(request: pytest.FixtureRequest) -> Iterator[tuple[EventBus, Callable[[], list[str]]]]:
    """Return the fake and the real one in turn, and what gives the ids that were delivered."""
    if request.param == "fake":
        fake = FakeEventBus()
        yield fake, lambda: sorted(one.id for one in fake.taken)
        return
    probe: BusProbe = request.getfixturevalue("event_bus")
    aws: LocalAws = request.getfixturevalue("aws")
    with closing(aws.client("events")) as client:
        yield EventBridgeBus(client, probe.name), lambda: [detail["id"] for _, detail in probe.details()]


@pytest.fixture(params=["fake", "eventbridge", "unreachable"])
def deaf_bus(request: pytest.FixtureRequest) -> Iterator[EventBus]:
    """Return busses that take nothing: the fake, a name that is no bus's, one out of reach."""
    if request.param == "fake":
        yield FakeEventBus(refused={"video.completed"})
        return
    aws: LocalAws = request.getfixturevalue("aws")
    endpoint = aws if request.param == "eventbridge" else LocalAws(f"http://127.0.0.1:{free_port()}")
    with closing(endpoint.client("events")) as client:
        yield EventBridgeBus(client, "arn:aws:events:us-east-1:000000000000:rule/no-bus")


@pytest.mark.parametrize("count", [0, 1, 10, 25])
def test_all_that_is_taken_is_delivered(bus: tuple[EventBus, Callable[[], list[str]]], count: int) -> None:
    some = [announcement(number) for number in range(count)]
    put, delivered = bus
    assert put.put(some) == []
    assert delivered() == [one.id for one in some]


def test_what_is_not_taken_is_told(deaf_bus: EventBus) -> None:
    some = [announcement(number) for number in range(12)]
    assert deaf_bus.put(some) == some


def test_of_a_call_some_may_be_refused_alone() -> None:
    class Client:
        """PutEvents of a bus that refuses every third entry."""

        def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - the service's own name
            assert len(Entries) <= 10
            names = [json.loads(entry["Detail"])["id"] for entry in Entries]
            entries = [{"ErrorCode": "Throttled"} if int(one[3:]) % 3 == 0 else {"EventId": one} for one in names]
            return {"FailedEntryCount": sum("ErrorCode" in one for one in entries), "Entries": entries}

    some = [announcement(number) for number in range(15)]
    assert EventBridgeBus(Client(), "bus").put(some) == some[::3]


def test_an_event_says_what_happened_to_whom_and_when(aws: LocalAws, event_bus: BusProbe) -> None:
    course = Announcement(type="course.completed", id="c", at=NOW, user_id="learner-1", course_id="course-1")
    with closing(aws.client("events")) as client:
        EventBridgeBus(client, event_bus.name).put([announcement(1), course])
    first, second = sorted(event_bus.received(), key=lambda one: str(one["detail-type"]), reverse=True)
    assert (first["source"], first["detail-type"]) == ("playhead", "video.completed")
    assert first["detail"] == {
        "id": "id-01",
        "userId": "learner-1",
        "courseId": "course-1",
        "videoId": "video-1",
        "attempt": 1,
        "completedAt": "2027-01-15T08:00:00.001Z",
    }
    assert (second["detail-type"], second["detail"]) == (
        "course.completed",
        {"id": "c", "userId": "learner-1", "courseId": "course-1", "completedAt": "2027-01-15T08:00:00.000Z"},
    )
