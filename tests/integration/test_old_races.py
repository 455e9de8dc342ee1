"""Old clients at once: one turn for simultaneous saves, and whatever was acknowledged is there in the end."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.builders import MINUTE, http_event, report_event, session_id, wire_report, wire_request
from tests.handlers import Backend
from tests.old_client import COURSE, VIDEOS, OldUser, give_course
from tests.workers import Workers

PROCESSES = 16


@pytest.fixture(scope="module", name="arena")
def _arena(make_backend: Callable[..., Any]) -> Iterator[tuple[Backend, Workers]]:
    """A backend with a course to buy, and 16 processes that serve old and new clients."""
    with (
        make_backend() as backend,
        Workers(PROCESSES, backend.environment, ["serve_old_api", "report_progress"]) as workers,
    ):
        give_course(backend.database)
        user = OldUser(backend)
        workers.race([_old(user, 5, n) for n in range(PROCESSES)])
        yield backend, workers


def _old(user: OldUser, watched: float, number: int, **more: object) -> tuple[str, dict[str, Any]]:
    """Return a job: an update of the second by the number."""
    body = {"courseId": str(COURSE), "videoId": str(VIDEOS[0]), "watchedDuration": watched, "totalDuration": 100}
    context = {**user.context, "number": number}
    return "serve_old_api", http_event("POST", "/api/progress/update", body=body | more, authorizer=context)


def _new(user: OldUser, number: int) -> tuple[str, dict[str, Any]]:
    """Return a job: an urgent report of five seconds, of a session of its own."""
    now = time.time_ns() // 1_000_000
    session = session_id(now - MINUTE, number)
    fields = {"courseId": str(COURSE), "videoId": str(VIDEOS[0]), "position": 50, "duration": 100, "event": "pause"}
    report = wire_report(**fields, watched=[[number % 80, number % 80 + 5]], session=session, at=now)
    return "report_progress", report_event(user.id, wire_request(report, sentAt=now), authorizer=user.context)


def _bodies(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    assert {answer["statusCode"] for answer in answers} == {200}
    return [json.loads(answer["body"]) for answer in answers]


def test_of_simultaneous_routine_saves_one_gets_its_turn(arena: tuple[Backend, Workers]) -> None:
    backend, workers = arena
    for _ in range(5):
        user = OldUser(backend)
        answers = _bodies(workers.race([_old(user, 10, number) for number in range(80)]))
        assert Counter("skipped" in one["data"] for one in answers) == {True: 79, False: 1}
        assert user.stored()["watchCount"] == 1


def test_nothing_acknowledged_is_lost_among_old_and_new_writers(arena: tuple[Backend, Workers]) -> None:
    backend, workers = arena
    workers.configure(URGENT_SPACING_MS="0")  # else new clients would hardly get a turn
    user = OldUser(backend)
    jobs = [_new(user, n) if n % 4 == 0 else _old(user, n * 3 % 89, n) for n in range(400)]
    bodies = _bodies(workers.race(jobs))
    saved = [body["data"]["videoProgress"] for body in bodies if "videoProgress" in body.get("data", ())]
    applied = [n for n, body in enumerate(bodies) if body.get("results", [{}])[0].get("outcome") == "applied"]
    assert saved
    assert applied
    stored = user.stored()
    assert stored["watchedPercentage"] >= max(one["watchedPercentage"] for one in saved)
    assert stored["watchedDuration"] >= max(one["watchedDuration"] for one in saved)
    assert stored["watchedPercentage"] == stored["completionPercentage"]
    watched = {second for one in stored["playback"]["watched"] for second in range(one["start"], one["end"])}
    assert {second for n in applied for second in range(n % 80, n % 80 + 5)} <= watched
