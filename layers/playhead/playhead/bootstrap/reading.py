"""What reads: one video, a course, lists, changes, habits; and the health check."""
# ruff: noqa: PLC0415 - an environment runs one function and loads only what that one needs

import os
import time
from functools import cache
from typing import TYPE_CHECKING

from playhead import settings
from playhead.bootstrap.shared import collection_for, database_for, entitlement_for

if TYPE_CHECKING:
    from playhead.ports import Entitlement, ProgressLists, ProgressStore
    from playhead.usecases.check_health import CheckHealth
    from playhead.usecases.list_progress import ContinueWatching, ListProgress
    from playhead.usecases.read_changes import ReadChanges
    from playhead.usecases.read_course_progress import ReadCourseProgress
    from playhead.usecases.read_habits import ReadHabits
    from playhead.usecases.read_history import ReadHistory
    from playhead.usecases.read_progress import ReadProgress


@cache
def read_progress() -> "ReadProgress":
    """Return the use case of the read path."""
    from playhead.usecases.read_progress import ReadProgress

    store, entitlement = _of_one_video()
    return ReadProgress(store=store, entitlement=entitlement)


@cache
def read_history() -> "ReadHistory":
    """Return the use case of a video's last viewings."""
    from playhead.usecases.read_history import ReadHistory

    store, entitlement = _of_one_video()
    return ReadHistory(store=store, entitlement=entitlement)


def _of_one_video() -> "tuple[ProgressStore, Entitlement]":
    from playhead.adapters.mongo_progress import COLLECTION, MongoProgressStore

    chosen = settings.ReadSettings.from_environment(os.environ)
    database = database_for(chosen)
    return MongoProgressStore(database[COLLECTION]), entitlement_for(chosen, database)


@cache
def read_course_progress() -> "ReadCourseProgress":
    """Return the use case of a course's roll-up."""
    from playhead.adapters.mongo_platform import MongoCatalogue
    from playhead.usecases.read_course_progress import ReadCourseProgress

    chosen = settings.ReadSettings.from_environment(os.environ)
    database = database_for(chosen)
    return ReadCourseProgress(
        lists=_lists(), catalogue=MongoCatalogue(database), entitlement=entitlement_for(chosen, database)
    )


@cache
def list_progress() -> "ListProgress":
    """Return the use case of the learner's list."""
    from playhead.usecases.list_progress import ListProgress

    return ListProgress(lists=_lists())


@cache
def continue_watching() -> "ContinueWatching":
    """Return the use case of what is unfinished."""
    from playhead.usecases.list_progress import ContinueWatching

    return ContinueWatching(lists=_lists())


@cache
def read_changes() -> "ReadChanges":
    """Return the use case of the feed of changes."""
    from playhead.adapters.mongo_feed import MongoChangesFeed
    from playhead.usecases.read_changes import ReadChanges

    chosen = settings.ReadSettings.from_environment(os.environ)
    return ReadChanges(feed=MongoChangesFeed(collection_for(chosen)))


def _lists() -> "ProgressLists":
    from playhead.adapters.mongo_lists import MongoProgressLists

    return MongoProgressLists(collection_for(settings.ReadSettings.from_environment(os.environ)))


@cache
def read_habits() -> "ReadHabits":
    """Return the use case of a learner's days and streaks."""
    from playhead.adapters.mongo_habits import MongoHabitsLog
    from playhead.usecases.read_habits import ReadHabits

    return ReadHabits(log=MongoHabitsLog(collection_for(settings.ReadSettings.from_environment(os.environ))))


@cache
def check_health() -> "CheckHealth":
    """Return the use case of the health check."""
    from playhead.adapters.mongo_client import answers
    from playhead.usecases.check_health import CheckHealth

    chosen = settings.StoreSettings.from_environment(os.environ)
    return CheckHealth(probes={"mongodb": lambda: answers(database_for(chosen))}, timer=time.monotonic)
