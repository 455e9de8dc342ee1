"""`playhead indexes`: the indexes that the service rests on."""

from playhead_cli.migration.indexes import make_indexes
from playhead_cli.session import DatabaseName, Json, Uri, session


def indexes(uri: Uri, database: DatabaseName, as_json: Json = False) -> None:
    """Create the indexes; refuses with the list of duplicates where the unique one cannot be built."""
    with session(uri, database, as_json=as_json) as (store, terminal):
        terminal.show("Indexes", {"indexes": make_indexes(store)})
