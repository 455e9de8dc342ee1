"""Duplicates: documents of one key, also where their ids are spelt in different types; found by the server."""

from collections import defaultdict
from collections.abc import Iterator

from pymongo.database import Database

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import spelt_id
from playhead.adapters.mongo_progress import COLLECTION
from playhead_cli.migration import readings
from playhead_cli.migration.mapping import Mapping
from playhead_cli.migration.raw import BATCH
from playhead_cli.migration.repair import KEY_FIELDS

type Group = tuple[tuple[str, ...], list[object]]
"""A key, and the _ids of its documents."""


def duplicates(database: Database[Document], mapping: Mapping | None = None) -> Iterator[Group]:
    """Yield keys that have more than one document, as Playhead spells ids; a mapping may know them by other names."""
    ids = {field: _path(field, mapping) for field in KEY_FIELDS}
    spelt = {
        field: {"$toLower": {"$convert": {"input": f"${field}", "to": "string", "onError": ""}}} for field in KEY_FIELDS
    }
    known: Document = {field: {"$type": ["string", "objectId"]} for field in KEY_FIELDS}
    stages: list[Document] = [
        {"$project": ids},
        {"$match": known},
        {"$group": {"_id": spelt, "documents": {"$push": {"_id": "$_id", **{f: f"${f}" for f in KEY_FIELDS}}}}},
        {"$match": {"documents.1": {"$exists": True}}},
        {"$sort": {"_id": 1}},
    ]
    with database[COLLECTION].aggregate(stages, allowDiskUse=True, batchSize=BATCH) as found:
        for group in found:
            yield from _exactly(group["documents"])


def _path(field: str, mapping: Mapping | None) -> object:
    return {"$ifNull": [f"${field}", f"${mapping.paths()[field]}"]} if mapping else f"${field}"


def _exactly(documents: list[Document]) -> Iterator[Group]:
    """Part documents whose ids differ only in case: in an ObjectId that means nothing, in other ids it does."""
    groups: defaultdict[tuple[str, ...], list[object]] = defaultdict(list)
    for one in documents:
        groups[tuple(spelt_id(readings.identifier(one[field])) for field in KEY_FIELDS)].append(one["_id"])
    yield from ((key, ids) for key, ids in groups.items() if len(ids) > 1)
