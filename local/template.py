"""Reads template.yaml for the local stack and the tests; all they know of tables and settings comes from here."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
Template = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, read into their long form."""


def _long_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: text.split(".", 1) if suffix == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}  # type: ignore[arg-type]


_Loader.add_multi_constructor("!", _long_form)


@cache
def _text() -> str:
    return (ROOT / "template.yaml").read_text()


def read_template() -> Template:
    """Return a fresh copy of the template, short tags in long form."""
    template: Template = yaml.load(_text(), _Loader)  # noqa: S506 (a SafeLoader)
    return template


def parameter_defaults() -> dict[str, str]:
    """Return the parameters that have a default, as CloudFormation would pass them."""
    parameters = read_template()["Parameters"]
    return {name: str(spec["Default"]) for name, spec in parameters.items() if "Default" in spec}


def function_environment(
    function: str, parameters: Mapping[str, str] | None = None, references: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment variables of one function, resolved.

    `parameters` override the template's defaults; `references` say what a `!Ref` of a resource is (a table's name).
    Raises KeyError for a reference that neither names.
    """
    template = read_template()
    known = {"AWS::StackName": "playhead", **parameter_defaults(), **(parameters or {}), **(references or {})}
    variables = {
        **template["Globals"]["Function"]["Environment"]["Variables"],
        **template["Resources"][function]["Properties"].get("Environment", {}).get("Variables", {}),
    }
    return {name: known[value["Ref"]] if isinstance(value, dict) else str(value) for name, value in variables.items()}


def function_layers(function: str) -> list[str]:
    """Return the logical ids of the layers that one function has: those of all functions, then its own."""
    template = read_template()
    layered = (template["Globals"]["Function"], template["Resources"][function]["Properties"])
    return [layer["Ref"] for properties in layered for layer in properties.get("Layers", [])]


def table_definition(resource: str) -> dict[str, Any]:
    """Return the arguments that make the same table through DynamoDB's CreateTable (which knows no TTL and no PITR)."""
    properties = dict(read_template()["Resources"][resource]["Properties"])
    for separate in ("TimeToLiveSpecification", "PointInTimeRecoverySpecification", "SSESpecification"):
        properties.pop(separate, None)
    return properties


def queue_definition(resource: str) -> dict[str, Any]:
    """Return the arguments that make the same queue through SQS's CreateQueue, without a dead-letter queue."""
    properties = dict(read_template()["Resources"][resource]["Properties"])
    properties.pop("RedrivePolicy", None)
    return {"Attributes": {name: str(value).lower() for name, value in properties.items()}}


def resources_of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Return the template's resources of one type, by logical id."""
    return {name: resource for name, resource in template["Resources"].items() if resource["Type"] == kind}
