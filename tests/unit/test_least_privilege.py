"""What the template lets whom do: no function more than it needs, no secret in the open, all encrypted, limits set."""

import json
from typing import Any

import pytest

from local.template import read_template, resources_of_type
from tests.routes import ROUTES

TEMPLATE = read_template()
FUNCTIONS = resources_of_type(TEMPLATE, "AWS::Serverless::Function")
API = TEMPLATE["Resources"]["Api"]["Properties"]
SECRETS = {"secretsmanager:GetSecretValue", "ssm:GetParameter"}
# What each function may do beyond reading its one secret; a new permission is put here with its reason in the template.
MAY = {
    "Authorize": set(),
    "ReportProgress": {"dynamodb:UpdateItem", "sqs:SendMessage"},
    "ReplayReports": {"sqs:SendMessage"},
    "ReadProgress": set(),
    "ChangeProgress": set(),
    "ServeOldApi": {"dynamodb:UpdateItem", "sqs:SendMessage", "s3:GetObject"},
    "ManageData": {"dynamodb:DeleteItem"},
    "ApplyRetention": set(),
    "PublishEvents": {"events:PutEvents"},
    "CheckHealth": set(),
    "DescribeApi": set(),
}


def _statements(function: str) -> list[dict[str, Any]]:
    policies = FUNCTIONS[function]["Properties"].get("Policies", [])
    named = [one["Fn::If"][1] if "Fn::If" in one else one for one in policies]
    return [statement for policy in named for statement in policy["Statement"]]


def _actions(statement: dict[str, Any]) -> set[str]:
    given = statement["Action"]
    return {given} if isinstance(given, str) else set(given)


def test_each_function_has_its_permissions_and_no_others() -> None:
    found = {name: {one for statement in _statements(name) for one in _actions(statement)} for name in FUNCTIONS}
    assert {name: actions - SECRETS for name, actions in found.items()} == MAY
    assert "DescribeApi" not in {name for name, actions in found.items() if actions & SECRETS}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_permission_names_what_it_is_for(function: str) -> None:
    for statement in _statements(function):
        assert "*" not in "".join(_actions(statement))
        resource = json.dumps(statement["Resource"])
        assert not resource.startswith('"'), "a reference"
        assert "*" not in resource.replace("${VideoBucket}/*", "")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_secret_is_in_the_environment(function: str) -> None:
    variables = FUNCTIONS[function]["Properties"].get("Environment", {}).get("Variables", {})
    assert all(
        name.endswith("_ARN") for name in variables if {"SECRET", "URI", "KEY", "PASSWORD"} & set(name.split("_"))
    )


def test_no_parameter_is_a_secret() -> None:
    assert [name for name, one in TEMPLATE["Parameters"].items() if "NoEcho" in one] == []


def test_no_function_can_be_called_past_the_gateway() -> None:
    assert [name for name, one in FUNCTIONS.items() if "FunctionUrlConfig" in one["Properties"]] == []
    assert resources_of_type(TEMPLATE, "AWS::Lambda::Permission") == {}


def test_what_is_stored_is_encrypted() -> None:
    for queue in resources_of_type(TEMPLATE, "AWS::SQS::Queue").values():
        assert queue["Properties"]["SqsManagedSseEnabled"] is True
    for table in resources_of_type(TEMPLATE, "AWS::DynamoDB::Table").values():
        assert table["Properties"]["SSESpecification"]["SSEEnabled"] is True


def test_the_limits_are_of_routes_that_there_are() -> None:
    limits = API["RouteSettings"]
    assert limits.keys() <= {one.name for one in ROUTES}
    for limit in (API["DefaultRouteSettings"], *limits.values()):
        assert limit.keys() == {"ThrottlingBurstLimit", "ThrottlingRateLimit"}


def test_the_access_log_holds_nothing_personal() -> None:
    form = json.loads(API["AccessLogSettings"]["Format"])
    told = json.dumps(form)
    for personal in ("identity", "sourceIp", "userAgent", "query", "path", "authorizer.userId", "authorizer.claims"):
        assert personal not in told
    assert {"requestId", "route", "status"} <= form.keys()
