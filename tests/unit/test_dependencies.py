"""The dependency rule: imports go one way, the domain stands on the standard library, names say what things are."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.template import ROOT

_PACKAGE = ROOT / "layers/playhead/playhead"
_CLI = ROOT / "cli"
_ALLOWED = {
    "cli": {"adapters", "domain"},
    "functions": {"usecases", "api", "bootstrap", "domain"},
    "bootstrap": {"bootstrap", "settings", "adapters", "usecases", "ports", "domain"},
    "api": {"api", "bootstrap", "usecases", "domain"},
    "usecases": {"usecases", "ports", "domain"},
    "adapters": {"adapters", "ports", "settings", "domain"},
    "ports": {"domain"},
    "settings": set(),
    "domain": {"domain"},
}
_SDKS = {"boto3", "botocore", "pymongo", "bson", "jwt", "redis", "requests", "httpx"}
_MAY_USE_SDKS = {"adapters", "bootstrap", "cli"}
_BANNED = ("util", "utils", "helper", "helpers", "common", "manager", "processor", "service", "data", "info")
_SOURCES = sorted([*_PACKAGE.rglob("*.py"), *(ROOT / "functions").rglob("*.py"), *_CLI.rglob("*.py")])


def _ids(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def _layer(path: Path) -> str:
    """Return the layer that a file belongs to: a folder or a module of the package, or the functions."""
    if path.is_relative_to(ROOT / "functions"):
        return "functions"
    if path.is_relative_to(_CLI):
        return "cli"
    return path.relative_to(_PACKAGE).parts[0].removesuffix(".py")


def _imports(source: str) -> Iterator[str]:
    """Yield the full names of what a source imports, wherever in it: `from a import b` is a.b."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports say where from"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _layers_imported(source: str) -> set[str]:
    own = (name.split(".") for name in _imports(source))
    return {parts[1] for parts in own if parts[0] == "playhead" and len(parts) > 1}


@pytest.mark.parametrize("path", _SOURCES, ids=_ids(_SOURCES))
def test_imports_go_one_way(path: Path) -> None:
    layer = _layer(path)
    if layer == "__init__":
        return
    assert _layers_imported(path.read_text()) <= _ALLOWED[layer]


def test_the_rule_sees_every_way_to_import() -> None:
    assert _layers_imported("from playhead import bootstrap") == {"bootstrap"}
    assert _layers_imported("import playhead.adapters.secrets as s") == {"adapters"}
    assert _layers_imported("def f():\n    from playhead.domain import ranges") == {"domain"}


@pytest.mark.parametrize("path", _SOURCES, ids=_ids(_SOURCES))
def test_the_domain_is_standard_library_and_sdks_stay_outside(path: Path) -> None:
    outside = {name.split(".")[0] for name in _imports(path.read_text())} - {"playhead"}
    if _layer(path) == "domain":
        assert outside <= sys.stdlib_module_names
    elif _layer(path) not in _MAY_USE_SDKS:
        assert not outside & _SDKS


def test_a_function_is_one_file_named_in_the_template() -> None:
    for folder in (ROOT / "functions").iterdir():
        assert [file.name for file in folder.iterdir() if file.name != "__pycache__"] == ["app.py"]


def test_names_say_what_things_are() -> None:
    ours = [*_SOURCES, *(ROOT / "local").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    words = {path: set(path.stem.removeprefix("test_").split("_")) | {path.parent.name} for path in ours}
    assert {path for path, found in words.items() if found & set(_BANNED)} == set()
