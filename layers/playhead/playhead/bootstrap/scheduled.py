"""What nobody asks for: the schedule calls it."""
# ruff: noqa: PLC0415 - an environment runs one function and loads only what that one needs

import os
import time
from functools import cache
from typing import TYPE_CHECKING

from playhead import settings
from playhead.bootstrap.shared import collection_for, database_for

if TYPE_CHECKING:
    from playhead.usecases.apply_retention import ApplyRetention
    from playhead.usecases.publish_events import PublishEvents


@cache
def publish_events() -> "PublishEvents":
    """Return the use case of announcing what was completed."""
    import boto3

    from playhead.adapters.aws_budget import aws_budget
    from playhead.adapters.eventbridge_bus import EventBridgeBus
    from playhead.adapters.mongo_lists import MongoProgressLists
    from playhead.adapters.mongo_outbox import MongoOutbox
    from playhead.adapters.mongo_platform import MongoCatalogue
    from playhead.adapters.mongo_progress import COLLECTION
    from playhead.usecases.publish_events import PublishEvents

    chosen = settings.PublishSettings.from_environment(os.environ)
    database = database_for(chosen)
    return PublishEvents(
        outbox=MongoOutbox(database[COLLECTION]),
        bus=EventBridgeBus(boto3.client("events", config=aws_budget()), chosen.event_bus),
        lists=MongoProgressLists(database[COLLECTION]),
        new_catalogue=lambda: MongoCatalogue(database),
        timer=time.monotonic,
    )


@cache
def apply_retention() -> "ApplyRetention":
    """Return the use case of deleting what nobody has touched for long."""
    from playhead.adapters.mongo_retention import MongoRetention
    from playhead.usecases.apply_retention import ApplyRetention

    chosen = settings.RetentionSettings.from_environment(os.environ)
    return ApplyRetention(retention=MongoRetention(collection_for(chosen)), days=chosen.retention_days)
