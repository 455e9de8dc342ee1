"""Mappings: what the fields of documents of another shape mean, from a file that an operator writes."""

import hashlib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import bson
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_progress import COLLECTION
from playhead_cli.exits import Refused

_Path = Field(default=None, min_length=1)


class Fields(BaseModel):
    """Where each field of a document of progress is found: paths with dots."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    userId: str = Field(min_length=1)  # noqa: N815 - the names of the documents
    courseId: str = Field(min_length=1)  # noqa: N815
    videoId: str = Field(min_length=1)  # noqa: N815
    watchedDuration: str | None = _Path  # noqa: N815
    totalDuration: str | None = _Path  # noqa: N815
    watchedPercentage: str | None = _Path  # noqa: N815
    completionPercentage: str | None = _Path  # noqa: N815
    isCompleted: str | None = _Path  # noqa: N815
    firstWatchedAt: str | None = _Path  # noqa: N815
    lastWatchedAt: str | None = _Path  # noqa: N815
    completedAt: str | None = _Path  # noqa: N815
    watchCount: str | None = _Path  # noqa: N815
    createdAt: str | None = _Path  # noqa: N815
    updatedAt: str | None = _Path  # noqa: N815


class Mapping(BaseModel):
    """One other shape: in which collection, whether each document holds an array of videos, and its fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(COLLECTION, min_length=1)
    each: str | None = _Path
    fields: Fields

    @model_validator(mode="after")
    def _videos_stand_in_the_array(self) -> Self:
        if self.each and not self.fields.videoId.startswith(f"{self.each}."):
            message = f"fields.videoId must be in the array, such as {self.each}.{self.fields.videoId}"
            raise ValueError(message)
        return self

    @property
    def in_place(self) -> bool:
        """Whether each document becomes the one that it means."""
        return self.source == COLLECTION and self.each is None

    def paths(self) -> dict[str, str]:
        """Return the path of each field that the file names."""
        return self.fields.model_dump(exclude_none=True)

    def records(self, document: Document) -> Iterator[Document]:
        """Yield what a document says of each video, by the names of a document of progress, with an _id of its own."""
        parts = _at(document, self.each) if self.each else [None]
        for part in parts if isinstance(parts, list) else []:
            record = {field: self._value(document, part, path) for field, path in self.paths().items()}
            known = {field: value for field, value in record.items() if value is not None}
            made = {} if self.in_place else _made(document["_id"], known)
            yield {"_id": self._id(document["_id"], known.get("videoId")), "isCompleted": False} | made | known

    def _value(self, document: Document, part: object, path: str) -> Any:  # noqa: ANN401 - whatever is there
        inside = f"{self.each}."
        return _at(part, path.removeprefix(inside)) if self.each and path.startswith(inside) else _at(document, path)

    def _id(self, document_id: object, video_id: object) -> object:
        """Return the same _id each time, so that a migration that was broken off does not begin a second document."""
        if self.in_place:
            return document_id
        known = bson.encode({"source": self.source, "document": document_id, "video": str(video_id)})
        return bson.ObjectId(hashlib.sha256(known).digest()[:12])


def read_mapping(path: Path) -> Mapping:
    """Return the mapping in a TOML, YAML or JSON file. Refuses with the names of the fields that are wrong."""
    try:
        text = path.read_text()
        return Mapping.model_validate(tomllib.loads(text) if path.suffix == ".toml" else yaml.safe_load(text))
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, one['loc'])) or 'mapping'}: {one['msg']}" for one in error.errors()]
        message = f"The mapping {path.name} is not one."
        raise Refused(message, errors=wrong) from error
    except (OSError, tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        message = f"The mapping cannot be read: {error}"
        raise Refused(message) from error


def _made(document_id: object, known: Document) -> Document:
    """Return when a record was made, as far as its source tells; an _id that is made of a digest does not."""
    when = document_id.generation_time if isinstance(document_id, bson.ObjectId) else known.get("lastWatchedAt")
    return {} if when is None else {"createdAt": when}


def _at(value: object, path: str) -> Any:  # noqa: ANN401 - whatever is there
    for name in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value
