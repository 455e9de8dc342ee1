"""A client of the old application, written from the description of its routes alone; it knows nothing of Playhead.

    python tests/e2e/old_client.py http://127.0.0.1:3000 SECRET COURSE USER [ADMIN]

goes through every route and every status, with the standard library and tokens of the old kind, and ends with 0 where
all answers are as the old application's clients expect them.
"""

import base64
import hashlib
import hmac
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

VIDEO_FIELDS = {
    "watchedDuration",
    "totalDuration",
    "watchedPercentage",
    "completionPercentage",
    "isCompleted",
    "lastPosition",
}
COURSE_FIELDS = {
    "totalVideos",
    "completedVideos",
    "totalProgress",
    "lastWatchedVideo",
    "lastWatchedPosition",
    "courseProgressPercentage",
    "totalWatchedDuration",
    "courseTotalDuration",
}
LISTED_FIELDS = {"watchedDuration", "totalDuration", "completionPercentage", "isCompleted", "lastPosition"}
UNKNOWN = "64b0ffffffffffffffffffff"


def make_token(secret: str, user_id: str, *, role: str = "student", version: int = 0) -> str:
    """Return a token as the old application signs it."""
    claims = {"userId": user_id, "email": f"{user_id}@example.com", "role": role, "tokenVersion": version}
    signed = ".".join(_encoded(json.dumps(one).encode()) for one in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{signed}.{_encoded(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass(frozen=True)
class Reply:
    """A status and a parsed body."""

    status: int
    body: Any

    @property
    def data(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """What was asked for, of a success."""
        assert (self.status, self.body["success"]) == (200, True), self
        return self.body["data"]


@dataclass(frozen=True)
class Client:
    """One user's client."""

    address: str
    token: str | None

    def get(self, path: str) -> Reply:
        """Get a path under /api/progress."""
        return self._send("GET", path, None)

    def post(self, path: str, body: Mapping[str, object]) -> Reply:
        """Post to a path under /api/progress."""
        return self._send("POST", path, json.dumps(body).encode())

    def _send(self, method: str, path: str, body: bytes | None) -> Reply:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        address = f"{self.address}/api/progress/{path}"
        request = urllib.request.Request(address, body, headers, method=method)  # noqa: S310 - http, as told
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
                return Reply(answer.status, json.load(answer))
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, json.load(error))


@dataclass
class Walk:
    """A user's way through a course, from its first video to an admin's reset."""

    user: Client
    admin: Client
    course: str
    user_id: str

    def __call__(self) -> list[str]:
        """Go, and return the steps that were gone."""
        steps: list[Callable[[], None]] = [
            self.course_page,
            self.first_play,
            self.too_soon,
            self.seeks,
            self.watches_to_the_end,
            self.completes_by_hand,
            self.dashboard,
            self.next_videos,
            self.resets,
            self.bad_fields,
        ]
        for step in steps:
            step()
        return [step.__name__ for step in steps]

    def course_page(self) -> None:
        """Open the course."""
        found = self.user.get(f"course/{self.course}").data
        assert found["course"]["_id"] == self.course
        assert found["course"]["totalVideos"] == len(found["videos"]) > 1
        assert [one["order"] for one in found["videos"]] == sorted(one["order"] for one in found["videos"])
        for one in found["videos"]:
            assert one.keys() == {"_id", "title", "duration", "order", "videoUrl", "progress"}
            assert one["progress"].keys() - {"lastWatchedAt"} == LISTED_FIELDS
            assert isinstance(one["videoUrl"], str)
        assert found["overallProgress"].keys() == COURSE_FIELDS
        self.videos = found["videos"]
        self.video, self.seconds = found["videos"][0]["_id"], found["videos"][0]["duration"]

    def first_play(self) -> None:
        """Play a little; numbers may be texts."""
        zeros = self.user.get(f"video/{self.course}/{self.video}").data["videoProgress"]
        assert zeros.keys() == VIDEO_FIELDS
        assert not any(zeros.values())
        played = self.update(str(self.seconds / 4), str(self.seconds))
        assert played["videoProgress"].keys() == VIDEO_FIELDS
        assert played["courseProgress"].keys() == COURSE_FIELDS
        assert played["videoProgress"]["watchedPercentage"] == 25
        assert played["videoProgress"]["isCompleted"] is False
        assert played["courseProgress"]["lastWatchedVideo"] == self.video
        assert self.user.get(f"video/{self.course}/{self.video}").data["videoProgress"] == played["videoProgress"]

    def too_soon(self) -> None:
        """Play on for a moment: nothing that could not wait."""
        assert self.update(self.seconds / 4 + 1) == {"skipped": True}

    def seeks(self) -> None:
        """Seek on and back at once; what was reached stays, and the playhead is where it is."""
        assert self.update(self.seconds / 2)["videoProgress"]["watchedPercentage"] == 50
        back = self.update(self.seconds / 10)["videoProgress"]
        assert (back["watchedPercentage"], back["lastPosition"]) == (50, self.seconds / 10)
        resume = self.user.get(f"resume/{self.course}/{self.video}").data
        assert resume.keys() == {"resumePosition", "isCompleted", "completionPercentage", "lastWatchedAt"}
        assert resume["resumePosition"] == self.seconds / 10

    def watches_to_the_end(self) -> None:
        """Come to the end; going back to the beginning takes nothing away."""
        ended = self.update(self.seconds)
        assert ended["videoProgress"]["isCompleted"] is True
        assert ended["videoProgress"]["completionPercentage"] == 100
        assert ended["courseProgress"]["completedVideos"] == 1
        again = self.update(0)["videoProgress"]
        assert (again["isCompleted"], again["watchedPercentage"], again["watchedDuration"]) == (True, 100, self.seconds)

    def completes_by_hand(self) -> None:
        """Mark the second video as completed."""
        done = self.user.post("complete-video", {"courseId": self.course, "videoId": self.videos[1]["_id"]}).data
        assert done["videoProgress"].keys() == {"isCompleted", "completionPercentage", "completedAt"}
        assert (done["videoProgress"]["isCompleted"], done["videoProgress"]["completionPercentage"]) == (True, 100)
        assert done["courseProgress"]["completedVideos"] == 2
        assert done["courseProgress"]["courseProgressPercentage"] == round(200 / len(self.videos))

    def dashboard(self) -> None:
        """Look at all courses."""
        found = self.user.get("dashboard").data
        assert found.keys() == {"courses", "totalCourses", "completedCourses", "totalProgress"}
        (course,) = (one for one in found["courses"] if one["_id"] == self.course)
        assert course["duration"] == f"{len(self.videos)} lessons"
        assert (course["totalLessons"], course["completedLessons"]) == (len(self.videos), 2)
        assert course["isCompleted"] is (len(self.videos) == 2)
        assert course["lastWatched"]
        assert [one.keys() for one in course["videos"]] == [{"_id", "title", "duration", "order"}] * len(self.videos)

    def next_videos(self) -> None:
        """Go from one video to the next, and past the last."""
        ids = [one["_id"] for one in self.videos]
        following = [self.user.get(f"next-video/{self.course}/{one}").data["nextVideo"] for one in ids]
        assert [one and one["_id"] for one in following] == [*ids[1:], None]
        assert following[0].keys() == {"_id", "title", "duration", "order"}

    def resets(self) -> None:
        """Ask for a reset, which only an admin may."""
        body = {"courseId": self.course, "videoId": self.video, "userId": self.user_id}
        refused(self.user.post("reset-completion", body), 403)
        done = self.admin.post("reset-completion", body).data
        assert done["message"]
        assert done["videoProgress"]["isCompleted"] is False
        assert self.user.get(f"video/{self.course}/{self.video}").data["videoProgress"]["isCompleted"] is False

    def bad_fields(self) -> None:
        """Leave fields out, and send what is no number."""
        for name in ("courseId", "videoId", "watchedDuration", "totalDuration"):
            body = {name_: one for name_, one in self.body(1).items() if name_ != name}
            refused(self.user.post("update", body), 400, name)
        for wrong in ("a lot", -1, "-1", None):
            refused(self.user.post("update", self.body(wrong)), 400, "watchedDuration")
        refused(self.user.post("complete-video", {"courseId": self.course}), 400, "videoId")
        refused(self.user.post("reset-completion", {"courseId": self.course, "videoId": self.video}), 400, "userId")

    def update(self, watched: object, total: object = None) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Send an update of the first video and return its data."""
        return self.user.post("update", self.body(watched, total)).data

    def body(self, watched: object, total: object = None) -> dict[str, object]:
        """Return an update's body."""
        seconds = self.seconds if total is None else total
        return {"courseId": self.course, "videoId": self.video, "watchedDuration": watched, "totalDuration": seconds}


def refused(reply: Reply, status: int, word: str = "") -> None:
    """Check a refusal in the envelope."""
    assert reply.status == status, reply
    assert reply.body["success"] is False
    assert word in reply.body["message"]


def refuses_strangers(address: str, tokens: Mapping[str, str], course: str) -> None:
    """Check that no route answers a token that does not count; without any token the gateway itself refuses."""
    video: dict[str, object] = {"courseId": course, "videoId": UNKNOWN}
    update = {**video, "watchedDuration": 1, "totalDuration": 10}
    reads = [f"course/{course}", "dashboard", f"video/{course}/x", f"resume/{course}/x", f"next-video/{course}/x"]
    posts: dict[str, dict[str, object]] = {
        "update": update,
        "complete-video": video,
        "reset-completion": {**video, "userId": UNKNOWN},
    }
    for token in (None, *tokens.values()):
        client = Client(address, token)
        replies = [client.get(path) for path in reads] + [client.post(path, body) for path, body in posts.items()]
        assert {one.status for one in replies} == {401}, (token, replies)
        assert all(one.body["message"] and not one.body.get("success") for one in replies)


def knows_its_courses(client: Client, not_bought: str | None) -> None:
    """Check that a course that was not bought is forbidden and an unknown one not found."""
    for course, status in ((not_bought, 403), (UNKNOWN, 404)):
        if course is None:
            continue
        video = {"courseId": course, "videoId": UNKNOWN}
        refused(client.get(f"course/{course}"), status)
        refused(client.get(f"video/{course}/{UNKNOWN}"), status)
        refused(client.get(f"resume/{course}/{UNKNOWN}"), status)
        refused(client.get(f"next-video/{course}/{UNKNOWN}"), status)
        refused(client.post("update", {**video, "watchedDuration": 1, "totalDuration": 10}), status)
        refused(client.post("complete-video", video), status)


def main(address: str, secret: str, course: str, user_id: str, not_bought: str | None = None) -> int:
    """Go through everything; return the exit status."""
    user = Client(address, make_token(secret, user_id))
    admin = Client(address, make_token(secret, user_id, role="admin"))
    strangers = {
        "signed by somebody else": make_token("x" * 40, user_id),
        "called back": make_token(secret, user_id, version=1),
        "of nobody": make_token(secret, UNKNOWN),
        "no token": "nonsense",
    }
    refuses_strangers(address, strangers, course)
    knows_its_courses(user, not_bought)
    for step in Walk(user, admin, course, user_id)():
        sys.stdout.write(f"ok {step}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
