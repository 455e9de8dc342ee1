"""Raw documents: read and written byte by byte, and looked into only where somebody asks."""

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

import bson
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.raw_bson import RawBSONDocument
from pymongo import ASCENDING
from pymongo.collection import Collection
from pymongo.database import Database

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_documents import spelt_id, to_date
from playhead.adapters.mongo_learners import learners
from playhead.adapters.mongo_take_over import take_over

type Raw = RawBSONDocument
type RawCollection = Collection[RawBSONDocument]

BATCH = 200
_BATCH_BYTES = 4_000_000  # of documents that travel in one command, which may have 48 MB and answers 16
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument, datetime_conversion=DatetimeConversion.DATETIME_AUTO
)
_DECODED: CodecOptions[Document] = CodecOptions(tz_aware=True, datetime_conversion=DatetimeConversion.DATETIME_AUTO)


def raw_database(database: Database[Document]) -> Database[Raw]:
    """Return a database that gives documents as they are stored."""
    return database.with_options(codec_options=_RAW)


def decoded(document: Raw) -> Document:
    """Return a document's fields; a date that no calendar has stays what it is."""
    return bson.decode(document.raw, codec_options=_DECODED)


def encoded(document: Mapping[str, object]) -> Raw:
    """Return a document as it is stored."""
    return RawBSONDocument(bson.encode(document), codec_options=_RAW)


def digest(document: Raw | None) -> str | None:
    """Return a fingerprint of a document's bytes, None of no document."""
    return hashlib.sha256(document.raw).hexdigest() if document is not None else None


def batches(
    collection: RawCollection, query: Document, order: str = "_id", direction: int = ASCENDING
) -> Iterator[list[Raw]]:
    """Yield what a query finds, in the order of an indexed field, in batches small enough for one command."""
    batch: list[Raw] = []
    size = 0
    # each batch is asked for: a cursor whose batch lasted half an hour at a slow pace would be gone
    with collection.find(query, batch_size=BATCH).sort(order, direction) as found:
        for document in found:
            batch.append(document)
            size += len(document.raw)
            if len(batch) == BATCH or size > _BATCH_BYTES:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def by_id(collection: RawCollection, ids: Iterable[object]) -> dict[object, Raw]:
    """Return documents by the name of their _id."""
    found = collection.find({"_id": {"$in": list(ids)}})
    return {name(one["_id"]): one for one in found}


def name(document_id: object) -> object:
    """Return an _id as something hashable: the same whether it was read decoded or raw."""
    return document_id if isinstance(document_id, str | bson.ObjectId) else bson.encode({"_id": document_id})


def taken_over(database: Database[Raw], documents: Sequence[Document]) -> list[Raw]:
    """Return documents as the first merge's own stage takes them over, computed by the server; nothing is stored."""
    if not documents:
        return []
    given = {"$documents": {"$literal": [encoded(one | {"createdAt": _created(one)}) for one in documents]}}
    return _as_learners_want(database, list(database.aggregate([given, take_over(round(time.time() * 1000))])))


def _as_learners_want(database: Database[Raw], documents: Sequence[Raw]) -> list[Raw]:
    """Keep no history of whom wants none, also in documents that Playhead could not find so far."""
    known = learners(database.with_options(codec_options=_DECODED), {spelt_id(one.get("userId")) for one in documents})
    return [one if known[spelt_id(one.get("userId"))].history else _without_history(decoded(one)) for one in documents]


def _without_history(document: Document) -> Raw:
    kept = {name: value for name, value in document["playback"].items() if name != "halfHours"}
    return encoded(document | {"watchHistory": [], "playback": kept | {"devices": {}, "historyOff": True}})


def _created(document: Document) -> object:
    """Return when a document was made; never the time of now, so that a second look says the same."""
    made = document["_id"].generation_time if isinstance(document["_id"], bson.ObjectId) else None
    return document.get("createdAt") or document.get("firstWatchedAt") or made or to_date(0)
