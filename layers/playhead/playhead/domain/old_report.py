"""Old reports: an update of the old kind as a report, and from what it changes, whether it may wait."""

from datetime import UTC, datetime
from hashlib import sha256

from playhead.domain.progress import COMPLETE_PERCENT, Progress
from playhead.domain.report import Event, Key, Report
from playhead.domain.session import ulid

_SLACK_SECONDS = 5


def old_percent(watched_duration: float, total_duration: float) -> int:
    """Return the percentage as the old application counts it: of the playhead, rounded as JavaScript rounds."""
    if total_duration <= 0:
        return 0
    return int(min(COMPLETE_PERCENT, COMPLETE_PERCENT * watched_duration / total_duration) + 0.5)


def old_session(user_id: str, at: int) -> str:
    """Return the session of a learner's old reports of one day (UTC), made from these alone; `at` in ms."""
    day = datetime.fromtimestamp(at / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    digest = sha256(f"{user_id} {day:%Y-%m-%d}".encode()).digest()
    return ulid(int(day.timestamp()) * 1000, int.from_bytes(digest[:10]))


def old_report(key: Key, watched_duration: float, total_duration: float, at: int) -> Report:
    """Return an update of the old kind, which carries the playhead as `watchedDuration`; `at` in ms, not after receipt.

    It tells nothing of what was really watched. Each is a session's beginning to an attempt: none outlives a reset.
    """
    return Report(
        key=key,
        event=Event.TIMEUPDATE,
        position=round(min(watched_duration, total_duration or watched_duration), 3),
        duration=total_duration,
        watched=(),
        session=old_session(key.user_id, at),
        seq=at,
        at=at,
        session_at=at,
        reported_percentage=old_percent(watched_duration, total_duration),
    )


def may_not_wait(report: Report, stored: Progress, threshold: int, max_rate: float) -> bool:
    """Tell whether a report completes the video, or moves the playhead back, or further on than playing would.

    Old clients name no event: what a report changes is all that tells a seek or an end from plain playing.
    """
    if not stored.completed and report.reported_percentage >= threshold:
        return True
    if stored.position is None:
        return False
    moved = report.position - stored.position.seconds
    elapsed = max(0, report.at - stored.position.at) / 1000
    back = moved < 0 and report.at > stored.position.at
    return back or moved > elapsed * max_rate + _SLACK_SECONDS
