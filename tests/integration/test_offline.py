"""A week offline, brought in twenty requests in any order with duplicates, equals the week reported online."""

import random
from typing import Any

from tests.builders import HOUR, MINUTE, NOW, session_id, wire_report, wire_request
from tests.handlers import Backend

VIDEOS, SESSIONS, REPORTS = 40, 5, 10
WEEK = 7 * 24 * HOUR


def week(course: str) -> list[dict[str, Any]]:
    """Return 2,000 reports: each of 40 videos in 5 viewings of 10 half minutes, over a week."""
    reports = []
    for video in range(VIDEOS):
        for viewing in range(SESSIONS):
            began = NOW - WEEK + (video * SESSIONS + viewing) * 40 * MINUTE
            session = session_id(began, video * SESSIONS + viewing)
            for seq in range(REPORTS):
                start = viewing * 60 + seq * 30
                at = began + (seq + 1) * 30_000
                changes = {"watched": [[start, start + 30]], "position": start + 30, "seq": seq, "at": at}
                key = {"courseId": course, "videoId": f"video-{video}", "session": session}
                reports.append(wire_report(**changes, **key))
    return reports


def stored(backend: Backend, course: str) -> list[dict[str, Any]]:
    """Return what is stored of a course, without identity and bookkeeping."""
    aside = {"_id": 0, "courseId": 0, "createdAt": 0, "updatedAt": 0, "completedAt": 0, "playback.unverifiedSeconds": 0}
    aside |= {"playback.base.completedAt": 0, "outbox.at": 0}
    return list(backend.database["progresses"].find({"courseId": course}, aside).sort("videoId"))


def test_a_week_offline_syncs_in_twenty_requests_and_equals_the_week_online(backend: Backend) -> None:
    for report in week("online"):
        backend.now = report["at"]
        answer = backend.report("traveller", {"sentAt": report["at"], "reports": [report | {"event": "manual"}]})
        assert answer.outcomes == ["applied"], answer.body

    backend.now = NOW
    offline = week("offline")
    random.Random(7).shuffle(offline)  # noqa: S311 - any order will do
    outcomes = []
    for start in range(0, len(offline), 100):
        batch = offline[start : start + 100]
        outcomes += backend.report("traveller", wire_request(*batch[:99], batch[99])).outcomes
    assert outcomes == ["applied"] * len(offline)
    assert stored(backend, "offline") == stored(backend, "online")

    again = backend.report("traveller", wire_request(*offline[:100]))
    assert set(again.outcomes) == {"applied"}
    assert stored(backend, "offline") == stored(backend, "online")


def test_a_stale_offline_position_does_not_win_but_its_coverage_counts(backend: Backend) -> None:
    backend.now = NOW
    key = {"courseId": "mixed", "videoId": "video"}
    live = wire_report(**key, position=500, watched=[[400, 500]], session=session_id(NOW - 10 * MINUTE))
    assert backend.report("traveller", wire_request(live)).outcomes == ["applied"]
    late = wire_report(
        **key, position=90, watched=[[0, 90]], at=NOW - HOUR, session=session_id(NOW - 2 * HOUR), device="phone"
    )
    answer = backend.report("traveller", wire_request(late))
    assert answer.outcomes == ["applied"]
    progress = answer.body["results"][0]["progress"]
    assert (progress["position"], progress["watched"]) == (500, [[0, 90], [400, 500]])


def test_a_live_window_is_not_touched_by_late_reports(backend: Backend) -> None:
    backend.now = NOW
    key = {"courseId": "live", "videoId": "video"}
    late = [wire_report(**key, at=NOW - HOUR, session=session_id(NOW - 2 * HOUR), seq=seq) for seq in range(3)]
    assert backend.report("traveller", wire_request(*late)).outcomes == ["applied"] * 3
    live = wire_report(**key, session=session_id(NOW - MINUTE))
    assert backend.report("traveller", wire_request(live)).outcomes == ["applied"]
    assert backend.report("traveller", wire_request(live | {"seq": 2})).outcomes == ["throttled"]


def test_a_learner_who_floods_with_late_reports_is_throttled(backend: Backend) -> None:
    backend.now = NOW
    late = wire_report(courseId="flood", at=NOW - HOUR, session=session_id(NOW - 2 * HOUR))
    outcomes = [backend.report("flooder", wire_request(late)).outcomes[0] for _ in range(32)]
    assert outcomes == ["applied"] * 30 + ["throttled"] * 2


def test_sessions_of_one_request_have_allowances_of_their_own(backend: Backend) -> None:
    backend.now = NOW
    key = {"courseId": "sessions", "videoId": "video"}
    one = wire_report(**key, watched=[[0, 60]], session=session_id(NOW))
    other = wire_report(**key, watched=[[60, 120]], session=session_id(NOW, 1))
    answer = backend.report("traveller", wire_request(one, other))
    assert [result.get("clippedSeconds") for result in answer.body["results"]] == [None, None]
    assert backend.read("traveller", "sessions", "video").body["watched"] == [[0, 120]]
