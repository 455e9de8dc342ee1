"""A learner's settings over the wire, as they are asked for and as they are given."""

from typing import Annotated

from pydantic import ConfigDict, Field

from playhead.api import examples
from playhead.api.requests import WireModel
from playhead.domain.learner import Learner


class SettingsBody(WireModel):
    """What the learner has chosen."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SETTINGS]})

    history: Annotated[bool, Field(strict=True)] = Field(
        description="Whether viewings are kept: where they ended, on which devices, and how much on which day."
    )


def settings_body(learner: Learner) -> SettingsBody:
    """Return settings as they go over the wire."""
    return SettingsBody(history=learner.history)
