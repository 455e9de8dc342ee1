"""Indexes: makes those of the service, and says what stands in the way of the unique one."""

from itertools import islice

from pymongo.database import Database
from pymongo.errors import OperationFailure

from playhead.adapters.mongo_client import Document
from playhead.adapters.mongo_indexes import KEY_INDEX, ensure_indexes
from playhead.adapters.mongo_progress import COLLECTION
from playhead_cli.exits import Refused
from playhead_cli.migration.duplicates import duplicates

_SHOWN = 100
_CONFLICTS = (85, 86)  # IndexOptionsConflict, IndexKeySpecsConflict


def make_indexes(database: Database[Document]) -> list[str]:
    """Create what is missing and return the names of all. Refuses where documents share a key, or an index a name."""
    if unique_index(database) is None:
        _refuse_duplicates(database)
    try:
        return ensure_indexes(database)
    except OperationFailure as error:
        if error.code not in _CONFLICTS:
            raise
        message = "An index of the same fields is there with other options: drop it, then run this again."
        raise Refused(message, server=str(error.details and error.details.get("errmsg"))) from error


def unique_index(database: Database[Document]) -> str | None:
    """Return the name of the unique index of the key, None where there is none."""
    for name, index in database[COLLECTION].index_information().items():
        if index.get("unique") and list(index["key"]) == KEY_INDEX:
            return name
    return None


def _refuse_duplicates(database: Database[Document]) -> None:
    groups = duplicates(database)
    shown = [{"key": list(key), "documents": list(map(str, ids))} for key, ids in islice(groups, _SHOWN)]
    if shown:
        message = "Documents share a key, so its unique index cannot be built: `playhead migrate apply` folds them."
        raise Refused(message, keys=len(shown) + sum(1 for _ in groups), duplicates=shown)
