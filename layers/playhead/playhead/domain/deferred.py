"""Deferred: what a request brought, kept for the time when the store answers again; merging it late is the same."""

from dataclasses import dataclass

from playhead.domain.playback import gather
from playhead.domain.progress import Contribution
from playhead.domain.report import Key, Report


@dataclass(frozen=True, slots=True)
class Accepted:
    """One session's reports of a key (at least one) as they were believed when they came, and what was known then.

    It is kept as reports and not as what they contribute: a later release may make more of them. `received_at` is in
    ms, `threshold` a percentage; the rest is as in a contribution.
    """

    reports: tuple[Report, ...]
    received_at: int
    threshold: int
    catalogue_duration: float | None = None
    unverified_seconds: int = 0

    @property
    def key(self) -> Key:
        """Whose progress in which video."""
        return self.reports[0].key

    def contribution(self) -> Contribution:
        """Return what it adds to its key."""
        return Contribution(
            key=self.key,
            playback=gather(self.reports),
            received_at=self.received_at,
            threshold=self.threshold,
            session_at=min(one.session_at for one in self.reports),
            catalogue_duration=self.catalogue_duration,
            unverified_seconds=self.unverified_seconds,
            reported_percentage=max(one.reported_percentage for one in self.reports),
        )


@dataclass(frozen=True, slots=True)
class Deferred:
    """What was accepted of one request; `entitled` tells whether somebody knew that the learner may track it."""

    accepted: tuple[Accepted, ...]
    entitled: bool

    @property
    def received_at(self) -> int:
        """When the request came, in ms."""
        return min(one.received_at for one in self.accepted)
