"""The parts of the local stack that need no server: its settings, the template's reading, tokens and session ids."""

from pathlib import Path

import jwt
import pytest

from local.artifacts import host_architecture
from local.processes import free_port
from local.sam import to_cloudformation, typed
from local.sessions import make_session
from local.settings import AUDIENCE, DEVELOPMENT_SECRET, Settings, environment_name
from local.template import ROOT, function_environment, parameter_defaults, read_template, table_definition
from local.tokens import make_token
from playhead.domain.session import canonical, started_at
from tests.builders import NOW


def test_the_defaults_need_no_environment() -> None:
    settings = Settings.from_environment({})
    assert settings.address == "http://127.0.0.1:3000"
    assert settings.bind == "127.0.0.1"
    assert settings.folder == ROOT / ".playhead/3000"
    assert settings.mongodb_uri is None
    assert settings.parameters["AllowedOrigins"] == "http://127.0.0.1:3000,http://localhost:3000"


def test_a_parameter_of_the_template_is_set_by_its_name_in_capitals() -> None:
    settings = Settings.from_environment(
        {"UPDATE_INTERVAL_SECONDS": "5", "URGENT_SPACING_MS": "", "ENTITLEMENT": "collection"}
    )
    assert settings.parameters["UpdateIntervalSeconds"] == "5"
    assert settings.parameters["Entitlement"] == "collection"
    assert "UrgentSpacingMs" not in settings.parameters


@pytest.mark.parametrize("environment", [{"PORT": "many"}, {"PORT": "70000"}, {"JWT_SECRET": "short"}])
def test_an_unusable_setting_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"PORT must be|at least 32 bytes"):
        Settings.from_environment(environment)


def test_the_names_of_settings_are_those_the_functions_read() -> None:
    known = set(
        function_environment(
            "ReportProgress", {"MongoDbUriSecretArn": "arn"}, {"ThrottleTable": "table", "ReportQueue": "url"}
        )
    )
    shared = {
        "UpdateIntervalSeconds",
        "UrgentSpacingMs",
        "Entitlement",
        "MaxPlaybackRate",
        "CompletionThresholdPercent",
    }
    assert {environment_name(name) for name in shared} <= known
    assert shared <= parameter_defaults().keys()


def test_a_reference_that_nobody_resolves_is_an_error() -> None:
    with pytest.raises(KeyError, match="ThrottleTable"):
        function_environment("ReportProgress", {"MongoDbUriSecretArn": "arn"})


def test_the_throttle_table_is_the_templates() -> None:
    assert table_definition("ThrottleTable") == {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "key", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "key", "KeyType": "HASH"}],
    }


def test_sam_makes_a_gateway_of_the_template_whose_every_route_names_a_function() -> None:
    template = read_template()
    for resource in template["Resources"].values():
        for code in {"CodeUri", "ContentUri"} & resource["Properties"].keys():
            resource["Properties"][code] = "s3://bucket/key"
    origins = {"AllowedOrigins": "https://one.example,https://two.example", "Architecture": host_architecture()}
    expanded = to_cloudformation(template, origins, "us-east-1")
    body = expanded["Resources"]["Api"]["Properties"]["Body"]

    assert typed(read_template(), origins)["AllowedOrigins"] == ["https://one.example", "https://two.example"]
    assert body["x-amazon-apigateway-cors"]["allowOrigins"] == ["https://one.example", "https://two.example"]
    assert set(body["components"]["securitySchemes"]) == {"BearerToken"}
    for methods in body["paths"].values():
        for operation in methods.values():
            assert ".Arn}" in operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]


def test_a_token_says_who_and_for_how_long() -> None:
    claims = jwt.decode(
        make_token(DEVELOPMENT_SECRET, "learner-1", "instructor"), DEVELOPMENT_SECRET, ["HS256"], audience=AUDIENCE
    )
    assert (claims["sub"], claims["role"], claims["exp"] - claims["iat"]) == ("learner-1", "instructor", 12 * 3600)


def test_a_session_id_is_one_that_the_api_takes() -> None:
    session = make_session(NOW)
    assert canonical(session) == session
    assert started_at(session) == NOW


def test_free_ports_are_free() -> None:
    assert free_port() > 1023


def test_nothing_committed_names_a_registry_or_this_machine() -> None:
    for lock in [*Path(ROOT / "requirements").glob("*.txt"), *Path(ROOT / "layers/dependencies").glob("*.txt")]:
        assert "://" not in lock.read_text()
