"""A course edited after it was watched, over HTTP: nobody loses a completion, and what came since is called new."""

from collections.abc import Iterator
from secrets import token_hex
from typing import Any

import pytest

from playhead import bootstrap
from playhead.adapters.mongo_documents import to_date
from tests.builders import HOUR, MINUTE, NOW, http_event, identity_of, session_id, wire_report, wire_request
from tests.handlers import Backend

COURSE = "edited"


class Platform:
    """The platform's catalogue, which somebody edits, and a learner who watches by it."""

    def __init__(self, backend: Backend) -> None:
        self.user = token_hex(4)
        self._backend = backend
        self._backend.now = NOW
        self._seq = 0

    def put(self, **durations: float) -> None:
        """A minute later, make the course hold these videos, of these durations; what it never held is added."""
        self._backend.now += MINUTE
        database = self._backend.database
        for order, (name, duration) in enumerate(durations.items()):
            video = {
                "$set": {"duration": duration, "order": order},
                "$setOnInsert": {"createdAt": to_date(self._backend.now)},
            }
            database["videos"].update_one({"_id": name}, video, upsert=True)
        database["courses"].update_one({"_id": COURSE}, {"$set": {"videos": list(durations)}}, upsert=True)
        for remembers in (bootstrap.report_progress, bootstrap.read_course_progress):  # some minutes, in an environment
            remembers.cache_clear()

    def watch(self, video: str, start: int, end: int) -> dict[str, Any]:
        """Watch seconds of a video, an hour later; return its progress."""
        self._backend.now += HOUR
        self._seq += 1
        now = self._backend.now
        fields = {"courseId": COURSE, "videoId": video, "watched": [[start, end]], "position": end, "duration": 2000}
        made = wire_report(**fields, seq=self._seq, at=now, session=session_id(now - HOUR), event="pause")
        answer = self._backend.report(self.user, wire_request(made, sentAt=now))
        assert answer.outcomes == ["applied"]
        progress: dict[str, Any] = answer.body["results"][0]["progress"]
        return progress

    def roll_up(self) -> dict[str, Any]:
        """Return the course's progress."""
        event = http_event("GET", f"/v1/courses/{COURSE}/progress", authorizer=identity_of(self.user))
        body: dict[str, Any] = self._backend.call("read_progress", event).body
        return body

    def new(self) -> list[str]:
        """Return the ids of the videos that are new content."""
        return [one["videoId"] for one in self.roll_up()["videos"] if one["newContent"]]


@pytest.fixture
def platform(backend: Backend) -> Iterator[Platform]:
    """A course of two videos of ten minutes, which the learner has completed."""
    platform = Platform(backend)
    platform.put(a=600, b=600)
    assert platform.watch("a", 0, 600)["completed"]
    assert platform.watch("b", 0, 550)["completed"]
    before = platform.roll_up()
    assert (before["completed"], before["newContent"], before["watchedPercentage"]) == (True, False, 100)
    yield platform
    for name in ("courses", "videos", "progresses"):
        backend.database[name].delete_many({})


def test_a_longer_video_stays_completed_and_is_new_until_it_is_watched_again(platform: Platform) -> None:
    platform.put(a=1200, b=600)
    after = platform.roll_up()
    assert (after["completed"], after["newContent"], after["watchedPercentage"]) == (True, True, 100)
    assert platform.new() == ["a"]
    watched = platform.watch("a", 600, 660)
    assert (watched["completed"], watched["watchedPercentage"], watched["duration"]) == (True, 100, 1200)
    assert watched["watched"] == [[0, 660]]
    assert platform.new() == []


def test_the_coverage_of_a_longer_video_is_of_its_new_length_and_what_was_published_does_not_drop(
    platform: Platform,
) -> None:
    platform.put(a=600, b=600, c=600)
    assert platform.watch("c", 0, 300)["watchedPercentage"] == 50
    platform.put(a=600, b=600, c=1200)
    assert platform.watch("c", 300, 420)["watchedPercentage"] == 50  # 35 of the new length
    grown = platform.watch("c", 420, 900)
    assert (grown["watchedPercentage"], grown["completed"]) == (75, False)
    assert platform.watch("c", 900, 1100)["completed"]


def test_a_shorter_video_is_completed_by_the_next_report_where_enough_of_it_was_watched(platform: Platform) -> None:
    platform.put(a=600, b=600, c=600)
    assert not platform.watch("c", 0, 300)["completed"]
    platform.put(a=600, b=600, c=320)
    assert platform.roll_up()["completed"] is False
    shorter = platform.watch("c", 0, 10)
    assert (shorter["completed"], shorter["watchedPercentage"], shorter["duration"]) == (True, 93, 320)
    platform.put(a=600, b=600, c=100)
    assert platform.watch("c", 0, 10)["watchedPercentage"] == 100
    assert platform.roll_up()["completed"] is True


def test_a_video_replaced_under_its_id_stays_completed_and_one_under_a_new_id_is_new(platform: Platform) -> None:
    platform.put(a=590, b=600)
    assert (platform.roll_up()["completed"], platform.new()) == (True, [])
    platform.put(a=590, b2=600)
    after = platform.roll_up()
    assert (after["completed"], after["newContent"], after["completedVideos"]) == (False, True, 1)
    assert (platform.new(), after["nextVideoId"]) == (["b2"], "b2")


def test_a_removed_video_leaves_the_roll_up_and_its_progress_stays_in_the_list(
    platform: Platform, backend: Backend
) -> None:
    platform.put(b=600)
    after = platform.roll_up()
    assert (after["totalVideos"], after["completed"], [one["videoId"] for one in after["videos"]]) == (1, True, ["b"])
    listed = backend.call(
        "read_progress", http_event("GET", "/v1/progress", authorizer=identity_of(platform.user))
    ).body["items"]
    assert [(one["videoId"], one["completed"]) for one in listed] == [("a", True), ("b", True)]
    platform.put(a=600, b=600)
    assert platform.roll_up()["completed"] is True


def test_added_videos_are_new_until_they_are_completed(platform: Platform) -> None:
    platform.put(a=600, b=600, c=600, d=600)
    after = platform.roll_up()
    assert (after["completed"], after["completedVideos"], after["watchedPercentage"]) == (False, 2, 50)
    assert (after["newContent"], platform.new()) == (True, ["c", "d"])
    assert platform.watch("c", 0, 600)["completed"]
    assert platform.new() == ["d"]
    assert platform.watch("d", 0, 600)["completed"]
    last = platform.roll_up()
    assert (last["completed"], last["newContent"]) == (True, False)
