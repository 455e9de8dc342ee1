"""Progress over the wire: with its ranges where it is asked for alone, without them in lists; times in ISO 8601."""

from datetime import UTC, datetime
from typing import Any

from pydantic import ConfigDict, Field

from playhead.api import examples
from playhead.api.requests import WireModel
from playhead.domain.progress import Progress
from playhead.domain.report import Position
from playhead.domain.resume import Reason, resume


class ResumeBody(WireModel):
    """Where a player should start, and why."""

    position: float = Field(description="In seconds.")
    reason: Reason = Field(description="start: nothing to continue; continue: go on; finished: start over and say so.")


class DevicePositionBody(WireModel):
    """Where the playhead was last on a device."""

    device: str
    position: float = Field(description="In seconds.")
    at: datetime


class ProgressBody(WireModel):
    """One learner in one video. Seconds of the video, times in ISO 8601 UTC."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PROGRESS]})

    course_id: str
    video_id: str
    position: float
    position_at: datetime | None
    duration: float = Field(description="0 where nothing is known yet.")
    furthest: float = Field(description="The largest second reached.")
    watched: list[tuple[int, int]] = Field(description="What was really watched: half-open ranges [start, end).")
    watched_seconds: int
    watched_percentage: int = Field(description="Whole percent; it never goes down.", ge=0, le=100)
    completed: bool
    completed_at: datetime | None
    watch_count: int = Field(description="How many viewings.")
    last_watched_at: datetime | None
    resume: ResumeBody
    other_device: DevicePositionBody | None = Field(
        description="Where another device went on after the one that was asked for, more than 30 s from it; else null."
    )


def progress_body(progress: Progress, other_device: Position | None = None) -> ProgressBody:
    """Return progress as it goes over the wire; a read may know of another device that went on since."""
    return ProgressBody(
        **summed_up(progress),
        position_at=to_time(progress.position.at) if progress.position else None,
        furthest=progress.furthest,
        watched=list(progress.watched),
        watched_seconds=progress.watched_seconds,
        watch_count=progress.watch_count,
        other_device=_device_position(other_device) if other_device else None,
    )


def summed_up(progress: Progress) -> dict[str, Any]:
    """Return the fields that progress has in lists too."""
    start = resume(progress)
    return {
        "course_id": progress.key.course_id,
        "video_id": progress.key.video_id,
        "position": progress.position.seconds if progress.position else 0,
        "duration": progress.duration,
        "watched_percentage": progress.percentage,
        "completed": progress.completed,
        "completed_at": to_time(progress.completed_at),
        "last_watched_at": to_time(progress.last_at),
        "resume": ResumeBody(position=start.position, reason=start.reason),
    }


def _device_position(position: Position) -> DevicePositionBody:
    return DevicePositionBody(device=position.device, position=position.seconds, at=from_ms(position.at))


def to_time(ms: int | None) -> datetime | None:
    """Return ms since the epoch as a time in UTC."""
    return None if ms is None else from_ms(ms)


def from_ms(ms: int) -> datetime:
    """Return ms since the epoch as a time in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC)
