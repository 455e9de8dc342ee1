"""Manage settings: what a learner may choose of what is kept about them."""

from dataclasses import dataclass

from playhead.domain.learner import Learner
from playhead.ports import LearnerSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageSettings:
    """The use cases, with the port they need. All raise StoreUnavailable."""

    settings: LearnerSettings

    def read(self, user_id: str) -> Learner:
        """Return what the learner has set, or what holds where nothing is."""
        return self.settings.read(user_id)

    def set_history(self, user_id: str, now: int, *, kept: bool) -> Learner:
        """Keep viewings, or forget them and keep none, from now (ms) on; what fails half way can be asked again."""
        self.settings.set_history(user_id, now, kept=kept)
        return self.settings.read(user_id)
