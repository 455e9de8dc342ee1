"""The time budget of calls to AWS: what waits for them waits for a player, and botocore's outlasts a function."""

from botocore.config import Config


def aws_budget() -> Config:
    """Return what a call may take: two tries, of a second to connect and one to read."""
    return Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2, "mode": "standard"})
