"""Learners: what is known of one whatever they watch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Learner:
    """`erased_at` is when in ms the learner last had everything erased; `history` whether their viewings are kept."""

    erased_at: int | None = None
    history: bool = True
