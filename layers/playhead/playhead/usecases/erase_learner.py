"""Erase: everything that is stored about a learner goes, and late reports bring nothing back."""

from dataclasses import dataclass

from playhead.ports import LearnerClaims, LearnerErasure


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseLearner:
    """The use case, with the ports it needs."""

    erasure: LearnerErasure
    claims: LearnerClaims

    def __call__(self, user_id: str, now: int) -> int:
        """Erase at a time in ms; return of how many videos progress was stored.

        What fails half way can be asked for again: the keys, from which claims are found, go last. Raises
        StoreUnavailable.
        """
        self.erasure.mark(user_id, now)
        self.claims.forget(user_id, self.erasure.keys(user_id))
        return self.erasure.delete(user_id)
