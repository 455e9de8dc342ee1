"""The composition root: picks the adapters of each use case, lazily, once per environment.

Imports stand inside the functions, since an environment runs one function and should load only what that one needs.
"""
# ruff: noqa: PLC0415

import os
import random
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from playhead import settings

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from pymongo.database import Database

    from playhead.adapters.guarded import GuardedStore, GuardedThrottle
    from playhead.adapters.jwt_verifier import JwtVerifier
    from playhead.adapters.sqs_queue import SqsQueue
    from playhead.ports import Enrolments, Entitlement, ProgressLists
    from playhead.usecases.apply_retention import ApplyRetention
    from playhead.usecases.change_old_progress import ChangeOldProgress
    from playhead.usecases.change_progress import ChangeProgress
    from playhead.usecases.check_health import CheckHealth
    from playhead.usecases.erase_learner import EraseLearner
    from playhead.usecases.export_learner import ExportLearner
    from playhead.usecases.list_progress import ContinueWatching, ListProgress
    from playhead.usecases.manage_settings import ManageSettings
    from playhead.usecases.publish_events import PublishEvents
    from playhead.usecases.read_changes import ReadChanges
    from playhead.usecases.read_course_progress import ReadCourseProgress
    from playhead.usecases.read_habits import ReadHabits
    from playhead.usecases.read_history import ReadHistory
    from playhead.usecases.read_old_progress import LinkVideos, ReadOldProgress
    from playhead.usecases.read_progress import ReadProgress
    from playhead.usecases.replay_reports import ReplayReports
    from playhead.usecases.report_progress import ReportProgress
    from playhead.usecases.update_old_progress import UpdateOldProgress


def now_ms() -> int:
    """Return the time in ms since the epoch: the one clock that handlers pass in."""
    return time.time_ns() // 1_000_000


@cache
def jwt_verifier() -> "JwtVerifier":
    """Return what tells who a token names."""
    from playhead.adapters.jwt_verifier import JwtVerifier

    return JwtVerifier(settings.AuthorizerSettings.from_environment(os.environ))


