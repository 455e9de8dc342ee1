"""History over the wire: where the last viewings of a video ended."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import ConfigDict, Field

from playhead.api import examples
from playhead.api.progress import from_ms
from playhead.api.requests import WireModel
from playhead.domain.report import Position


class ViewingBody(WireModel):
    """Where a viewing ended."""

    session: str = Field(description="The viewing, in the ULID spelling.")
    position: float = Field(description="In seconds.")
    at: datetime
    device: str | None


class HistoryBody(WireModel):
    """The last ten viewings of a video, the latest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.HISTORY]})

    items: list[ViewingBody]


def history_body(viewings: Sequence[Position]) -> HistoryBody:
    """Return viewings as they go over the wire."""
    return HistoryBody(
        items=[
            ViewingBody(session=one.session, position=one.seconds, at=from_ms(one.at), device=one.device or None)
            for one in viewings
        ]
    )
