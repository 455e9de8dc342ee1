"""The OpenAPI document: written beside this module by `make openapi`, served as it is."""

from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("openapi.json")


@cache
def document() -> str:
    """Return the document's text."""
    return PATH.read_text()
