"""Health over the wire: whether the service and what it stands on answer."""

from collections.abc import Mapping
from typing import Literal

from pydantic import ConfigDict

from playhead.api import examples
from playhead.api.requests import WireModel


class HealthBody(WireModel):
    """Whether the service and what it stands on answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.HEALTH]})

    status: Literal["ok", "unavailable"]
    checks: dict[str, Literal["ok", "unavailable"]]


def health_body(checks: Mapping[str, bool]) -> HealthBody:
    """Return which checks went well as it goes over the wire."""
    spelt = {name: "ok" if well else "unavailable" for name, well in checks.items()}
    return HealthBody.model_validate({"status": "ok" if all(checks.values()) else "unavailable", "checks": spelt})
