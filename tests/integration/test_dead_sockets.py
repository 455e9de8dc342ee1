"""Dead sockets: what an environment finds after it was frozen. The driver notices, and the report is applied."""

from collections.abc import Callable
from typing import Any

from local.processes import free_port
from tests.builders import wire_report, wire_request
from tests.handlers import Backend, Output
from tests.silence import Way

USER = "learner-1"
# On Lambda the driver polls, and after a thaw at once; here nothing is frozen, so it polls as often as it can.
THAWED = "directConnection=true&serverMonitoringMode=poll&heartbeatFrequencyMS=500"


def _report(backend: Backend, video: str) -> list[str]:
    return backend.report(USER, wire_request(wire_report(videoId=video))).outcomes


def test_after_a_thaw_a_report_is_applied_on_a_new_connection(
    make_backend: Callable[..., Any], put_secret: Callable[[str], str], way: Way
) -> None:
    uri = put_secret(f"mongodb://127.0.0.1:{way.port}/?{THAWED}")
    with make_backend({"MONGODB_URI_SECRET_ARN": uri}, UrgentSpacingMs=0) as backend:
        assert _report(backend, "before") == ["applied"]
        dead = way.fall_silent()
        assert _report(backend, "after") == ["applied"], "with the driver's defaults it would fail after 5 s, or 20 s"
        assert sum(one.swallowed for one in way.connections[:dead]) > 0, "it did try the dead ones"
        assert len(way.connections) > dead
        assert _report(backend, "again") == ["applied"]


def test_a_way_that_stays_silent_has_reports_queued(
    make_backend: Callable[..., Any], put_secret: Callable[[str], str], way: Way, output: Output
) -> None:
    """No error ever comes of it: only the time budget ends the waiting, and after two of them nobody waits."""
    uri = put_secret(f"mongodb://127.0.0.1:{way.port}/?directConnection=true&timeoutMS=300")
    with make_backend({"MONGODB_URI_SECRET_ARN": uri}) as backend:
        assert _report(backend, "before") == ["applied"]
        way.target = free_port()  # new connections lead nowhere
        way.fall_silent()
        assert [_report(backend, f"after-{number}") for number in range(4)] == [["queued"]] * 4
        assert [line.get("reason") for line in output.reports[1:]] == ["store_unavailable"] * 2 + ["breaker_open"] * 2
        assert backend.queue.counts == (4, 0)
