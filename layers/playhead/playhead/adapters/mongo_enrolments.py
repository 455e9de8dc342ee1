"""Enrolments on MongoDB: account, entitlement, course, videos and progress by one aggregation, so one round trip.

Each joined collection is read through an index: `_id` of the platform's own, the key index of progress. The platform's
documents may hold the ids of other documents as ObjectIds or as text.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.database import Database

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import either_id, number, progress_of, spelt_id, stored_id
from playhead.adapters.mongo_expressions import Expression
from playhead.adapters.mongo_lists import SUMMARY
from playhead.adapters.mongo_platform import in_order, listed_ids
from playhead.adapters.mongo_progress import COLLECTION, unavailable
from playhead.domain.enrolment import Account, Enrolled, Enrolment, Lesson, OldCourse, Published
from playhead.domain.progress import COMPLETE_PERCENT
from playhead.domain.report import Key

_ACTIVE = "active"
_ACCOUNT: Document = {"role": 1, "status": 1, "tokenVersion": 1}
_COURSE: Document = {"$project": {"title": 1, "thumbnail": 1, "videos": 1}}
_VIDEO: Document = {"$project": {"title": 1, "duration": 1, "order": 1, "s3Key": 1}}
_PROGRESS: Document = SUMMARY | {"completionPercentage": 1, "playback.attemptAt": 1}


class MongoEnrolments:
    """The port Enrolments on the collections `users`, `courses`, `videos` and that of progress."""

    def __init__(self, database: Database[Document]) -> None:
        """Take the database."""
        self._users = database["users"]

    def of_course(self, user_id: str, course_id: str, learner_id: str) -> Enrolled | None:
        """Return a user's account and a learner's enrolment in a course, whether or not it was bought."""
        either = either_id(course_id)
        bought = {"$gt": [{"$size": {"$setIntersection": [_array("$purchasedCourses"), {"$literal": either}]}}, 0]}
        progress = {"userId": stored_id(learner_id), "courseId": stored_id(course_id)}
        found = self._read(
            {"_id": {"$in": either_id(user_id)}},
            [
                {"$project": {**_ACCOUNT, "bought": bought}},
                {
                    "$lookup": {
                        "from": "courses",
                        "pipeline": [{"$match": {"_id": {"$in": either}}}, _COURSE],
                        "as": "courses",
                    }
                },
            ],
            progress,
        )
        if found is None:
            return None
        course = (
            _course(found["courses"][0], found["videos"]) if found["courses"] else OldCourse(course_id, known=False)
        )
        return Enrolled(_account(found), (_enrolment(learner_id, course, found["progress"], bought=found["bought"]),))

    def of_learner(self, user_id: str) -> Enrolled | None:
        """Return a user's account and an enrolment in each course that was bought, in the order of buying."""
        ids = {"$project": {**_ACCOUNT, "purchasedCourses": 1, "courseIds": _ids("$purchasedCourses")}}
        joined = {"from": "courses", "localField": "courseIds", "foreignField": "_id", "pipeline": [_COURSE]}
        query = {"_id": {"$in": either_id(user_id)}}
        found = self._read(query, [ids, {"$lookup": {**joined, "as": "courses"}}], {"userId": stored_id(user_id)})
        if found is None:
            return None
        bought = [spelt_id(stored_id(spelt_id(one))) for one in found.get("purchasedCourses") or ()]
        courses = sorted(found["courses"], key=lambda one: bought.index(spelt_id(one["_id"])))
        enrolments = (
            _enrolment(user_id, _course(one, found["videos"]), found["progress"], bought=True) for one in courses
        )
        return Enrolled(_account(found), tuple(enrolments))

    def _read(self, user: Document, courses: Sequence[Document], progress: Document) -> Document | None:
        """Return a user joined with courses, with the videos of these and with progress."""
        listed = {"$reduce": {"input": "$courses.videos", "initialValue": [], "in": _joined("$$value", "$$this")}}
        stages: list[Document] = [
            {"$match": user},
            {"$limit": 1},
            *courses,
            {"$set": {"videoIds": _ids(listed)}},
            {
                "$lookup": {
                    "from": "videos",
                    "localField": "videoIds",
                    "foreignField": "_id",
                    "pipeline": [_VIDEO],
                    "as": "videos",
                },
            },
            {
                "$lookup": {
                    "from": COLLECTION,
                    "pipeline": [{"$match": progress}, {"$project": _PROGRESS}],
                    "as": "progress",
                }
            },
            {"$unset": ["videoIds", "courseIds"]},
        ]
        with unavailable():
            return next(iter(self._users.aggregate(stages)), None)


def _array(path: Expression) -> Expression:
    return {"$cond": [{"$isArray": [path]}, path, []]}


def _joined(one: Expression, other: Expression) -> Expression:
    return {"$concatArrays": [one, _array(other)]}


def _ids(path: Expression) -> Expression:
    """Return the ids of an array as they stand and, where they are texts of ObjectIds, as these too."""
    as_object_id = {"$convert": {"input": "$$one", "to": "objectId", "onError": None, "onNull": None}}
    both = {"$concatArrays": ["$$ids", {"$map": {"input": "$$ids", "as": "one", "in": as_object_id}}]}
    return {"$let": {"vars": {"ids": _array(path)}, "in": both}}


def _account(user: Mapping[str, Any]) -> Account:
    version = user.get("tokenVersion")
    return Account(
        role=str(user.get("role") or ""),
        active=user.get("status", _ACTIVE) == _ACTIVE,
        token_version=int(number(version)),
    )


def _course(course: Document, videos: Sequence[Document]) -> OldCourse:
    ids = listed_ids(course)
    listed = set(map(spelt_id, ids))
    own = in_order((one for one in videos if spelt_id(one["_id"]) in listed), ids)
    return OldCourse(
        course_id=spelt_id(course["_id"]),
        title=str(course.get("title") or ""),
        thumbnail=course.get("thumbnail") if isinstance(course.get("thumbnail"), str) else None,
        lessons=tuple(map(_lesson, own)),
    )


def _lesson(video: Document) -> Lesson:
    order, s3_key = video.get("order"), video.get("s3Key")
    return Lesson(
        video_id=spelt_id(video["_id"]),
        title=str(video.get("title") or ""),
        duration=number(video.get("duration")),
        order=order if isinstance(order, int | float) else None,
        s3_key=s3_key if isinstance(s3_key, str) else "",
    )


def _enrolment(user_id: str, course: OldCourse, progress: Sequence[Document], *, bought: bool) -> Enrolment:
    published = {}
    for one in progress:
        if spelt_id(one["courseId"]) == course.course_id:
            key = Key(user_id, course.course_id, spelt_id(one["videoId"]))
            published[key.video_id] = _published(key, one)
    return Enrolment(user_id, course, bought, published)


def _published(key: Key, document: Document) -> Published:
    return Published(
        progress=progress_of(key, document),
        watched_duration=number(document.get("watchedDuration")),
        completion_percentage=min(COMPLETE_PERCENT, int(number(document.get("completionPercentage")))),
    )
