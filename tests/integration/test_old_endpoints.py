"""The old endpoints through their handler: each route's answer, as the old application's clients read it."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from bson import ObjectId

from local.ministack import LocalAws
from tests.builders import MINUTE, NOW, LambdaContext, http_event, wire_report, wire_request
from tests.handlers import Backend
from tests.old_client import COURSE, EMPTY_COURSE, SECONDS, VIDEOS, OldUser, give_course

ZEROS = {
    "watchedDuration": 0,
    "totalDuration": 0,
    "watchedPercentage": 0,
    "completionPercentage": 0,
    "isCompleted": False,
    "lastPosition": 0,
}


@pytest.fixture(scope="module", name="shop")
def _shop(make_backend: Callable[..., Any]) -> Iterator[Backend]:
    """A backend with a course to buy, and the template's own spacing."""
    with make_backend(VideoBucket="films") as backend:
        give_course(backend.database)
        yield backend


@pytest.fixture
def user(shop: Backend) -> OldUser:
    """A user who bought the course."""
    shop.now = NOW
    return OldUser(shop)


def test_an_update_is_answered_with_video_and_course(user: OldUser) -> None:
    answer = user.update("30.5", "100", timestamp=NOW - 1000)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.body == {
        "success": True,
        "data": {
            "videoProgress": {
                "watchedDuration": 30.5,
                "totalDuration": 100,
                "watchedPercentage": 31,
                "completionPercentage": 31,
                "isCompleted": False,
                "lastPosition": 30.5,
            },
            "courseProgress": {
                "totalVideos": 3,
                "completedVideos": 0,
                "totalProgress": 10,
                "lastWatchedVideo": str(VIDEOS[0]),
                "lastWatchedPosition": 30.5,
                "courseProgressPercentage": 10,
                "totalWatchedDuration": 30.5,
                "courseTotalDuration": 600,
            },
        },
    }
    stored = user.stored()
    assert (stored["watchedDuration"], stored["watchedPercentage"], stored["watchCount"]) == (30.5, 31, 1)
    assert stored["playback"]["watched"] == []


def test_numbers_and_times_are_spelt_as_javascript_does(shop: Backend, user: OldUser) -> None:
    shop.now = NOW + 56
    user.update(30)
    event = http_event("GET", f"/api/progress/course/{COURSE}", authorizer=user.context)
    text = shop.apps["serve_old_api"].handler(event, LambdaContext())["body"]
    assert '"order":1,' in text
    assert '"watchedDuration":30,' in text
    assert '"lastWatchedAt":"2027-01-15T08:00:00.056Z"' in text
    assert not re.search(r":\d+\.0[,}]", text)


def test_too_soon_is_skipped_and_changes_nothing(user: OldUser, shop: Backend) -> None:
    user.update(10)
    before = shop.snapshot()
    shop.now += 3000
    answer = user.update(13)
    assert (answer.status, answer.body) == (200, {"success": True, "data": {"skipped": True}})
    assert shop.snapshot() == before
    shop.now += MINUTE
    assert user.update(70).body["data"]["videoProgress"]["lastPosition"] == 70


@pytest.mark.parametrize("later_ms", [1, 500, 1500])
@pytest.mark.parametrize(("watched", "position"), [(95, 95), (2, 2), (60, 60)])
def test_what_may_not_wait_is_saved_however_soon(
    user: OldUser, shop: Backend, later_ms: int, watched: float, position: float
) -> None:
    user.update(10)
    shop.now += later_ms
    progress = user.update(watched).body["data"]["videoProgress"]
    assert progress["lastPosition"] == position
    assert (progress["isCompleted"], progress["watchedDuration"]) == (watched == 95, max(10, watched))


def test_the_last_of_many_seeks_in_a_second_is_kept(user: OldUser, shop: Backend) -> None:
    user.update(10)
    for position in (50, 20, 80, 5):
        shop.now += 150
        assert "videoProgress" in user.update(position).body["data"]
    assert user.get(f"resume/{COURSE}/{VIDEOS[0]}").body["data"]["resumePosition"] == 5
    assert user.stored()["watchedPercentage"] == 80


def test_a_flood_of_what_may_not_wait_is_held(user: OldUser, shop: Backend) -> None:
    user.update(50)
    saved = 0
    for position in [10, 80] * 20:
        shop.now += 1
        saved += "videoProgress" in user.update(position).body["data"]
    assert saved == 30  # the burst that late reports have too; the spacing of a second has given no turn
    shop.now += 3000
    assert user.update(95).body["data"]["videoProgress"]["isCompleted"] is True


def test_nothing_published_goes_back(user: OldUser, shop: Backend) -> None:
    user.update(95)
    completed_at = user.stored()["completedAt"]
    shop.now += MINUTE
    progress = user.update(20).body["data"]["videoProgress"]
    assert progress == {
        "watchedDuration": 95,
        "totalDuration": 100,
        "watchedPercentage": 95,
        "completionPercentage": 95,
        "isCompleted": True,
        "lastPosition": 20,
    }
    assert user.stored()["completedAt"] == completed_at


