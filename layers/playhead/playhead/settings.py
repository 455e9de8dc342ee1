"""Settings: what the template hands a function in its environment, parsed once; a wrong value is refused at start."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """Values of environment variables; each field's alias is the variable's name in template.yaml."""

    model_config = ConfigDict(frozen=True, validate_by_name=True, defer_build=True)  # a function reads one of them

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Return the settings in an environment. Raises pydantic.ValidationError, which names the variable."""
        return cls.model_validate(environment)


class AuthorizerSettings(Settings):
    """Which tokens are trusted."""

    jwt_secret_arn: str = Field("", alias="JWT_SECRET_ARN")
    jwks_url: str = Field("", alias="JWKS_URL")
    jwt_issuer: str = Field("", alias="JWT_ISSUER")
    jwt_audience: str = Field("", alias="JWT_AUDIENCE")


class StoreSettings(Settings):
    """Where progress is kept."""

    mongodb_uri_secret_arn: str = Field(alias="MONGODB_URI_SECRET_ARN")
    mongodb_database: str = Field(alias="MONGODB_DATABASE")


class ReadSettings(StoreSettings):
    """What reading needs."""

    entitlement: Literal["none", "collection"] = Field(alias="ENTITLEMENT")


class ChangeSettings(ReadSettings):
    """What changes by hand need."""

    completion_threshold_percent: int = Field(alias="COMPLETION_THRESHOLD_PERCENT", ge=1, le=100)


class RetentionSettings(StoreSettings):
    """What retention needs."""

    retention_days: int = Field(alias="RETENTION_DAYS", ge=0, le=24_855)  # as many as a TTL index takes


class PublishSettings(StoreSettings):
    """What announcing needs."""

    event_bus: str = Field(alias="EVENT_BUS")


class LearnerSettings(StoreSettings):
    """What handing over and erasing need."""

    throttle_table: str = Field(alias="THROTTLE_TABLE")
    completion_threshold_percent: int = Field(alias="COMPLETION_THRESHOLD_PERCENT", ge=1, le=100)


class ReplaySettings(ReadSettings):
    """What replaying needs."""

    report_queue_url: str = Field(alias="REPORT_QUEUE_URL")


class ReportSettings(ChangeSettings):
    """What reporting needs."""

    throttle_table: str = Field(alias="THROTTLE_TABLE")
    report_queue_url: str = Field(alias="REPORT_QUEUE_URL")
    update_interval_seconds: float = Field(alias="UPDATE_INTERVAL_SECONDS", gt=0, allow_inf_nan=False)
    urgent_spacing_ms: int = Field(alias="URGENT_SPACING_MS", ge=0)
    max_playback_rate: float = Field(alias="MAX_PLAYBACK_RATE", ge=1, allow_inf_nan=False)


class LinkSettings(Settings):
    """Where the videos themselves are."""

    video_bucket: str = Field("", alias="VIDEO_BUCKET")
