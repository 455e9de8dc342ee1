"""`playhead shard`: scale-out over the learners."""

from playhead_cli.migration.sharding import shard_progress
from playhead_cli.session import DatabaseName, Json, Uri, session


def shard(uri: Uri, database: DatabaseName, as_json: Json = False) -> None:
    """Shard the progress of a cluster by learner; refuses with a reason where there is no cluster."""
    with session(uri, database, as_json=as_json) as (store, terminal):
        terminal.show("Sharding", shard_progress(store.client.admin.command, store.name))