@cache
def report_progress() -> "ReportProgress":
    """Return the use case of the write path."""
    from playhead.adapters.mongo_platform import MongoCatalogue
    from playhead.domain.interval import Interval
    from playhead.usecases.report_progress import ReportProgress

    chosen = settings.ReportSettings.from_environment(os.environ)
    database = _database(chosen)
    throttle = _guarded_throttle(chosen.throttle_table)
    return ReportProgress(
        throttle=throttle,
        burst=throttle,
        store=_guarded_store(database),
        queue=_queue(chosen.report_queue_url),
        catalogue=MongoCatalogue(database),
        entitlement=_guarded_entitlement(chosen, database),
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
    database = _database(chosen)
    return ReplayReports(
        read=read_message,
        queue=_queue(chosen.report_queue_url),
        store=_guarded_store(database),
        catalogue=MongoCatalogue(database),
        entitlement=_guarded_entitlement(chosen, database),
    )


@cache
def read_progress() -> "ReadProgress":
    """Return the use case of the read path."""
    from playhead.adapters.mongo_progress import COLLECTION, MongoProgressStore
    from playhead.usecases.read_progress import ReadProgress

    chosen = settings.ReadSettings.from_environment(os.environ)
    database = _database(chosen)
    return ReadProgress(store=MongoProgressStore(database[COLLECTION]), entitlement=_entitlement(chosen, database))


@cache
def read_history() -> "ReadHistory":
    """Return the use case of a video's last viewings."""
    from playhead.adapters.mongo_progress import COLLECTION, MongoProgressStore
    from playhead.usecases.read_history import ReadHistory

    chosen = settings.ReadSettings.from_environment(os.environ)
    database = _database(chosen)
    return ReadHistory(store=MongoProgressStore(database[COLLECTION]), entitlement=_entitlement(chosen, database))


@cache
def read_course_progress() -> "ReadCourseProgress":
    """Return the use case of a course's roll-up."""
    from playhead.adapters.mongo_platform import MongoCatalogue
    from playhead.usecases.read_course_progress import ReadCourseProgress

    chosen = settings.ReadSettings.from_environment(os.environ)
    database = _database(chosen)
    return ReadCourseProgress(
        lists=_lists(), catalogue=MongoCatalogue(database), entitlement=_entitlement(chosen, database)
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
    from playhead.adapters.mongo_progress import COLLECTION
    from playhead.usecases.read_changes import ReadChanges

    chosen = settings.ReadSettings.from_environment(os.environ)
    return ReadChanges(feed=MongoChangesFeed(_database(chosen)[COLLECTION]))


def _lists() -> "ProgressLists":
    from playhead.adapters.mongo_lists import MongoProgressLists
    from playhead.adapters.mongo_progress import COLLECTION

    return MongoProgressLists(_database(settings.ReadSettings.from_environment(os.environ))[COLLECTION])


@cache
def read_habits() -> "ReadHabits":
    """Return the use case of a learner's days and streaks."""
    from playhead.adapters.mongo_habits import MongoHabitsLog
    from playhead.adapters.mongo_progress import COLLECTION
    from playhead.usecases.read_habits import ReadHabits

    database = _database(settings.ReadSettings.from_environment(os.environ))
    return ReadHabits(log=MongoHabitsLog(database[COLLECTION]))


@cache
def change_progress() -> "ChangeProgress":
    """Return the use cases of what a learner does by hand."""
    from playhead.adapters.mongo_changes import MongoProgressChanges
    from playhead.adapters.mongo_progress import COLLECTION
    from playhead.usecases.change_progress import ChangeProgress

    chosen = settings.ChangeSettings.from_environment(os.environ)
    database = _database(chosen)
    return ChangeProgress(
        changes=MongoProgressChanges(database[COLLECTION]),
        entitlement=_entitlement(chosen, database),
        threshold=chosen.completion_threshold_percent,
    )


@cache
def export_learner() -> "ExportLearner":
    """Return the use case of handing over what is stored about a learner."""
    from playhead.adapters.mongo_progress import COLLECTION
    from playhead.adapters.mongo_records import MongoRecords
    from playhead.usecases.export_learner import ExportLearner

    chosen = settings.LearnerSettings.from_environment(os.environ)
    records = MongoRecords(_database(chosen)[COLLECTION])
    return ExportLearner(records=records, threshold=chosen.completion_threshold_percent)


@cache
def manage_settings() -> "ManageSettings":
    """Return the use cases of what a learner may choose."""
    from playhead.adapters.mongo_progress import COLLECTION
    from playhead.adapters.mongo_settings import MongoSettings
    from playhead.usecases.manage_settings import ManageSettings

    chosen = settings.StoreSettings.from_environment(os.environ)
    return ManageSettings(settings=MongoSettings(_database(chosen)[COLLECTION]))


@cache
def erase_learner() -> "EraseLearner":
    """Return the use case of erasing what is stored about a learner."""
    import boto3

    from playhead.adapters.aws_budget import aws_budget
    from playhead.adapters.dynamodb_claims import DynamoDBClaims
    from playhead.adapters.mongo_erasures import MongoErasure
    from playhead.adapters.mongo_progress import COLLECTION
    from playhead.usecases.erase_learner import EraseLearner

    chosen = settings.LearnerSettings.from_environment(os.environ)
    claims = DynamoDBClaims(boto3.client("dynamodb", config=aws_budget()), chosen.throttle_table)
    return EraseLearner(erasure=MongoErasure(_database(chosen)[COLLECTION]), claims=claims)


@cache
def update_old_progress() -> "UpdateOldProgress":
    """Return the use case of the old endpoint that updates, on that of the write path."""
    from playhead.usecases.update_old_progress import UpdateOldProgress

    return UpdateOldProgress(enrolments=_enrolments(), report=report_progress())


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

    return MongoEnrolments(_database(settings.StoreSettings.from_environment(os.environ)))


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
    database = _database(chosen)
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
    from playhead.adapters.mongo_progress import COLLECTION
    from playhead.adapters.mongo_retention import MongoRetention
    from playhead.usecases.apply_retention import ApplyRetention

    chosen = settings.RetentionSettings.from_environment(os.environ)
    return ApplyRetention(retention=MongoRetention(_database(chosen)[COLLECTION]), days=chosen.retention_days)


@cache
def check_health() -> "CheckHealth":
    """Return the use case of the health check."""
    from playhead.adapters.mongo_client import answers
    from playhead.usecases.check_health import CheckHealth

    chosen = settings.StoreSettings.from_environment(os.environ)
    return CheckHealth(probes={"mongodb": lambda: answers(_database(chosen))}, timer=time.monotonic)


def _database(chosen: settings.StoreSettings) -> "Database[dict[str, Any]]":
    return _connected(chosen.mongodb_uri_secret_arn, chosen.mongodb_database)


@cache
def _connected(uri_secret_arn: str, name: str) -> "Database[dict[str, Any]]":
    """Return a database: one connection for all use cases of a function, whichever settings they read."""
    from playhead.adapters.mongo_client import connect
    from playhead.adapters.secrets import read_secret

    return connect(read_secret(uri_secret_arn))[name]


def _entitlement(chosen: settings.ReadSettings, database: "Database[dict[str, Any]]") -> "Entitlement":
    from playhead.adapters.mongo_platform import MongoEntitlement, OpenEntitlement

    return MongoEntitlement(database) if chosen.entitlement == "collection" else OpenEntitlement()


def _guarded_store(database: "Database[dict[str, Any]]") -> "GuardedStore":
    from playhead.adapters.guarded import GuardedStore
    from playhead.adapters.mongo_progress import COLLECTION, MongoProgressStore
    from playhead.domain.breaker import Breaker

    return GuardedStore(MongoProgressStore(database[COLLECTION]), Breaker(time.monotonic))


def _guarded_throttle(table: str) -> "GuardedThrottle":
    import boto3

    from playhead.adapters.aws_budget import aws_budget
    from playhead.adapters.dynamodb_burst import DynamoDBBurst
    from playhead.adapters.dynamodb_throttle import DynamoDBThrottle
    from playhead.adapters.guarded import GuardedThrottle
    from playhead.domain.breaker import Breaker

    client = boto3.client("dynamodb", config=aws_budget())
    throttle, burst = DynamoDBThrottle(client, table), DynamoDBBurst(client, table)
    return GuardedThrottle(throttle, burst, Breaker(time.monotonic))


def _guarded_entitlement(chosen: settings.ReadSettings, database: "Database[dict[str, Any]]") -> "Entitlement":
    from playhead.adapters.guarded import GuardedEntitlement
    from playhead.domain.breaker import Breaker

    return GuardedEntitlement(_entitlement(chosen, database), Breaker(time.monotonic))


def _queue(url: str) -> "SqsQueue":
    from playhead.adapters.sqs_queue import SqsQueue

    @cache
    def client() -> "SQSClient":  # made when there is something to queue, which in most environments is never
        import boto3

        from playhead.adapters.aws_budget import aws_budget

        return boto3.client("sqs", config=aws_budget())

    return SqsQueue(client, url)
