"""Faults: killed between claim and merge, a merge that fails, a throttle or a store out of reach; nothing lost."""

import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, cast
from urllib.parse import urlsplit

import pytest

from local.ministack import LocalAws
from local.processes import free_port
from playhead import bootstrap
from playhead.domain.errors import StoreUnavailable
from playhead.domain.progress import Contribution, Progress
from playhead.domain.report import Key, Outcome
from playhead.ports import ProgressStore
from tests.builders import HOUR, NOW, http_event, report, report_event, session_id, wire_report, wire_request
from tests.fakes import FakeQueue
from tests.handlers import Answer, Backend, Output
from tests.silence import Way
from tests.workers import Workers

USER = "learner-1"
OFFLINE = session_id(NOW - HOUR)


class Killed(BaseException):
    """The environment's end: nothing catches it."""


@dataclass
class FaultyStore:
    """A real store whose next merges fail as they are told to, without reaching it."""

    store: ProgressStore
    faults: list[BaseException]

    def merge(self, contribution: Contribution) -> Progress | None:
        """Fail, or merge."""
        self._fail()
        return self.store.merge(contribution)

    def merge_all(self, contributions: Sequence[Contribution]) -> Any:  # noqa: ANN401 - as the store's
        """Fail, or merge."""
        self._fail()
        return self.store.merge_all(contributions)

    def __getattr__(self, name: str) -> object:
        """Do everything else as the store does."""
        return getattr(self.store, name)

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)


def _as_store(faulty: FaultyStore) -> ProgressStore:
    return cast("ProgressStore", faulty)


@pytest.fixture
def backend(make_backend: Callable[..., Any]) -> Iterator[Backend]:
    """Return a backend with the template's own spacing and window."""
    with make_backend() as backend:
        yield backend


@pytest.fixture
def fail(backend: Backend) -> Callable[..., None]:
    """Let the next merges fail, and no queue stand in for them: takes an error for each."""

    def plant(*faults: BaseException) -> None:
        whole = bootstrap.report_progress()
        store = _as_store(FaultyStore(whole.store, list(faults)))
        faulty = replace(whole, store=store, queue=FakeQueue(reachable=False))
        vars(backend.apps["report_progress"]).update(report_progress=lambda: faulty)

    return plant


