"""Records: everything that is stored about one learner in one video, to be handed over to the learner."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playhead.domain.progress import Progress


@dataclass(frozen=True, slots=True)
class Record:
    """What is stored: all `fields` as plain JSON, ids as text and times in ISO 8601, and what they mean as progress."""

    progress: Progress
    fields: Mapping[str, Any]
