"""Functions by their role: loads functions/<role>/app.py as a new environment of Lambda does, each time afresh."""

import importlib.util
import sys
from secrets import token_hex
from types import ModuleType

from local.template import ROOT

FOLDER = ROOT / "functions"
ROLES = tuple(sorted(file.parent.name for file in FOLDER.glob("*/app.py")))


def load_app(role: str) -> ModuleType:
    """Return a function's module; the shared package must be found by then."""
    name = f"function_{role}_{token_hex(4)}"
    spec = importlib.util.spec_from_file_location(name, FOLDER / role / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
