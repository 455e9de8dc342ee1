"""The rules of the xAPI video profile 1.0.3, from its published statement templates, as a check of statements."""

from collections.abc import Mapping
from datetime import datetime
from re import fullmatch
from typing import Any
from uuid import UUID

PROFILE = "https://w3id.org/xapi/video"
_EXTENSION = f"{PROFILE}/extensions/"
_ALL = ("id", "timestamp")
_LENGTH = ("context", "extensions", f"{_EXTENSION}length")
_REACHED = tuple(("result", "extensions", _EXTENSION + name) for name in ("time", "progress", "played-segments"))
_TEMPLATES: Mapping[str, tuple[tuple[str, ...], ...]] = {  # what each verb's template says is included
    "http://adlnet.gov/expapi/verbs/initialized": (_LENGTH,),
    f"{PROFILE}/verbs/played": (_REACHED[0],),
    f"{PROFILE}/verbs/paused": (_LENGTH, *_REACHED),
    "http://adlnet.gov/expapi/verbs/completed": (
        *((("result", "duration"), ("result", "completion"))),
        *(_LENGTH, *_REACHED),
    ),
    "http://adlnet.gov/expapi/verbs/terminated": (_LENGTH, *_REACHED),
}


def check(statement: Mapping[str, Any]) -> None:
    """Assert that a statement matches the template of its verb, and that its values are of the profile's forms."""
    assert statement["object"]["definition"]["type"] == f"{PROFILE}/activity-type/video"
    assert PROFILE in [one["id"] for one in statement["context"]["contextActivities"]["category"]]
    for path in (*((name,) for name in _ALL), *_TEMPLATES[statement["verb"]["id"]]):
        assert _at(statement, path) is not None, path
    assert str(UUID(statement["id"])) == statement["id"]
    assert datetime.fromisoformat(statement["timestamp"]).tzinfo
    account = statement["actor"]["account"]
    assert account["homePage"].startswith("https://")
    assert account["name"]
    _check_extensions(statement["context"]["extensions"] | statement.get("result", {}).get("extensions", {}))


def _check_extensions(extensions: Mapping[str, Any]) -> None:
    named = {name.removeprefix(_EXTENSION): value for name, value in extensions.items()}
    assert named["length"] > 0
    assert 0 <= named.get("completion-threshold", 0) <= 1
    assert 0 <= named.get("progress", 0) <= 1
    assert named.get("time", 0) >= 0
    number = r"\d+(\.\d+)?"
    assert fullmatch(rf"({number}\[\.\]{number}(\[,\]{number}\[\.\]{number})*)?", named.get("played-segments", ""))


def _at(statement: Mapping[str, Any], path: tuple[str, ...]) -> object:
    found: Any = statement
    for name in path:
        found = found[name]
    return found
