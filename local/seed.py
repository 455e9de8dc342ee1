"""Gives the local database a course of three videos and two learners, as the old system stores them; safe to repeat."""

from typing import Any

from bson import ObjectId
from pymongo import MongoClient, ReplaceOne
from pymongo.database import Database

from playhead.adapters.mongo_indexes import ensure_indexes

COURSE = ObjectId("64b000000000000000000001")
TITLE = "How long is a minute?"
VIDEOS: tuple[dict[str, Any], ...] = (
    {"_id": ObjectId("64b000000000000000000101"), "title": "One minute", "duration": 60, "clip": "one-minute.webm"},
    {"_id": ObjectId("64b000000000000000000102"), "title": "Two minutes", "duration": 120, "clip": "two-minutes.webm"},
    {
        "_id": ObjectId("64b000000000000000000103"),
        "title": "Twenty seconds",
        "duration": 20,
        "clip": "twenty-seconds.webm",
    },
)
LEARNERS: tuple[dict[str, Any], ...] = (
    {"_id": ObjectId("64b000000000000000000a01"), "name": "Ada"},
    {"_id": ObjectId("64b000000000000000000a02"), "name": "Grace"},
)


def seed(uri: str, database_name: str) -> None:
    """Write the demo course, its videos and its learners, and the indexes; what learners have done stays."""
    with MongoClient[dict[str, Any]](uri) as client:
        database = client[database_name]
        ensure_indexes(database)
        _put(database, "courses", [{"_id": COURSE, "title": TITLE, "videos": [video["_id"] for video in VIDEOS]}])
        _put(database, "videos", [_video(order, video) for order, video in enumerate(VIDEOS, start=1)])
        _put(database, "users", [_learner(learner) for learner in LEARNERS])


def page_settings() -> dict[str, Any]:
    """Return what the page shows to choose from."""
    return {
        "course": {"id": str(COURSE), "title": TITLE},
        "videos": [
            {
                "id": str(one["_id"]),
                "title": one["title"],
                "duration": one["duration"],
                "source": f"/page/clips/{one['clip']}",
            }
            for one in VIDEOS
        ],
        "learners": [{"id": str(one["_id"]), "name": one["name"]} for one in LEARNERS],
    }


def _video(order: int, video: dict[str, Any]) -> dict[str, Any]:
    kept = {name: video[name] for name in ("_id", "title", "duration")}
    return {**kept, "order": order, "s3Key": f"demo/{video['clip']}"}


def _learner(learner: dict[str, Any]) -> dict[str, Any]:
    return {**learner, "purchasedCourses": [COURSE], "role": "student", "status": "active", "tokenVersion": 0}


def _put(database: Database[dict[str, Any]], collection: str, documents: list[dict[str, Any]]) -> None:
    database[collection].bulk_write([ReplaceOne({"_id": one["_id"]}, one, upsert=True) for one in documents])
