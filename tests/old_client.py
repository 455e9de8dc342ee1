"""A user of the old application in a test: an account, a course to buy, and events as its client sends them."""

from typing import Any

from bson import ObjectId
from pymongo.database import Database

from tests.builders import http_event, identity_of
from tests.handlers import Answer, Backend

COURSE, EMPTY_COURSE, OTHER_COURSE = (ObjectId(f"64b00000000000000000000{number}") for number in (1, 2, 3))
VIDEOS = tuple(ObjectId(f"64b00000000000000000010{number}") for number in (1, 2, 3))
SECONDS = (100, 200, 300)


def give_course(database: Database[dict[str, Any]]) -> None:
    """Put a course of three videos (their list is not in their order), an empty one and one that nobody bought."""
    database["courses"].insert_many(
        [
            {"_id": COURSE, "title": "A course", "thumbnail": "a.png", "videos": [VIDEOS[2], VIDEOS[0], VIDEOS[1]]},
            {"_id": EMPTY_COURSE, "title": "To come", "videos": []},
            {"_id": OTHER_COURSE, "title": "Another", "videos": [VIDEOS[0]]},
        ]
    )
    database["videos"].insert_many(
        [
            {"_id": one, "title": f"Video {order}", "duration": seconds, "order": order, "s3Key": f"course/{order}.mp4"}
            for order, (one, seconds) in enumerate(zip(VIDEOS, SECONDS, strict=True), start=1)
        ]
    )


class OldUser:
    """A user with an account of the test's making, and the client of the old application on the handler."""

    def __init__(self, backend: Backend, **account: Any) -> None:  # noqa: ANN401 - any field of the account
        self.backend = backend
        self._id = ObjectId()
        fields = {"purchasedCourses": [COURSE, EMPTY_COURSE], "role": "student", "status": "active", "tokenVersion": 0}
        backend.database["users"].insert_one({"_id": self._id, **fields, **account})
        self.id = str(self._id)
        self.context = identity_of(self.id, role="student", tokenVersion=0)

    def get(self, path: str) -> Answer:
        """Get from under /api/progress."""
        return self.backend.call("serve_old_api", http_event("GET", f"/api/progress/{path}", authorizer=self.context))

    def post(self, path: str, body: object) -> Answer:
        """Post under /api/progress."""
        event = http_event("POST", f"/api/progress/{path}", body=body, authorizer=self.context)
        return self.backend.call("serve_old_api", event)

    def update(self, watched: object, total: object = SECONDS[0], video: object = VIDEOS[0], **more: object) -> Answer:
        """Send an update."""
        fields = {"courseId": str(COURSE), "videoId": str(video), "watchedDuration": watched, "totalDuration": total}
        return self.post("update", {name: value for name, value in (fields | more).items() if value is not ...})

    def stored(self, video: ObjectId = VIDEOS[0]) -> dict[str, Any]:
        """Return the document of a video."""
        found = self.backend.database["progresses"].find_one({"userId": self._id, "courseId": COURSE, "videoId": video})
        assert found is not None
        return found
