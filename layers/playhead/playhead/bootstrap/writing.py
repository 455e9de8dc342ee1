"""What reports: the use case of the write path, and of what had to wait in the queue."""
# ruff: noqa: PLC0415 - an environment runs one function and loads only what that one needs

import os
import random
from functools import cache
from typing import TYPE_CHECKING

from playhead import settings
from playhead.bootstrap.shared import database_for, guarded_entitlement, guarded_store, guarded_throttle, queue_at

if TYPE_CHECKING:
    from playhead.usecases.replay_reports import ReplayReports
    from playhead.usecases.report_progress import ReportProgress


@cache
def report_progress(*, retry_writes: bool = False) -> "ReportProgress":
    """Return the use case of the write path; a merge changes nothing the second time, so the driver need not retry."""
    from playhead.adapters.mongo_platform import MongoCatalogue
    from playhead.domain.interval import Interval
    from playhead.usecases.report_progress import ReportProgress

    chosen = settings.ReportSettings.from_environment(os.environ)
    database = database_for(chosen, retry_writes=retry_writes)
    throttle = guarded_throttle(chosen.throttle_table)
    return ReportProgress(
        throttle=throttle,
        burst=throttle,
        store=guarded_store(database),
        queue=queue_at(chosen.report_queue_url),
        catalogue=MongoCatalogue(database),
        entitlement=guarded_entitlement(chosen, database),
        interval=Interval(round(chosen.update_interval_seconds * 1000), chosen.completion_threshold_percent),
        spacing_ms=chosen.urgent_spacing_ms,
        max_playback_rate=chosen.max_playback_rate,
        random=random.random,
    )


@cache
def replay_reports() -> "ReplayReports":
    """Return the use case of what had to wait in the queue."""
    from playhead.adapters.mongo_platform import MongoCatalogue
    from playhead.adapters.queue_messages import read_message
    from playhead.usecases.replay_reports import ReplayReports

    chosen = settings.ReplaySettings.from_environment(os.environ)
    database = database_for(chosen, retry_writes=False)
    return ReplayReports(
        read=read_message,
        queue=queue_at(chosen.report_queue_url),
        store=guarded_store(database),
        catalogue=MongoCatalogue(database),
        entitlement=guarded_entitlement(chosen, database),
    )
