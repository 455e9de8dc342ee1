"""Left out: why a store did not take what it was given."""

from collections.abc import Sequence

from playhead.domain.errors import AttemptOver, Erased, PlayheadError, TooFragmented
from playhead.domain.progress import Contribution, is_erased, is_over
from playhead.ports import ProgressStore


def refusals(store: ProgressStore, left_out: Sequence[Contribution]) -> dict[Contribution, str]:
    """Say of each contribution why: after an erasure, after a reset, or too many ranges. Raises StoreUnavailable."""
    erased_at = {user_id: store.erased_at(user_id) for user_id in {one.key.user_id for one in left_out}}
    return {one: _refusal(store, one, erased_at[one.key.user_id]).code for one in left_out}


def _refusal(store: ProgressStore, left_out: Contribution, erased_at: int | None) -> type[PlayheadError]:
    if is_erased(left_out, erased_at):
        return Erased
    return AttemptOver if is_over(store.read(left_out.key), left_out) else TooFragmented
