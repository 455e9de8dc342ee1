"""The `playhead` command: what an operator does to the database, by the same domain and adapters as the service."""
