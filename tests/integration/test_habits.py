"""Habits over HTTP: minutes on the day they were watched, in the learner's time zone."""

from typing import Any

import pytest

from tests.builders import HOUR, NOW, http_event, identity_of, session_id, wire_report, wire_request
from tests.handlers import Answer, Backend

DAY = 24 * HOUR  # NOW is 2027-01-15T08:00Z


def watch(backend: Backend, user: str, video: str, *, at: int, sent: int, watched: list[list[int]]) -> None:
    """Report what was watched at a time, sent at another."""
    backend.now = sent
    session = session_id(at - HOUR)
    one = wire_report(videoId=video, session=session, at=at, watched=watched, event="pause", duration=3000)
    assert backend.report(user, wire_request(one, sentAt=sent)).outcomes == ["applied"]


def habits(backend: Backend, user: str, **query: str) -> Answer:
    """Get them."""
    return backend.call("read_progress", http_event("GET", "/v1/me/habits", query=query, authorizer=identity_of(user)))


def watched_on(answer: Answer) -> dict[str, int]:
    """Return the days that saw anything."""
    assert answer.status == 200
    return {one["date"]: one["watchedSeconds"] for one in answer.body["days"] if one["watchedSeconds"]}


def test_offline_days_count_on_the_day_they_were_watched(backend: Backend) -> None:
    for back in (1, 2, 4):  # three days without a network, all sent today; the day before yesterday twice
        watch(backend, "habits-1", "one", at=NOW - back * DAY, sent=NOW, watched=[[0, 600]])
    watch(backend, "habits-1", "two", at=NOW - 2 * DAY, sent=NOW + 60_000, watched=[[0, 90]])
    watch(backend, "habits-1", "two", at=NOW - 2 * DAY + HOUR, sent=NOW + 120_000, watched=[[60, 100]])
    answer = habits(backend, "habits-1", days="7")
    assert watched_on(answer) == {"2027-01-11": 600, "2027-01-13": 700, "2027-01-14": 600}
    assert answer.body["days"][-1] == {"date": "2027-01-15", "watchedSeconds": 0}
    assert len(answer.body["days"]) == 7
    assert answer.body["streak"] == {"current": 2, "longest": 2}


def test_a_day_begins_at_midnight_where_the_learner_is(backend: Backend) -> None:
    watch(backend, "habits-2", "one", at=NOW + 11 * HOUR, sent=NOW + 12 * HOUR, watched=[[0, 120]])  # 19:00Z
    assert watched_on(habits(backend, "habits-2")) == {"2027-01-15": 120}
    assert watched_on(habits(backend, "habits-2", timeZone="Asia/Kolkata")) == {"2027-01-16": 120}
    assert watched_on(habits(backend, "habits-2", timeZone="America/Los_Angeles")) == {"2027-01-15": 120}


def test_a_repeated_report_is_no_second_minute(backend: Backend) -> None:
    for _ in range(2):
        watch(backend, "habits-3", "one", at=NOW - DAY, sent=NOW, watched=[[0, 120]])
    answer = habits(backend, "habits-3", timeZone="Europe/Vienna")
    assert watched_on(answer) == {"2027-01-14": 120}
    event = http_event("GET", "/v1/me/habits", authorizer=identity_of("habits-3"), query={"timeZone": "Europe/Vienna"})
    again = backend.call("read_progress", event | {"headers": {"if-none-match": answer.headers["ETag"]}})
    assert again.status == 304


def test_nobody_reads_anothers_habits(backend: Backend) -> None:
    watch(backend, "habits-4", "one", at=NOW, sent=NOW, watched=[[0, 120]])
    answer = habits(backend, "habits-5")
    assert (watched_on(answer), answer.body["streak"]) == ({}, {"current": 0, "longest": 0})


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"timeZone": "Mars/Olympus"}, "timeZone"),
        ({"timeZone": "../../etc/passwd"}, "timeZone"),
        ({"timeZone": "Europe"}, "timeZone"),
        ({"days": "0"}, "days"),
        ({"days": "367"}, "days"),
    ],
)
def test_bad_input_names_its_field(backend: Backend, query: dict[str, Any], field: str) -> None:
    answer = habits(backend, "habits-1", **query)
    assert (answer.status, answer.fields) == (400, [field])
