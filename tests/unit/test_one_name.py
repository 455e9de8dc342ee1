"""One name through everything: a function's logical id, its folder, its event, and its routes."""

import json
import re
from collections.abc import Callable
from types import ModuleType

import pytest

from local.template import ROOT, function_layers, read_template, resources_of_type
from playhead.usecases.replay_reports import MOST_WAITING_MS

_FUNCTIONS = resources_of_type(read_template(), "AWS::Serverless::Function")
_AUTHORIZER = "Authorize"
_REPLAY = "ReplayReports"
_SCHEDULED = {"PublishEvents": "rate(1 minute)", "ApplyRetention": "rate(1 day)"}
_BEHIND_ROUTES = sorted(_FUNCTIONS.keys() - {_AUTHORIZER, _REPLAY} - _SCHEDULED.keys())
_METHODS = {"get", "post", "put", "delete"}
_CLIENTS = re.compile(r"""boto3\.client\(\s*["']([\w-]+)["']""")
_PARAMETERS = {"SecretsProvider": "secretsmanager", "SSMProvider": "ssm"}


def _role(function: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", function).lower()


def _routes(function: str) -> set[tuple[str, str]]:
    events = _FUNCTIONS[function]["Properties"].get("Events", {}).values()
    return {(one["Properties"]["Method"], one["Properties"]["Path"]) for one in events if one["Type"] == "HttpApi"}


def test_template_folders_and_events_name_the_same_functions() -> None:
    roles = {_role(function) for function in _FUNCTIONS}
    assert {folder.parent.name for folder in (ROOT / "functions").glob("*/app.py")} == roles
    assert {file.stem for file in (ROOT / "events").glob("*.json")} == roles


@pytest.mark.parametrize("function", _FUNCTIONS)
def test_the_code_of_a_function_lies_under_its_name(function: str) -> None:
    assert _FUNCTIONS[function]["Properties"]["CodeUri"] == f"functions/{_role(function)}/"


@pytest.mark.parametrize("function", _BEHIND_ROUTES)
def test_the_routes_in_the_template_are_those_in_the_resolver(
    function: str, load_handler: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Playhead")
    described = load_handler(_role(function)).app.get_openapi_schema().model_dump(exclude_none=True)
    resolved = {
        (method.upper(), path) for path, item in described["paths"].items() for method in _METHODS & item.keys()
    }
    assert resolved
    assert _routes(function) == resolved


@pytest.mark.parametrize("function", _BEHIND_ROUTES)
def test_an_event_calls_a_route_of_its_function(function: str) -> None:
    event = json.loads((ROOT / "events" / f"{_role(function)}.json").read_text())
    method, path = event["routeKey"].split(" ")
    assert (method, path) in _routes(function)
    assert event["rawPath"] == path.format(**event.get("pathParameters", {}))


def test_the_authorizer_stands_before_the_api_and_has_no_route_of_its_own() -> None:
    auth = read_template()["Resources"]["Api"]["Properties"]["Auth"]
    assert auth["Authorizers"][auth["DefaultAuthorizer"]]["FunctionArn"] == {"Fn::GetAtt": [_AUTHORIZER, "Arn"]}
    assert not _routes(_AUTHORIZER)


def test_what_replays_is_called_by_the_queue_alone() -> None:
    (source,) = _FUNCTIONS[_REPLAY]["Properties"]["Events"].values()
    assert (source["Type"], source["Properties"]["Queue"]) == ("SQS", {"Fn::GetAtt": ["ReportQueue", "Arn"]})


def test_a_message_is_hidden_long_enough_and_tried_five_times() -> None:
    """Lambda asks for six times the function's time-out; what is then put aside is kept as long as can be."""
    template = read_template()
    queue, dead = (template["Resources"][name]["Properties"] for name in ("ReportQueue", "DeadLetterQueue"))
    assert queue["VisibilityTimeout"] >= 6 * template["Globals"]["Function"]["Timeout"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert queue["MessageRetentionPeriod"] == dead["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert queue["SqsManagedSseEnabled"] is dead["SqsManagedSseEnabled"] is True


def test_who_waits_for_long_is_told_under_the_name_that_the_functions_measure_by() -> None:
    template = read_template()
    alarm = template["Resources"]["ReplayWaitingAlarm"]["Properties"]
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    assert alarm["Namespace"] == variables["POWERTOOLS_METRICS_NAMESPACE"]
    assert alarm["Dimensions"] == [{"Name": "service", "Value": variables["POWERTOOLS_SERVICE_NAME"]}]
    measured = (ROOT / "layers/playhead/playhead/api/telemetry.py").read_text()
    assert f'metrics.add_metric("{alarm["MetricName"]}", MetricUnit.Seconds' in measured
    assert alarm["Threshold"] * 1000 < MOST_WAITING_MS, "there is time to mend it"


@pytest.mark.parametrize(("function", "rate"), _SCHEDULED.items())
def test_what_is_scheduled_is_called_by_its_schedule_alone(function: str, rate: str) -> None:
    (source,) = _FUNCTIONS[function]["Properties"]["Events"].values()
    assert (source["Type"], source["Properties"]["Schedule"]) == ("Schedule", rate)


def test_only_the_authorizer_has_cryptography_which_pymongo_would_import_at_each_cold_start() -> None:
    assert [function for function in _FUNCTIONS if "CryptographyLayer" in function_layers(function)] == [_AUTHORIZER]


def test_the_layer_keeps_the_sdk_of_every_service_that_is_called() -> None:
    source = "\n".join(file.read_text() for file in (ROOT / "layers/playhead/playhead").rglob("*.py"))
    called = set(_CLIENTS.findall(source)) | {service for call, service in _PARAMETERS.items() if f".{call}(" in source}
    makefile = (ROOT / "layers/dependencies/Makefile").read_text()
    kept = re.search(r"^SERVICES := (.*)$", makefile, re.MULTILINE)
    assert kept is not None
    assert set(kept[1].split()) == called


def test_the_deployment_guide_tells_each_parameter_and_its_default() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", (ROOT / "docs/deploying.md").read_text(), re.MULTILINE))
    defaults = {name: spec.get("Default") for name, spec in read_template()["Parameters"].items()}
    assert {name: default.strip("` ") for name, default in told.items()} == {
        name: "required" if default is None else str(default) or "none" for name, default in defaults.items()
    }
