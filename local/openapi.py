"""Writes the OpenAPI document from the functions' own routes; with --check it only tells whether that is up to date."""

import argparse
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from aws_lambda_powertools.event_handler.openapi import OpenAPIMerge
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "layers" / "playhead"))

_PUBLIC = {"checkHealth", "describeApi"}
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
    for path in sorted((ROOT / "functions").glob("*/app.py")):
        module = _load(path)
        if hasattr(module, "app"):
            merged.add_schema(module.app.get_openapi_schema().model_dump(by_alias=True, exclude_none=True, mode="json"))
    document: dict[str, Any] = json.loads(merged.get_openapi_json_schema())
    for operation in (one for methods in document["paths"].values() for one in methods.values()):
        operation["responses"].pop("422", None)  # the library's default; our resolver answers 400
        if operation["operationId"] in _PUBLIC:
            operation["security"] = []
    for unused in _UNUSED:
        document["components"]["schemas"].pop(unused, None)
    return document


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"function_{path.parent.name}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
