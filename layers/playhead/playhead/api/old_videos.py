"""What the old endpoints give of one video, in the old names, and how the domain's values are spelt in them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from playhead.api.progress import to_time
from playhead.domain.enrolment import Lesson, Published
from playhead.domain.times import spelt_time


def _spelt_number(value: float) -> float:
    return int(value) if value.is_integer() else value


# As JavaScript spells them: some clients' languages read 1 as a whole number, and 1.0 not.
Number = Annotated[float, PlainSerializer(_spelt_number, return_type=Any), WithJsonSchema({"type": "number"})]
Time = Annotated[datetime, PlainSerializer(spelt_time), WithJsonSchema({"type": "string", "format": "date-time"})]


class OldModel(BaseModel):
    """A JSON object of the old kind."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True)


class OldVideoProgress(OldModel):
    """One learner in one video, in the old meaning: seconds and whole percent."""

    watched_duration: Number = Field(description="The largest second reached; it never goes down.")
    total_duration: Number
    watched_percentage: int
    completion_percentage: int
    is_completed: bool
    last_position: Number = Field(description="Where the playhead was last.")


class OldListed(OldModel):
    """A video in a list."""

    id: str = Field(alias="_id")
    title: str
    duration: Number
    order: Number | None


class OldReadAnswer(OldModel):
    """A video's progress."""

    video_progress: OldVideoProgress


class OldNextAnswer(OldModel):
    """The next video, null after the last."""

    next_video: OldListed | None


class OldResumeAnswer(OldModel):
    """Where to go on."""

    resume_position: Number
    is_completed: bool
    completion_percentage: int
    last_watched_at: Time | None = None


class OldResetAnswer(OldModel):
    """What is published after a reset."""

    message: str
    video_progress: OldVideoProgress


def video_progress(published: Published) -> OldVideoProgress:
    """Return a video's progress as it is answered."""
    progress = published.progress
    return OldVideoProgress(
        watched_duration=published.watched_duration,
        total_duration=progress.duration,
        watched_percentage=progress.percentage,
        completion_percentage=published.completion_percentage,
        is_completed=progress.completed,
        last_position=published.last_position,
    )


def next_answer(lesson: Lesson | None) -> OldNextAnswer:
    """Return the next video as it is answered."""
    return OldNextAnswer(next_video=OldListed(**listed(lesson)) if lesson else None)


def resume_answer(published: Published) -> OldResumeAnswer:
    """Return where to go on as it is answered; when it was watched last is left out where it never was."""
    answer = OldResumeAnswer(
        resume_position=published.last_position,
        is_completed=published.progress.completed,
        completion_percentage=published.completion_percentage,
    )
    last_at = to_time(published.progress.last_at)
    return answer if last_at is None else answer.model_copy(update={"last_watched_at": last_at})


def listed(lesson: Lesson) -> dict[str, Any]:
    """Return the fields of a video in a list."""
    return {"id": lesson.video_id, "title": lesson.title, "duration": lesson.duration, "order": lesson.order}
