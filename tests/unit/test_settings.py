"""Settings: what the template hands over, and a refusal that names the variable."""

import pytest
from pydantic import ValidationError

from local.template import function_environment
from playhead.settings import AuthorizerSettings, ReadSettings, ReplaySettings, ReportSettings, StoreSettings

_GIVEN = {
    "MongoDbUriSecretArn": "arn:aws:secretsmanager:eu-west-1:1:secret:uri",
    "ThrottleTable": "table",
    "ReportQueue": "https://queue",
}


def _report_environment(**changes: str) -> dict[str, str]:
    return function_environment("ReportProgress", references=_GIVEN) | changes


def test_the_template_hands_each_function_what_it_needs() -> None:
    settings = ReportSettings.from_environment(_report_environment())
    assert settings.throttle_table == "table"
    assert settings.update_interval_seconds == 30
    assert settings.urgent_spacing_ms == 1000
    assert settings.completion_threshold_percent == 90
    assert settings.max_playback_rate == 2
    assert settings.entitlement == "none"
    ReadSettings.from_environment(function_environment("ReadProgress", references=_GIVEN))
    replay = ReplaySettings.from_environment(function_environment("ReplayReports", references=_GIVEN))
    assert replay.report_queue_url == settings.report_queue_url == "https://queue"
    StoreSettings.from_environment(function_environment("CheckHealth", references=_GIVEN))
    assert AuthorizerSettings.from_environment(function_environment("Authorize")).jwt_secret_arn == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UPDATE_INTERVAL_SECONDS", "0"),
        ("UPDATE_INTERVAL_SECONDS", "soon"),
        ("URGENT_SPACING_MS", "-1"),
        ("COMPLETION_THRESHOLD_PERCENT", "0"),
        ("COMPLETION_THRESHOLD_PERCENT", "101"),
        ("MAX_PLAYBACK_RATE", "0.5"),
        ("MAX_PLAYBACK_RATE", "inf"),
        ("UPDATE_INTERVAL_SECONDS", "nan"),
        ("UPDATE_INTERVAL_SECONDS", "inf"),
        ("ENTITLEMENT", "some"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(ValidationError, match=name):
        ReportSettings.from_environment(_report_environment(**{name: value}))


@pytest.mark.parametrize("name", ["THROTTLE_TABLE", "REPORT_QUEUE_URL", "MONGODB_URI_SECRET_ARN", "MONGODB_DATABASE"])
def test_a_missing_value_is_refused_by_its_name(name: str) -> None:
    environment = _report_environment()
    del environment[name]
    with pytest.raises(ValidationError, match=name):
        ReportSettings.from_environment(environment)


def test_settings_do_not_change() -> None:
    settings = ReportSettings.from_environment(_report_environment())
    with pytest.raises(ValidationError, match="frozen"):
        settings.urgent_spacing_ms = 0  # type: ignore[misc]
