"""What is about a learner: who it is, what is stored, what was chosen, and its end."""
# ruff: noqa: PLC0415 - an environment runs one function and loads only what that one needs

import os
from functools import cache
from typing import TYPE_CHECKING

from playhead import settings
from playhead.bootstrap.shared import collection_for

if TYPE_CHECKING:
    from playhead.adapters.jwt_verifier import JwtVerifier
    from playhead.usecases.erase_learner import EraseLearner
    from playhead.usecases.export_learner import ExportLearner
    from playhead.usecases.manage_settings import ManageSettings


@cache
def jwt_verifier() -> "JwtVerifier":
    """Return what tells who a token names."""
    from playhead.adapters.jwt_verifier import JwtVerifier

    return JwtVerifier(settings.AuthorizerSettings.from_environment(os.environ))


@cache
def export_learner() -> "ExportLearner":
    """Return the use case of handing over what is stored about a learner."""
    from playhead.adapters.mongo_records import MongoRecords
    from playhead.usecases.export_learner import ExportLearner

    chosen = settings.LearnerSettings.from_environment(os.environ)
    records = MongoRecords(collection_for(chosen))
    return ExportLearner(records=records, threshold=chosen.completion_threshold_percent)


@cache
def manage_settings() -> "ManageSettings":
    """Return the use cases of what a learner may choose."""
    from playhead.adapters.mongo_settings import MongoSettings
    from playhead.usecases.manage_settings import ManageSettings

    chosen = settings.StoreSettings.from_environment(os.environ)
    return ManageSettings(settings=MongoSettings(collection_for(chosen)))


@cache
def erase_learner() -> "EraseLearner":
    """Return the use case of erasing what is stored about a learner."""
    import boto3

    from playhead.adapters.aws_budget import aws_budget
    from playhead.adapters.dynamodb_claims import DynamoDBClaims
    from playhead.adapters.mongo_erasures import MongoErasure
    from playhead.usecases.erase_learner import EraseLearner

    chosen = settings.LearnerSettings.from_environment(os.environ)
    claims = DynamoDBClaims(boto3.client("dynamodb", config=aws_budget()), chosen.throttle_table)
    return EraseLearner(erasure=MongoErasure(collection_for(chosen)), claims=claims)
