"""Examples for the OpenAPI document: one learner, a minute into the second video of a course of three."""

from typing import Any

_COURSE, _VIDEO = "64b000000000000000000001", "64b000000000000000000102"
_SESSION = "01M830TNYGBZRY149H2407MD27"
_AT = "2026-11-23T01:37:47.774Z"
_RESUME = {"position": 39.5, "reason": "continue"}

REPORT_REQUEST: dict[str, Any] = {
    "sentAt": 1795397868200,
    "reports": [
        {
            "courseId": _COURSE,
            "videoId": _VIDEO,
            "event": "pause",
            "position": 42.5,
            "duration": 120,
            "watched": [[0, 42]],
            "session": _SESSION,
            "seq": 3,
            "at": 1795397867774,
            "device": "laptop",
        },
    ],
}
PROGRESS: dict[str, Any] = {
    "courseId": _COURSE,
    "videoId": _VIDEO,
    "position": 42.5,
    "positionAt": _AT,
    "duration": 120,
    "furthest": 42.5,
    "watched": [[0, 42]],
    "watchedSeconds": 42,
    "watchedPercentage": 35,
    "completed": False,
    "completedAt": None,
    "watchCount": 1,
    "lastWatchedAt": _AT,
    "resume": _RESUME,
    "otherDevice": None,
}
REPORT_ANSWER: dict[str, Any] = {
    "results": [
        {
            "courseId": _COURSE,
            "videoId": _VIDEO,
            "session": _SESSION,
            "seq": 3,
            "outcome": "applied",
            "progress": PROGRESS,
        },
    ],
    "nextUpdateMs": 27134,
}
SUMMARY: dict[str, Any] = {
    name: PROGRESS[name]
    for name in (
        "courseId",
        "videoId",
        "position",
        "duration",
        "watchedPercentage",
        "completed",
        "completedAt",
        "lastWatchedAt",
        "resume",
    )
}
COURSE_PROGRESS: dict[str, Any] = {
    "courseId": _COURSE,
    "title": "How long is a minute?",
    "videos": [SUMMARY | {"title": "Two minutes", "optional": False, "newContent": False}],
    "totalVideos": 1,
    "completedVideos": 0,
    "watchedPercentage": 35,
    "completed": False,
    "newContent": False,
    "nextVideoId": _VIDEO,
    "lastWatchedVideoId": _VIDEO,
}
PAGE: dict[str, Any] = {"items": [SUMMARY], "nextCursor": "WyJhbGdlYnJhIiwgImdyb3VwcyJd"}
UNFINISHED: dict[str, Any] = {"items": [SUMMARY]}
CHANGES: dict[str, Any] = {
    "items": [SUMMARY | {"hidden": False, "attempt": 1, "changedAt": _AT}],
    "nextCursor": "WzE4MDAwMDAwMDAwMDAsIjZiMDM1YTVkMWMyYjNhNDk1ODY3NzY4NSIsIiJd",
    "more": False,
    "erasedAt": None,
}
HISTORY: dict[str, Any] = {"items": [{"session": _SESSION, "position": 42.5, "at": _AT, "device": "laptop"}]}
HABITS: dict[str, Any] = {
    "timeZone": "Europe/Vienna",
    "days": [{"date": "2026-11-22", "watchedSeconds": 1260}, {"date": "2026-11-23", "watchedSeconds": 0}],
    "streak": {"current": 1, "longest": 1},
}
EXPORT: dict[str, Any] = {
    "items": [
        {
            "_id": "6b035a5d1c2b3a4958677685",
            "userId": "64b000000000000000000a01",
            "courseId": _COURSE,
            "videoId": _VIDEO,
            "watchedPercentage": 35,
            "lastWatchedAt": _AT,
            "playback": {"watched": [{"start": 0, "end": 42}], "watchedSeconds": 42},
        },
    ],
    "nextCursor": None,
    "settings": {"history": True},
}
SETTINGS: dict[str, Any] = {"history": True}
ERASURE: dict[str, Any] = {"erasedAt": _AT, "videos": 1}
HEALTH: dict[str, Any] = {"status": "ok", "checks": {"mongodb": "ok"}}
PROBLEM: dict[str, Any] = {
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "code": "invalid_request",
    "detail": "limit: Input should be greater than or equal to 1",
    "errors": [{"field": "limit", "reason": "Input should be greater than or equal to 1"}],
}
