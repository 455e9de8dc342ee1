"""AWS's own SAM transform, run here: the template that CloudFormation would really be given."""

import os
from collections.abc import Mapping
from typing import Any

from samtranslator.translator.transform import transform

from local.template import Template


class _NoManagedPolicies:
    """Our policies are written out; looking up AWS's managed ones would need an account."""

    def load(self) -> dict[str, str]:
        return {}


def to_cloudformation(template: Template, parameters: Mapping[str, str], region: str) -> Template:
    """Return the template with SAM's resources expanded into CloudFormation's."""
    os.environ.setdefault("AWS_DEFAULT_REGION", region)  # the translator asks the environment for its partition
    expanded: Template = transform(template, typed(template, parameters), _NoManagedPolicies())
    return expanded


def typed(template: Template, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return every parameter as CloudFormation hands it to a transform: lists as lists, defaults filled in."""
    values = {}
    for name, spec in template["Parameters"].items():
        value = str(parameters.get(name, spec.get("Default", "")))
        values[name] = value.split(",") if spec["Type"] == "CommaDelimitedList" else value
    return values
