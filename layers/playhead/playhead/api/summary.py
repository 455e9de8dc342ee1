"""Progress in lists over the wire: without its ranges."""

from datetime import datetime

from pydantic import Field

from playhead.api.progress import ResumeBody, summed_up
from playhead.api.requests import WireModel
from playhead.domain.progress import Progress


class SummaryBody(WireModel):
    """One learner in one video, without the ranges. Seconds of the video, times in ISO 8601 UTC."""

    course_id: str
    video_id: str
    position: float
    duration: float = Field(description="0 where nothing is known yet.")
    watched_percentage: int
    completed: bool
    completed_at: datetime | None
    last_watched_at: datetime | None
    resume: ResumeBody


def summary(progress: Progress) -> SummaryBody:
    """Return progress without its ranges as it goes over the wire."""
    return SummaryBody(**summed_up(progress))