def _hour(seq: int = 1, end: int = 3600, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of the wire
    """Return a request with an honest hour that was watched offline, of a session that began then."""
    fields = {"session": OFFLINE, "seq": seq, "duration": 7200, "position": end, "watched": [[0, end]]}
    return wire_request(wire_report(**(fields | changes)))


def _post(backend: Backend, request: dict[str, Any], after: int = 0) -> Answer:
    backend.now = NOW + after
    return backend.report(USER, request)


def _watched(answer: Answer) -> list[list[int]]:
    assert answer.status == 200, answer.body
    (result,) = answer.body["results"]
    assert result["outcome"] == "applied"
    assert "clippedSeconds" not in result
    watched: list[list[int]] = result["progress"]["watched"]
    return watched


# --- killed between claim and merge


def _kill(backend: Backend, request: dict[str, Any], after: int = 0) -> None:
    """Let a real process claim a turn for a request, and end before it merges."""
    with Workers(1, backend.environment) as worker:
        assert worker.die_at_merge(("report_progress", report_event(USER, request)), NOW + after) == [-9]


def test_the_retry_of_a_killed_report_is_applied_whole(backend: Backend) -> None:
    _kill(backend, _hour())
    documents, items = backend.snapshot()
    assert (len(documents), len(items)) == (0, 1), "the claim is left, the merge never was"
    too_soon = _post(backend, _hour(), after=999)
    assert too_soon.body["results"][0]["retryAfterMs"] == 1
    assert _watched(_post(backend, _hour(), after=1000)) == [[0, 3600]]


def test_the_next_report_after_a_killed_one_is_applied_whole(backend: Backend) -> None:
    _kill(backend, _hour())
    longer = _hour(seq=2, end=3630, at=NOW + 30_000)
    assert _post(backend, longer, after=8_000).outcomes == ["throttled"]
    assert _watched(_post(backend, longer, after=60_000)) == [[0, 3630]]


def test_an_urgent_report_after_a_killed_one_is_applied_whole(backend: Backend) -> None:
    _kill(backend, _hour())
    leaving = _hour(seq=2, end=3602, event="pagehide", at=NOW + 2000)
    assert _watched(_post(backend, leaving, after=2000)) == [[0, 3602]]


def test_killed_twice_in_a_row_is_applied_whole(backend: Backend) -> None:
    _kill(backend, _hour())
    _kill(backend, _hour(seq=2, end=3601, event="pause"), after=1000)
    assert _watched(_post(backend, _hour(seq=3, end=3602, event="pagehide"), after=2000)) == [[0, 3602]]


def test_killed_twice_with_the_same_report_is_applied_whole(backend: Backend) -> None:
    _kill(backend, _hour())
    _kill(backend, _hour(), after=1000)
    assert _watched(_post(backend, _hour(), after=2000)) == [[0, 3600]]


def test_a_pause_that_brings_nothing_does_not_cost_a_killed_hour(backend: Backend) -> None:
    _kill(backend, _hour())
    _kill(backend, _hour(seq=2, watched=[], event="pause"), after=1000)
    assert _watched(_post(backend, _hour(seq=3, event="pause"), after=2000)) == [[0, 3600]]


def test_another_devices_turn_in_between_does_not_cost_a_killed_hour(backend: Backend) -> None:
    _kill(backend, _hour())
    phone = wire_report(session=session_id(NOW - 5000, 7), seq=1, duration=7200, watched=[[0, 5]], event="pause")
    _post(backend, wire_request(phone), after=1000)
    assert _watched(_post(backend, _hour(seq=2, event="pause"), after=2000)) == [[0, 3600]]


# --- the merge fails


@pytest.mark.parametrize(
    "fault", [StoreUnavailable("gone"), Killed(), RuntimeError("a defect"), SystemExit(1)], ids=repr
)
def test_a_failed_merge_releases_its_claim(backend: Backend, fail: Callable[..., None], fault: BaseException) -> None:
    fail(fault)
    if isinstance(fault, Exception):
        assert _post(backend, _hour()).status in {500, 503}
    else:
        with pytest.raises(type(fault)):
            _post(backend, _hour())
    assert backend.snapshot()[0] == []
    assert _watched(_post(backend, _hour(seq=2, end=3600), after=1)) == [[0, 3600]]


def test_a_failed_merge_puts_back_the_claim_before_it(backend: Backend, fail: Callable[..., None]) -> None:
    first = wire_report(session=OFFLINE, seq=1, duration=7200, watched=[[0, 30]])
    window = _post(backend, wire_request(first)).body["nextUpdateMs"]
    fail(StoreUnavailable("gone"))
    later = wire_report(session=OFFLINE, seq=2, duration=7200, watched=[[30, 40]], event="pause", at=NOW + 5000)
    assert _post(backend, wire_request(later), after=5000).status == 503
    routine = wire_report(session=OFFLINE, seq=3, duration=7200, watched=[[30, 41]], at=NOW + 5001)
    held = _post(backend, wire_request(routine), after=5001).body["results"][0]
    assert (held["outcome"], held["retryAfterMs"]) == ("throttled", window - 5001), (
        "as if the failed one had never been"
    )
    again = _post(backend, wire_request(later), after=5002)
    assert again.body["results"][0]["progress"]["watched"] == [[0, 40]]


def test_a_failed_bulk_merge_releases_every_claim(backend: Backend, fail: Callable[..., None]) -> None:
    request = wire_request(*(wire_report(videoId=f"video-{number}") for number in range(5)))
    fail(StoreUnavailable("gone"))
    assert _post(backend, request).status == 503
    assert _post(backend, request, after=1).outcomes == ["applied"] * 5


def test_a_slow_failure_does_not_release_anothers_claim(backend: Backend) -> None:
    """While one merge was failing, the window went by and another device had its turn."""
    whole = bootstrap.report_progress()

    class Slow(FaultyStore):
        def _fail(self) -> None:
            phone = report(key=Key(USER, "course-1", "video-1"), session=session_id(NOW, 7), at=NOW + 60_000)
            assert whole([phone], NOW + 60_000).results[0].outcome is Outcome.APPLIED
            message = "gone"
            raise StoreUnavailable(message)

    slow = replace(whole, store=_as_store(Slow(whole.store, [])), queue=FakeQueue(reachable=False))
    vars(backend.apps["report_progress"]).update(report_progress=lambda: slow)
    assert _post(backend, _hour()).status == 503
    vars(backend.apps["report_progress"]).update(report_progress=lambda: whole)
    tablet = wire_request(wire_report(session=session_id(NOW, 8), at=NOW + 60_001))
    assert _post(backend, tablet, after=60_001).outcomes == ["throttled"]


# --- DynamoDB gone


def test_without_a_throttle_reports_are_still_applied(make_backend: Callable[..., Any], output: Output) -> None:
    closed = {"AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{free_port()}"}
    with make_backend(closed) as alone:
        assert _watched(_post(alone, _hour())) == [[0, 3600]]
        assert _watched(_post(alone, _hour(seq=2), after=1)) == [[0, 3600]]
        assert output.metrics["ThrottleUnavailable"] == 2
        assert [line["unguarded"] for line in output.reports] == [True, True]


def test_a_throttle_that_never_answers_holds_nobody_up(make_backend: Callable[..., Any]) -> None:
    """However many videos a request is about: the function has 20 s, and what it holds must be merged in them."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silence = {"AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        with make_backend(silence) as alone:
            started = monotonic()
            answer = _post(alone, wire_request(*(wire_report(videoId=f"video-{n}") for n in range(12))))
            assert answer.outcomes == ["applied"] * 12
            assert monotonic() - started < 8


def test_after_the_first_ones_a_silent_throttle_costs_no_time(
    make_backend: Callable[..., Any], aws: LocalAws, output: Output
) -> None:
    """Urgent, routine and late reports ask the same table, behind one breaker."""
    port = urlsplit(aws.endpoint).port
    assert port
    with Way(port) as way, make_backend({"AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{way.port}"}) as alone:
        assert _post(alone, _hour()).outcomes == ["applied"]
        silence = socket.create_server(("127.0.0.1", 0))
        with silence:  # new connections are taken, and nobody says anything there
            way.target = silence.getsockname()[1]
            way.fall_silent()
            for seq in (2, 3):
                assert _post(alone, _hour(seq=seq), after=seq).outcomes == ["applied"]
            started = monotonic()
            late = _hour(seq=9, at=NOW - HOUR)
            for request in (*(_hour(seq=seq) for seq in range(4, 9)), late):
                assert _post(alone, request, after=9).outcomes == ["applied"]
            assert monotonic() - started < 1
        assert [line.get("unguarded") for line in output.reports] == [None] + [True] * 8


# --- the store gone


def test_without_store_and_queue_the_problem_says_when_to_come_back(
    make_backend: Callable[..., Any], put_secret: Callable[[str], str]
) -> None:
    nowhere = put_secret(f"mongodb://127.0.0.1:{free_port()}/?directConnection=true&timeoutMS=300")
    closed = {"MONGODB_URI_SECRET_ARN": nowhere, "AWS_ENDPOINT_URL_SQS": f"http://127.0.0.1:{free_port()}"}
    with make_backend(closed) as alone:
        for answer in (_post(alone, _hour()), alone.read(USER)):
            assert (answer.status, answer.body["code"]) == (503, "store_unavailable")
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["Content-Type"] == "application/problem+json"
        assert _post(alone, _hour(), after=1).status == 503, "not throttled: the claim was released"


def test_health_tells_when_the_store_is_gone(
    make_backend: Callable[..., Any], put_secret: Callable[[str], str]
) -> None:
    nowhere = put_secret(f"mongodb://127.0.0.1:{free_port()}/?directConnection=true&timeoutMS=300")
    with make_backend({"MONGODB_URI_SECRET_ARN": nowhere}) as alone:
        answer = alone.call("check_health", http_event("GET", "/v1/health"))
    assert (answer.status, answer.body) == (503, {"status": "unavailable", "checks": {"mongodb": "unavailable"}})
