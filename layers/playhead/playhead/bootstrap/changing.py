"""What learners change by hand."""
# ruff: noqa: PLC0415 - an environment runs one function and loads only what that one needs

import os
from functools import cache
from typing import TYPE_CHECKING

from playhead import settings
from playhead.bootstrap.shared import database_for, entitlement_for

if TYPE_CHECKING:
    from playhead.usecases.change_progress import ChangeProgress


@cache
def change_progress() -> "ChangeProgress":
    """Return the use cases of what a learner does by hand."""
    from playhead.adapters.mongo_changes import MongoProgressChanges
    from playhead.adapters.mongo_progress import COLLECTION
    from playhead.usecases.change_progress import ChangeProgress

    chosen = settings.ChangeSettings.from_environment(os.environ)
    database = database_for(chosen)
    return ChangeProgress(
        changes=MongoProgressChanges(database[COLLECTION]),
        entitlement=entitlement_for(chosen, database),
        threshold=chosen.completion_threshold_percent,
    )