def test_a_document_of_the_old_application_is_its_own_base(user: OldUser, shop: Backend) -> None:
    old = {"userId": user._id, "courseId": COURSE, "videoId": VIDEOS[0], "__v": 7, "note": "kept"}  # noqa: SLF001
    figures = {"watchedDuration": 60, "totalDuration": 100, "watchedPercentage": 60, "completionPercentage": 60}
    shop.database["progresses"].insert_one({**old, **figures, "isCompleted": False, "watchCount": 9})
    assert user.get(f"resume/{COURSE}/{VIDEOS[0]}").body["data"]["resumePosition"] == 60
    progress = user.update(20).body["data"]["videoProgress"]
    assert (progress["watchedPercentage"], progress["watchedDuration"], progress["lastPosition"]) == (60, 60, 20)
    assert (user.stored()["__v"], user.stored()["note"], user.stored()["watchCount"]) == (7, "kept", 10)


def test_requests_of_a_day_are_one_viewing(user: OldUser, shop: Backend) -> None:
    for minute in range(5):
        shop.now = NOW + minute * MINUTE
        user.update(10 + minute)
    assert user.stored()["watchCount"] == 1
    shop.now = NOW + 24 * 60 * MINUTE
    user.update(30)
    assert user.stored()["watchCount"] == 2


def test_old_and_new_reports_meet_in_one_document(user: OldUser, shop: Backend) -> None:
    new = wire_report(courseId=str(COURSE), videoId=str(VIDEOS[0]), position=40, duration=100, watched=[[0, 40]])
    assert shop.report(user.id, wire_request(new)).outcomes == ["applied"]
    shop.now += MINUTE
    assert user.update(70).body["data"]["videoProgress"]["watchedPercentage"] == 70
    progress = shop.read(user.id, str(COURSE), str(VIDEOS[0])).body
    assert (progress["position"], progress["watched"], progress["watchedPercentage"]) == (70, [[0, 40]], 70)


def test_a_report_from_before_a_reset_is_skipped(user: OldUser, shop: Backend) -> None:
    user.update(95)
    admin = OldUser(shop, role="admin")
    shop.now += MINUTE
    admin.post("reset-completion", {"courseId": str(COURSE), "videoId": str(VIDEOS[0]), "userId": user.id})
    shop.now += MINUTE
    assert user.update(95, timestamp=NOW).body["data"] == {"skipped": True}
    assert user.update(5).body["data"]["videoProgress"]["watchedPercentage"] == 5


def test_a_video_reads_zeros_and_then_what_is_published(user: OldUser) -> None:
    path = f"video/{COURSE}/{VIDEOS[1]}"
    assert user.get(path).body == {"success": True, "data": {"videoProgress": ZEROS}}
    updated = user.update(50, 200, VIDEOS[1]).body["data"]["videoProgress"]
    assert user.get(path).body["data"]["videoProgress"] == updated


def test_a_course_lists_its_videos_in_order_with_addresses(user: OldUser) -> None:
    user.update(50, 200, VIDEOS[1])
    found = user.get(f"course/{COURSE}").body["data"]
    assert found["course"] == {"_id": str(COURSE), "title": "A course", "totalVideos": 3}
    assert [(one["_id"], one["title"], one["duration"], one["order"]) for one in found["videos"]] == [
        (str(video), f"Video {order}", seconds, order)
        for order, (video, seconds) in enumerate(zip(VIDEOS, SECONDS, strict=True), start=1)
    ]
    for order, one in enumerate(found["videos"], start=1):
        address = urlsplit(one["videoUrl"])
        assert address.path.endswith(f"course/{order}.mp4")
        assert "films" in address.netloc + address.path
        assert parse_qs(address.query)["X-Amz-Expires"] == ["1800"]
    first, second, _ = (one["progress"] for one in found["videos"])
    assert first == {
        "watchedDuration": 0,
        "totalDuration": 100,
        "completionPercentage": 0,
        "isCompleted": False,
        "lastPosition": 0,
        "lastWatchedAt": None,
    }
    assert second == {
        "watchedDuration": 50,
        "totalDuration": 200,
        "completionPercentage": 25,
        "isCompleted": False,
        "lastPosition": 50,
        "lastWatchedAt": "2027-01-15T08:00:00.000Z",
    }
    assert found["overallProgress"]["courseProgressPercentage"] == 8


