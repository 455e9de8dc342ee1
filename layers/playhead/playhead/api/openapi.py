"""The OpenAPI document: written beside this module by `make openapi`, served as it is."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

PATH = Path(__file__).with_name("openapi.json")


class OpenApiBody(BaseModel):
    """An OpenAPI 3.1 document."""

    model_config = ConfigDict(extra="allow")

    openapi: str


@cache
def document() -> str:
    """Return the document's text."""
    return PATH.read_text()
