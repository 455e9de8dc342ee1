"""Writes the OpenAPI document from the functions' own routes; with --check it only tells whether that is up to date."""

import argparse
import json
import os
import sys
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler.openapi import OpenAPIMerge
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from local.functions import ROLES, load_app
from local.template import ROOT

sys.path.insert(0, str(ROOT / "layers" / "playhead"))

_PUBLIC = {"checkHealth", "describeApi"}
_OF_THE_GATEWAY = {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}
_UNUSED = ("HTTPValidationError", "ValidationError", "ResponseValidationError")


def main() -> int:
    """Write or check; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 where the document is out of date")
    check = parser.parse_args().check
    from playhead.api.openapi import PATH  # noqa: PLC0415 - after the path is set

    text = json.dumps(describe(), indent=1, ensure_ascii=False) + "\n"
    if check:
        current = PATH.exists() and PATH.read_text() == text
        print("the OpenAPI document is", "up to date" if current else "out of date: run `make openapi`")
        return 0 if current else 1
    PATH.write_text(text)
    return 0


def describe() -> dict[str, Any]:
    """Return the document: every function's routes, and which of them need a token."""
    os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Playhead")
    os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "true")
    merged = OpenAPIMerge(
        title="Playhead",
        version="1.0.0",
        description="Where every learner is in every video, and what they have really watched.",
        security_schemes={"bearer": HTTPBearer(scheme="bearer", bearerFormat="JWT")},
        security=[{"bearer": []}],
        on_conflict="error",
    )
    for module in map(load_app, ROLES):
        if hasattr(module, "app"):
            merged.add_schema(module.app.get_openapi_schema().model_dump(by_alias=True, exclude_none=True, mode="json"))
    document: dict[str, Any] = json.loads(merged.get_openapi_json_schema())
    for path, operation in ((path, one) for path, methods in document["paths"].items() for one in methods.values()):
        _complete(path, operation)
    for unused in _UNUSED:
        document["components"]["schemas"].pop(unused, None)
    return document


def _complete(path: str, operation: dict[str, Any]) -> None:
    """Say of a route what the functions themselves do not: who may call it, and what refuses all that is like it."""
    answers = operation["responses"]
    answers.pop("422", None)  # the library's default; our resolver answers 400
    answers.get("304", {}).pop("content", None)  # nor has a 304 a body
    if operation["operationId"] in _PUBLIC:
        operation["security"] = []
    elif "old" not in operation["tags"]:
        _add_common_refusals(path, operation)
    answers["429"] = {"description": "Too Many Requests", "content": {"application/json": {"schema": _OF_THE_GATEWAY}}}
    if "401" in answers:  # without a token the gateway answers by itself
        answers["401"]["content"].setdefault("application/json", {"schema": _OF_THE_GATEWAY})


def _add_common_refusals(path: str, operation: dict[str, Any]) -> None:
    """Add the problems of all routes with ids in their path, and of all that take a body."""
    common = {HTTPStatus.NOT_FOUND} if "{" in path else set()
    if "requestBody" in operation:
        common |= {HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
    content = operation["responses"]["500"]["content"]
    for status in sorted(common):
        operation["responses"][str(status.value)] = {"description": status.phrase, "content": content}


if __name__ == "__main__":
    sys.exit(main())
