"""Expressions: what pipelines are made of, and how those that never change are encoded once."""

from collections.abc import Mapping
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument

type Expression = Any
type Stage = Mapping[str, Any]


def encoded(document: Mapping[str, Any]) -> RawBSONDocument:
    """Return a stage, or an expression that is an object, as the bytes that each update sends of it."""
    return RawBSONDocument(bson.encode(document))
