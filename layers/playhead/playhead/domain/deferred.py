"""Deferred: what a request contributes, kept for the time when the store answers again; merging it late is the same."""

from dataclasses import dataclass

from playhead.domain.progress import Contribution


@dataclass(frozen=True, slots=True)
class Deferred:
    """The contributions of one request; `entitled` tells whether it was asked that the learner may make them."""

    contributions: tuple[Contribution, ...]
    entitled: bool
