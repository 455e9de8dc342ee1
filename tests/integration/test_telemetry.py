"""Logs and metrics through the handlers: one line a report with its outcome and why, and never a token."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from playhead.usecases.report_progress import ReportProgress
from tests.builders import NOW, http_event, report_event, session_id, wire_report, wire_request
from tests.fakes import FakeThrottle
from tests.handlers import Backend, Output

TOKEN = jwt.encode({"sub": "learner-1"}, "a-shared-secret-of-at-least-32-bytes", algorithm="HS256")


def test_each_report_has_one_line_that_says_what_became_of_it(backend: Backend, output: Output) -> None:
    backend.report("told", wire_request(wire_report(seq=2, session=session_id(NOW), watched=[[0, 600]])))
    backend.report("told", wire_request(wire_report(seq=3, session=session_id(NOW))))
    backend.report("told", wire_request(wire_report(seq=1, session=session_id(NOW), event="pause")))
    applied, throttled, stale = output.reports
    assert {applied["user_id"], throttled["user_id"], stale["user_id"]} == {"told"}
    assert (applied["outcome"], applied["clipped_seconds"], applied["seq"]) == ("applied", 540, 2)
    assert (throttled["outcome"], throttled["since_ms"]) == ("throttled", 0)
    assert throttled["retry_after_ms"] > 0
    assert stale["outcome"] == "stale"
    counted = output.metrics
    assert counted == {
        "Requests": 3,
        "ReportsApplied": 1,
        "ReportsThrottled": 1,
        "ReportsStale": 1,
        "SecondsClipped": 540,
    }


def test_a_rejected_report_is_told_too(backend: Backend, output: Output) -> None:
    """With the fields that were wrong, not with what stood in them."""
    bad = wire_report(videoId="bad", position="SECRET", watched=[[9, 1]])
    answer = backend.report("told-2", wire_request(bad, wire_report(), wire_report(session="$$ROOT")))
    assert answer.outcomes == ["rejected", "applied", "rejected"]
    lines = output.reports
    assert sorted(line["outcome"] for line in lines) == ["applied", "rejected", "rejected"]
    rejected = [line for line in lines if line["outcome"] == "rejected"]
    assert rejected[0]["reason"]
    assert {line["user_id"] for line in lines} == {"told-2"}
    assert output.metrics["ReportsRejected"] == 2
    assert "SECRET" not in output.text


def test_a_hundred_reports_are_counted_once_each(backend: Backend, output: Output) -> None:
    backend.report("told-3", wire_request(*(wire_report(videoId=f"v{n}") for n in range(100))))
    assert len(output.reports) == 100
    assert output.metrics == {"Requests": 1, "ReportsApplied": 100}


def test_an_unguarded_report_is_told_and_counted(
    backend: Backend, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace  # noqa: PLC0415 - beside its only use

    from playhead import bootstrap  # noqa: PLC0415 - after the backend has set the environment

    alone: ReportProgress = replace(bootstrap.report_progress(), throttle=FakeThrottle(reachable=False))
    monkeypatch.setattr(backend.apps["report_progress"], "report_progress", lambda: alone)
    assert backend.report("told-4").outcomes == ["applied"]
    assert [line["unguarded"] for line in output.reports] == [True]
    assert output.metrics["ThrottleUnavailable"] == 1


def test_a_refused_request_is_told_by_its_code(backend: Backend, output: Output) -> None:
    backend.report("told-5", authorizer={"refusal": "token_expired"})
    backend.report("told-5", "x" * 100_000)
    backend.report("told-5", "{")
    codes = [line["code"] for line in output.lines if "code" in line]
    assert codes == ["token_expired", "request_too_large", "invalid_request"]


def test_no_line_holds_a_token_or_a_body(backend: Backend, output: Output) -> None:
    headers = {"authorization": f"Bearer {TOKEN}", "cookie": f"token={TOKEN}"}
    secret = {"authorization": f"Bearer {TOKEN}"}
    for event in (
        report_event("told-6", headers=headers),
        report_event("told-6", wire_request(token=TOKEN), headers=headers),
        report_event("told-6", wire_request(wire_report(session=TOKEN)), headers=headers),
        report_event("told-6", "{" + TOKEN, headers=headers),
        report_event("told-6", authorizer={"refusal": "token_expired"}, headers=headers),
        http_event("POST", f"/v1/{TOKEN}", headers=headers, authorizer={"userId": "told-6"}),
        {**report_event("told-6", headers=headers), "isBase64Encoded": True, "body": TOKEN},
    ):
        backend.call("report_progress", event)
    backend.read("told-6", headers=headers)
    backend.apps["authorize"].handler({"headers": secret}, None)
    printed = output.text
    assert len(output.lines) > 8
    assert TOKEN not in printed
    assert TOKEN.split(".")[2] not in printed


def test_a_defect_is_a_problem_and_told(backend: Backend, output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Callable[..., Any]:
        message = "a defect"
        raise RuntimeError(message)

    monkeypatch.setattr(backend.apps["report_progress"], "report_progress", broken)
    answer = backend.report("told-7")
    assert (answer.status, answer.body["code"]) == (500, "internal_error")
    assert "a defect" not in json.dumps(answer.body)
    assert output.metrics["Defects"] == 1
    assert any("a defect" in str(line.get("exception", "")) for line in output.lines)