def test_an_address_plays_the_video(user: OldUser, aws: LocalAws) -> None:
    storage = aws.client("s3")
    storage.create_bucket(Bucket="films")
    storage.put_object(Bucket="films", Key="course/1.mp4", Body=b"moving pictures")
    address = user.get(f"course/{COURSE}").body["data"]["videos"][0]["videoUrl"]
    assert httpx.get(address, trust_env=False).content == b"moving pictures"
    signed = dict(parse_qsl(urlsplit(address).query))
    assert signed["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert signed["X-Amz-SignedHeaders"] == "host"


def test_the_dashboard_sums_up_what_was_bought(user: OldUser, shop: Backend) -> None:
    assert user.get("dashboard").body["data"]["totalProgress"] == 0
    for video, seconds in zip(VIDEOS, SECONDS, strict=True):
        shop.now += 1000
        user.update(seconds, seconds, video)
    found = user.get("dashboard").body["data"]
    course, empty = found["courses"]
    assert course.pop("videos")[0] == {"_id": str(VIDEOS[0]), "title": "Video 1", "duration": 100, "order": 1}
    assert course == {
        "_id": str(COURSE),
        "title": "A course",
        "thumbnail": "a.png",
        "duration": "3 lessons",
        "totalLessons": 3,
        "completedLessons": 3,
        "progress": 100,
        "lastWatched": "2027-01-15T08:00:03.000Z",
        "isCompleted": True,
    }
    assert (empty["duration"], empty["isCompleted"], empty["lastWatched"]) == ("0 lessons", False, None)
    assert "thumbnail" not in empty
    assert (found["totalCourses"], found["completedCourses"], found["totalProgress"]) == (2, 1, 50)


def test_a_video_is_completed_by_hand(user: OldUser) -> None:
    answer = user.post("complete-video", {"courseId": str(COURSE), "videoId": str(VIDEOS[1])})
    progress = answer.body["data"]["videoProgress"]
    assert progress == {"isCompleted": True, "completionPercentage": 100, "completedAt": "2027-01-15T08:00:00.000Z"}
    assert answer.body["data"]["courseProgress"]["completedVideos"] == 1
    assert answer.body["data"]["courseProgress"]["courseProgressPercentage"] == 33
    after = user.update(20, 200, VIDEOS[1]).body["data"]["videoProgress"]
    assert (after["isCompleted"], after["completionPercentage"], after["watchedPercentage"]) == (True, 100, 10)


@pytest.mark.parametrize(("current", "following"), [(0, 1), (1, 2), (2, None)])
def test_the_next_video_is_the_next_in_order(user: OldUser, current: int, following: int | None) -> None:
    found = user.get(f"next-video/{COURSE}/{VIDEOS[current]}").body["data"]["nextVideo"]
    assert (found and found["_id"]) == (None if following is None else str(VIDEOS[following]))
    if found:
        assert found["order"] == current + 2


def test_no_video_comes_after_one_that_is_not_of_the_course(user: OldUser) -> None:
    assert user.get(f"next-video/{EMPTY_COURSE}/{VIDEOS[0]}").body["data"] == {"nextVideo": None}


def test_resume_says_where_the_playhead_was(user: OldUser, shop: Backend) -> None:
    path = f"resume/{COURSE}/{VIDEOS[0]}"
    assert user.get(path).body["data"] == {"resumePosition": 0, "isCompleted": False, "completionPercentage": 0}
    user.update(70)
    shop.now += 1000
    user.update(30)
    assert user.get(path).body["data"] == {
        "resumePosition": 30,
        "isCompleted": False,
        "completionPercentage": 70,
        "lastWatchedAt": "2027-01-15T08:00:01.000Z",
    }


def test_an_admin_begins_a_video_of_somebody_again(user: OldUser, shop: Backend) -> None:
    user.update(95)
    shop.now += MINUTE
    body = {"courseId": str(COURSE), "videoId": str(VIDEOS[0]), "userId": user.id}
    before = shop.snapshot()
    assert user.post("reset-completion", body).status == 403
    assert shop.snapshot() == before
    answer = OldUser(shop, role="admin", purchasedCourses=[]).post("reset-completion", body)
    assert answer.body["data"]["message"]
    assert answer.body["data"]["videoProgress"] == {**ZEROS, "totalDuration": 100}
    assert user.get(f"video/{COURSE}/{VIDEOS[0]}").body["data"]["videoProgress"] == {**ZEROS, "totalDuration": 100}
    assert user.stored()["playback"]["archive"][0]["watchedPercentage"] == 95


def test_ids_may_be_stored_as_text(shop: Backend) -> None:
    reader = OldUser(shop, purchasedCourses=[str(COURSE)])
    shop.database["courses"].update_one({"_id": COURSE}, {"$set": {"videos": [str(one) for one in VIDEOS]}})
    try:
        assert len(reader.get(f"course/{COURSE}").body["data"]["videos"]) == 3
        assert reader.get("dashboard").body["data"]["courses"][0]["totalLessons"] == 3
    finally:
        shop.database["courses"].update_one({"_id": COURSE}, {"$set": {"videos": list(VIDEOS)}})


def test_odd_documents_of_the_platform_are_shown_all_the_same(shop: Backend) -> None:
    course, video = ObjectId("64b0000000000000000000aa"), ObjectId()
    shop.database["courses"].insert_one({"_id": course, "title": None, "videos": [video, video, ObjectId()]})
    shop.database["videos"].insert_one({"_id": video, "title": None, "order": "first"})
    reader = OldUser(shop, purchasedCourses=[str(course).upper(), None, 5, {}])
    (found,) = reader.get("dashboard").body["data"]["courses"]
    assert (found["_id"], found["title"], found["duration"]) == (str(course), "", "1 lessons")
    assert found["videos"] == [{"_id": str(video), "title": "", "duration": 0, "order": None}]
