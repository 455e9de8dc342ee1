"""The main job, end to end: a person plays, pauses, comes back, and goes on where they stopped."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from bson import ObjectId
from playwright.sync_api import Page, expect
from pymongo import MongoClient

from local.seed import COURSE, LEARNERS, VIDEOS
from tests.e2e.stack import Stack

LEARNER, VIDEO = LEARNERS[0]["_id"], VIDEOS[1]["_id"]
PATH = f"/v1/courses/{COURSE}/videos/{VIDEO}/progress"
ADDRESS = f"/#learner={LEARNER}&video={VIDEO}"


def _player(page: Page, expression: str) -> Any:  # noqa: ANN401 (any JSON value)
    return page.locator("video").evaluate(f"video => {expression}")


def _wait_for(page: Page, expression: str, holds: Callable[[Any], bool]) -> None:
    """Wait on the film's own events; the page's policy forbids playwright's way of asking again and again."""
    for _ in range(200):
        if holds(_player(page, expression)):
            return
        page.locator("video").evaluate("video => new Promise(done => setTimeout(done, 100))")
    pytest.fail(f"{expression} stayed {_player(page, expression)}")


def _open(page: Page, stack: Stack) -> None:
    page.goto(stack.address + ADDRESS)
    expect(page.locator(f"html[data-ready='{VIDEO}']")).to_be_attached()
    _wait_for(page, "video.readyState", lambda state: state >= 3)


def test_play_pause_reload_and_go_on(stack: Stack, page: Page) -> None:
    _open(page, stack)
    _player(page, "video.play()")
    _wait_for(page, "video.currentTime", lambda time: time > 9)
    _player(page, "video.pause()")

    expect(page.locator("#saves li").first).to_contain_text(re.compile("pause.*applied"))
    paused_at = _player(page, "video.currentTime")

    with stack.client(str(LEARNER)) as api:
        progress = api.get(PATH).raise_for_status().json()
    assert progress["position"] == pytest.approx(paused_at, abs=0.01)
    assert progress["watched"] == [[0, round(paused_at)]]
    assert progress["duration"] == 120
    assert progress["watchCount"] == 1
    assert not progress["completed"]

    document = _stored(stack)
    assert document["playback"]["position"]["seconds"] == progress["position"]
    assert document["playback"]["watched"] == [{"start": 0, "end": round(paused_at)}]
    assert document["watchedPercentage"] == progress["watchedPercentage"] == 100 * round(paused_at) // 120
    assert document["isCompleted"] is False

    page.reload()
    expect(page.locator(f"html[data-ready='{VIDEO}']")).to_be_attached()
    _wait_for(page, "video.currentTime", lambda time: time == pytest.approx(paused_at - 3, abs=0.05))
    expect(page.locator("#percentage")).to_have_text(f"{progress['watchedPercentage']}%")


def test_seeking_back_keeps_what_was_watched(stack: Stack, page: Page) -> None:
    _open(page, stack)
    before = _player(page, "video.currentTime")
    _player(page, "video.play()")
    _wait_for(page, "video.currentTime", lambda time: time > before + 3)
    _player(page, "video.pause()")
    expect(page.locator("#saves li").first).to_contain_text(re.compile("pause.*applied"))
    _player(page, "(video.currentTime = 2, null)")
    expect(page.locator("#saves li").first).to_contain_text(re.compile("seeked.*applied"))

    with stack.client(str(LEARNER)) as api:
        progress = api.get(PATH).json()
    assert progress["position"] == 2
    assert progress["furthest"] > before + 3
    assert len(progress["watched"]) == 1


def test_clips_answer_ranges(stack: Stack) -> None:
    with stack.client(str(LEARNER)) as api:
        for video in VIDEOS:
            part = api.get(f"/page/clips/{video['clip']}", headers={"range": "bytes=0-99"})
            assert (part.status_code, len(part.content)) == (206, 100)
            assert part.headers["content-type"] == "video/webm"
            assert int(part.headers["content-range"].split("/")[1]) < 1_000_000


def _stored(stack: Stack) -> dict[str, Any]:
    with MongoClient[dict[str, Any]](stack.note()["mongodb"]) as client:
        found = client["playhead"]["progresses"].find_one({"userId": ObjectId(LEARNER), "videoId": ObjectId(VIDEO)})
    assert found is not None
    return found
