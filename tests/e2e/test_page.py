"""The main job, end to end: a person plays, pauses, comes back, and goes on where they stopped."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from bson import ObjectId
from playwright.sync_api import Page
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
    _wait_for(page, "video.readyState", lambda state: state >= 3)


def test_play_pause_reload_and_go_on(stack: Stack, page: Page) -> None:
    _open(page, stack)
    _player(page, "video.play()")
    _wait_for(page, "video.currentTime", lambda time: time > 9)
    _player(page, "video.pause()")
    paused_at = _player(page, "video.currentTime")

    progress = _progress_at(stack, paused_at)
    assert progress["watched"] == [[0, pytest.approx(paused_at, abs=1)]]
    assert progress["duration"] == 120
    assert progress["watchCount"] == 1
    assert not progress["completed"]

    document = _stored(stack)
    assert document["playback"]["position"]["seconds"] == progress["position"]
    assert document["playback"]["watched"] == [{"start": 0, "end": progress["watched"][0][1]}]
    assert document["watchedPercentage"] == progress["watchedPercentage"] == 100 * progress["watchedSeconds"] // 120
    assert document["isCompleted"] is False

    page.reload()
    page.get_by_role("button", name=re.compile("Continue at")).click()
    _wait_for(page, "video.currentTime", lambda time: time >= paused_at - 3.1)
    assert _player(page, "video.currentTime") < paused_at + 5


def test_seeking_back_keeps_what_was_watched(stack: Stack, page: Page) -> None:
    furthest = _stored(stack)["playback"]["furthest"]
    _open(page, stack)
    page.get_by_role("button", name="Start over").click()
    _player(page, "video.play()")
    _wait_for(page, "video.currentTime", lambda time: time > 2)
    _player(page, "video.pause()")

    progress = _progress_at(stack, _player(page, "video.currentTime"))
    assert progress["furthest"] == furthest
    assert len(progress["watched"]) == 1


def test_clips_answer_ranges(stack: Stack) -> None:
    with stack.client(str(LEARNER)) as api:
        for video in VIDEOS:
            part = api.get(f"/page/clips/{video['clip']}", headers={"range": "bytes=0-99"})
            assert (part.status_code, len(part.content)) == (206, 100)
            assert part.headers["content-type"] == "video/webm"
            assert int(part.headers["content-range"].split("/")[1]) < 1_000_000


def _progress_at(stack: Stack, position: float) -> dict[str, Any]:
    """Ask the API until it has the position that the page is to save."""
    deadline = time.monotonic() + 10
    with stack.client(str(LEARNER)) as api:
        while True:
            progress: dict[str, Any] = api.get(PATH).raise_for_status().json()
            if progress["position"] == pytest.approx(position, abs=0.05) or time.monotonic() > deadline:
                break
    assert progress["position"] == pytest.approx(position, abs=0.05)
    return progress


def _stored(stack: Stack) -> dict[str, Any]:
    with MongoClient[dict[str, Any]](stack.note()["mongodb"]) as client:
        found = client["playhead"]["progresses"].find_one({"userId": ObjectId(LEARNER), "videoId": ObjectId(VIDEO)})
    assert found is not None
    return found
