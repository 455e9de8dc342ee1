"""xAPI: what is stored of a learner in a video, as statements of the video profile (https://w3id.org/xapi/video).

Stored is a state, not a log: so each viewing is initialized, the latest paused with all that was watched, and a
completion completed. Where playing began is not kept, so nothing is said to have been played from somewhere. The id of
a statement is made of its content: the same twice is the same statement, and one that says more is another.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from playhead.domain.progress import COMPLETE_PERCENT, Progress
from playhead.domain.ranges import Ranges
from playhead.domain.report import Position
from playhead.domain.session import started_at

type Statement = dict[str, Any]

PROFILE = "https://w3id.org/xapi/video"
_EXTENSIONS = f"{PROFILE}/extensions"
_INITIALIZED = "http://adlnet.gov/expapi/verbs/initialized"
_PAUSED = f"{PROFILE}/verbs/paused"
_COMPLETED = "http://adlnet.gov/expapi/verbs/completed"


@dataclass(frozen=True, slots=True)
class Profile:
    """What statements need beside the progress: the API's address, and the completion threshold in percent."""

    home: str
    threshold: int


def statements(progress: Progress, profile: Profile) -> list[Statement]:
    """Return the statements, the earliest first; none of a video whose length is not known, which the profile needs."""
    if progress.duration <= 0:
        return []
    made = [_initialized(progress, profile, one) for one in progress.viewings]
    last = _last_place(progress)
    if last:
        made.append(_paused(progress, profile, last))
    completed_at = progress.completed_at or progress.last_at
    if progress.completed and completed_at is not None:
        made.append(_completed(progress, profile, completed_at))
    return sorted(made, key=lambda one: str(one["timestamp"]))


def played_segments(watched: Ranges) -> str:
    """Return ranges as the profile spells them: 0[.]42[,]50[.]60."""
    return "[,]".join(f"{start}[.]{end}" for start, end in watched)


def _last_place(progress: Progress) -> Position | None:
    """Return where the last viewing of this attempt ended, else the playhead of a document that knows no viewings."""
    began = progress.attempt_at or 0
    viewings = [one for one in progress.viewings if started_at(one.session) >= began]
    return max(viewings, default=None) if progress.viewings else progress.position


def _initialized(progress: Progress, profile: Profile, viewing: Position) -> Statement:
    began = min(started_at(viewing.session), viewing.at)
    return _statement(progress, profile, (_INITIALIZED, "initialized"), began, viewing.session)


def _paused(progress: Progress, profile: Profile, last: Position) -> Statement:
    result = {"extensions": _reached(progress, last.seconds)}
    return _statement(progress, profile, (_PAUSED, "paused"), last.at, last.session, result)


def _completed(progress: Progress, profile: Profile, at: int) -> Statement:
    result = {
        "completion": True,
        "duration": f"PT{progress.watched_seconds}S",
        "extensions": _reached(progress, progress.furthest),
    }
    return _statement(progress, profile, (_COMPLETED, "completed"), at, "", result)


def _reached(progress: Progress, seconds: float) -> dict[str, Any]:
    covered = (
        progress.watched_seconds / progress.duration if progress.watched else progress.percentage / COMPLETE_PERCENT
    )
    return {
        f"{_EXTENSIONS}/time": round(seconds, 3),
        f"{_EXTENSIONS}/progress": round(min(1, covered), 3),
        f"{_EXTENSIONS}/played-segments": played_segments(progress.watched),
    }


def _statement(  # noqa: PLR0913, PLR0917 - the parts of a statement
    progress: Progress,
    profile: Profile,
    verb: tuple[str, str],
    at: int,
    session: str,
    result: Mapping[str, Any] | None = None,
) -> Statement:
    course = f"{profile.home}/v1/courses/{quote(progress.key.course_id, safe='')}"
    extensions = {
        f"{_EXTENSIONS}/length": progress.duration,
        f"{_EXTENSIONS}/completion-threshold": profile.threshold / COMPLETE_PERCENT,
    } | ({f"{_EXTENSIONS}/session-id": session} if session else {})
    said: Statement = {
        "actor": {"objectType": "Agent", "account": {"homePage": profile.home, "name": progress.key.user_id}},
        "verb": {"id": verb[0], "display": {"en": verb[1]}},
        "object": {
            "objectType": "Activity",
            "id": f"{course}/videos/{quote(progress.key.video_id, safe='')}",
            "definition": {"type": f"{PROFILE}/activity-type/video"},
        },
        "context": {
            "contextActivities": {
                "category": [{"objectType": "Activity", "id": PROFILE}],
                "parent": [{"objectType": "Activity", "id": course}],
            },
            "extensions": extensions,
        },
        "timestamp": datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds"),
    } | ({"result": dict(result)} if result else {})
    return {"id": str(uuid5(NAMESPACE_URL, json.dumps(said, sort_keys=True)))} | said
