"""Examples of the old endpoints for the OpenAPI document: the learner and the course of the other examples."""

from typing import Any

_COURSE = "64b000000000000000000001"
_TITLE = "How long is a minute?"
_AT = "2026-11-23T01:37:47.774Z"
_VIDEOS: list[dict[str, Any]] = [
    {"_id": "64b000000000000000000101", "title": "One minute", "duration": 60, "order": 1},
    {"_id": "64b000000000000000000102", "title": "Two minutes", "duration": 120, "order": 2},
]

VIDEO: dict[str, Any] = {"courseId": _COURSE, "videoId": _VIDEOS[1]["_id"]}
UPDATE: dict[str, Any] = {**VIDEO, "watchedDuration": 42.5, "totalDuration": "120", "timestamp": _AT}
RESET: dict[str, Any] = {**VIDEO, "userId": "64b000000000000000000a01"}

_VIDEO_PROGRESS = {
    "watchedDuration": 42.5,
    "totalDuration": 120,
    "watchedPercentage": 35,
    "completionPercentage": 35,
    "isCompleted": False,
    "lastPosition": 42.5,
}
_COURSE_PROGRESS = {
    "totalVideos": 2,
    "completedVideos": 1,
    "totalProgress": 68,
    "lastWatchedVideo": _VIDEOS[1]["_id"],
    "lastWatchedPosition": 42.5,
    "courseProgressPercentage": 68,
    "totalWatchedDuration": 102.5,
    "courseTotalDuration": 180,
}
_OF_VIDEOS = [
    {
        "watchedDuration": 60,
        "totalDuration": 60,
        "completionPercentage": 100,
        "isCompleted": True,
        "lastPosition": 60,
        "lastWatchedAt": "2026-11-23T01:30:00.000Z",
    },
    {
        "watchedDuration": 42.5,
        "totalDuration": 120,
        "completionPercentage": 35,
        "isCompleted": False,
        "lastPosition": 42.5,
        "lastWatchedAt": _AT,
    },
]


def _answer(data: dict[str, Any]) -> dict[str, Any]:
    return {"success": True, "data": data}


UPDATED = _answer({"videoProgress": _VIDEO_PROGRESS, "courseProgress": _COURSE_PROGRESS})
READ = _answer({"videoProgress": _VIDEO_PROGRESS})
COURSE = _answer(
    {
        "course": {"_id": _COURSE, "title": _TITLE, "totalVideos": 2},
        "videos": [
            {**video, "videoUrl": "", "progress": progress} for video, progress in zip(_VIDEOS, _OF_VIDEOS, strict=True)
        ],
        "overallProgress": _COURSE_PROGRESS,
    }
)
DASHBOARD = _answer(
    {
        "courses": [
            {
                "_id": _COURSE,
                "title": _TITLE,
                "duration": "2 lessons",
                "totalLessons": 2,
                "completedLessons": 1,
                "progress": 68,
                "lastWatched": _AT,
                "videos": _VIDEOS,
                "isCompleted": False,
            }
        ],
        "totalCourses": 1,
        "completedCourses": 0,
        "totalProgress": 68,
    }
)
COMPLETED = _answer(
    {
        "videoProgress": {"isCompleted": True, "completionPercentage": 100, "completedAt": _AT},
        "courseProgress": {**_COURSE_PROGRESS, "completedVideos": 2, "totalProgress": 100}
        | {"courseProgressPercentage": 100},
    }
)
NEXT = _answer({"nextVideo": _VIDEOS[1]})
RESUME = _answer({"resumePosition": 42.5, "isCompleted": False, "completionPercentage": 35, "lastWatchedAt": _AT})
RESET_DONE = _answer(
    {
        "message": "Video progress has been reset",
        "videoProgress": dict.fromkeys(_VIDEO_PROGRESS, 0) | {"totalDuration": 120, "isCompleted": False},
    }
)
REFUSED: dict[str, Any] = {"success": False, "message": "watchedDuration: Input should be a valid number"}
