"""What serves the old application's clients."""
# ruff: noqa: PLC0415 - an environment runs one function and loads only what that one needs

import os
from functools import cache
from typing import TYPE_CHECKING

from playhead import settings
from playhead.bootstrap.changing import change_progress
from playhead.bootstrap.shared import database_for
from playhead.bootstrap.writing import report_progress

if TYPE_CHECKING:
    from playhead.ports import Enrolments
    from playhead.usecases.change_old_progress import ChangeOldProgress
    from playhead.usecases.read_old_progress import LinkVideos, ReadOldProgress
    from playhead.usecases.update_old_progress import UpdateOldProgress


@cache
def update_old_progress() -> "UpdateOldProgress":
    """Return the use case of the old endpoint that updates, on that of the write path."""
    from playhead.usecases.update_old_progress import UpdateOldProgress

    return UpdateOldProgress(enrolments=_enrolments(), report=report_progress(retry_writes=True))


@cache
def read_old_progress() -> "ReadOldProgress":
    """Return the use cases of the old endpoints that read."""
    from playhead.usecases.read_old_progress import ReadOldProgress

    return ReadOldProgress(enrolments=_enrolments())


@cache
def change_old_progress() -> "ChangeOldProgress":
    """Return the use cases of the old endpoints that change by hand."""
    from playhead.usecases.change_old_progress import ChangeOldProgress

    return ChangeOldProgress(enrolments=_enrolments(), change=change_progress())


@cache
def link_videos() -> "LinkVideos":
    """Return the use case of playing a course's videos; the SDK of S3 is loaded where there is a bucket."""
    import boto3
    from botocore.config import Config

    from playhead.adapters.s3_links import NoLinks, S3Links
    from playhead.usecases.read_old_progress import LinkVideos

    bucket = settings.LinkSettings.from_environment(os.environ).video_bucket
    if not bucket:
        return LinkVideos(links=NoLinks())
    # The old signature would be chosen in some regions, and not every bucket takes it.
    return LinkVideos(links=S3Links(boto3.client("s3", config=Config(signature_version="s3v4")), bucket))


def _enrolments() -> "Enrolments":
    from playhead.adapters.mongo_enrolments import MongoEnrolments

    return MongoEnrolments(database_for(settings.StoreSettings.from_environment(os.environ)))
