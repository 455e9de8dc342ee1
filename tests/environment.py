"""What an environment keeps: forgotten between tests, as if another one had started."""

from playhead import bootstrap
from playhead.adapters import secrets
from playhead.bootstrap import shared


def forget_environment() -> None:
    """Forget what the composition root has made, and the secrets that were read."""
    for module in (bootstrap, shared, secrets):
        for kept in vars(module).values():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()
