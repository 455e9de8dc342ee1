"""Many processes at once: one turn a window, nothing acknowledged is lost, nobody's progress in another's answer."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from playhead.domain.ranges import union
from tests.builders import MINUTE, read_event, report_event, session_id, wire_report, wire_request
from tests.handlers import Backend
from tests.workers import Workers

PROCESSES, REPORTS, ROUNDS, KEYS = 16, 200, 20, 5


@pytest.fixture(scope="module")
def arena(make_backend: Callable[..., Any]) -> Iterator[tuple[Backend, Workers]]:
    """A backend with the template's own settings, and 16 processes that serve it."""
    with (
        make_backend() as backend,
        Workers(PROCESSES, backend.environment, ["report_progress", "read_progress"]) as workers,
    ):
        workers.race([("read_progress", read_event("warm-up"))] * PROCESSES)
        workers.race([("report_progress", _event(f"warm-up-{n}", 0, n)) for n in range(PROCESSES)])
        yield backend, workers


def _event(user: str, video: int, number: int, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """Return a report of a session of its own, that began an hour ago and watched five seconds of its own."""
    now = time.time_ns() // 1_000_000
    one = wire_report(
        videoId=f"video-{video}",
        session=session_id(now - 60 * MINUTE, number),
        watched=[[10 * number, 10 * number + 5]],
        duration=7200,
        seq=number,
        at=now,
        device=f"device-{number % 7}",
        **changes,
    )
    return report_event(user, wire_request(one, sentAt=now))


def _results(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert {answer["statusCode"] for answer in answers} == {200}
    return [json.loads(answer["body"])["results"][0] for answer in answers]


def test_of_two_hundred_routine_reports_one_is_applied_in_each_of_twenty_rounds(
    arena: tuple[Backend, Workers],
) -> None:
    backend, workers = arena
    for round_ in range(ROUNDS):
        jobs = [("report_progress", _event("racer", round_, number)) for number in range(REPORTS)]
        results = _results(workers.race(jobs))
        assert Counter(one["outcome"] for one in results) == {"applied": 1, "throttled": REPORTS - 1}
        assert all(0 < one["retryAfterMs"] <= 60_000 for one in results if one["outcome"] == "throttled")
        (winner,) = (number for number, one in enumerate(results) if one["outcome"] == "applied")
        document = backend.database["progresses"].find_one({"userId": "racer", "videoId": f"video-{round_}"}) or {}
        assert document["playback"]["watched"] == [{"start": 10 * winner, "end": 10 * winner + 5}]


@pytest.mark.parametrize("spacing_ms", [1000, 0])
def test_of_two_hundred_urgent_reports_what_is_acknowledged_is_stored(
    arena: tuple[Backend, Workers], spacing_ms: int
) -> None:
    backend, workers = arena
    workers.configure(URGENT_SPACING_MS=str(spacing_ms))
    user = f"urgent-{spacing_ms}"
    jobs = [("report_progress", _event(user, n % KEYS, n, event="pause")) for n in range(REPORTS)]
    results = _results(workers.race(jobs))
    outcomes = Counter(one["outcome"] for one in results)
    assert set(outcomes) <= {"applied", "throttled"}
    assert outcomes["applied"] >= (KEYS if spacing_ms else REPORTS / 2), "a claim of a later ms may still come first"
    for key in range(KEYS):
        mine = [number for number in range(key, REPORTS, KEYS) if results[number]["outcome"] == "applied"]
        (document,) = backend.database["progresses"].find({"userId": user, "videoId": f"video-{key}"})
        stored = union([(one["start"], one["end"]) for one in document["playback"]["watched"]])
        assert stored == union([(10 * number, 10 * number + 5) for number in mine])
        assert document["watchCount"] == len(mine)


def test_nobodys_answer_carries_anothers_progress(arena: tuple[Backend, Workers]) -> None:
    backend, workers = arena
    workers.configure(URGENT_SPACING_MS="0")
    users = [f"somebody-{number}" for number in range(60)]
    jobs = []
    for turn in range(4):
        for number, user in enumerate(users):
            position = 1000 * turn + number + 0.5
            jobs.append(("report_progress", _event(user, 0, number, event="pause", position=position)))
            jobs.append(("read_progress", read_event(user, video_id="video-0")))
    nothing: dict[str, Any] = {"watched": [], "position": 0}
    answered = 0
    for index, answer in enumerate(workers.race(jobs)):
        assert answer["statusCode"] == 200
        body = json.loads(answer["body"])
        progress = body if "watched" in body else body["results"][0].get("progress", nothing)
        answered += progress is not nothing
        number = index // 2 % len(users)
        assert progress["watched"] in ([], [[10 * number, 10 * number + 5]])
        assert progress["position"] == 0 or progress["position"] % 1000 == number + 0.5
    assert answered > len(jobs) / 2
    assert backend.database["progresses"].count_documents({"userId": {"$regex": "^somebody-"}}) == len(users)
