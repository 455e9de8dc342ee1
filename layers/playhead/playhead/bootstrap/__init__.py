"""The composition root: picks the adapters of each use case, lazily, once per environment; connects to nothing itself.

Imports of adapters and use cases stand inside the functions of its modules, since an environment runs one function.
"""

import time

from playhead.bootstrap.changing import change_progress
from playhead.bootstrap.learner import erase_learner, export_learner, jwt_verifier, manage_settings
from playhead.bootstrap.old_endpoints import change_old_progress, link_videos, read_old_progress, update_old_progress
from playhead.bootstrap.reading import (
    check_health,
    continue_watching,
    list_progress,
    read_changes,
    read_course_progress,
    read_habits,
    read_history,
    read_progress,
)
from playhead.bootstrap.scheduled import apply_retention, publish_events
from playhead.bootstrap.writing import replay_reports, report_progress

__all__ = [
    "apply_retention",
    "change_old_progress",
    "change_progress",
    "check_health",
    "continue_watching",
    "erase_learner",
    "export_learner",
    "jwt_verifier",
    "link_videos",
    "list_progress",
    "manage_settings",
    "now_ms",
    "publish_events",
    "read_changes",
    "read_course_progress",
    "read_habits",
    "read_history",
    "read_old_progress",
    "read_progress",
    "replay_reports",
    "report_progress",
    "update_old_progress",
]


def now_ms() -> int:
    """Return the time in ms since the epoch: the one clock that handlers pass in."""
    return time.time_ns() // 1_000_000
