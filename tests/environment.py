"""What an environment keeps: forgotten between tests, as if another one had started."""

from playhead import bootstrap
from playhead.adapters import secrets


def forget_environment() -> None:
    """Forget what the composition root has made, and the secrets that were read."""
    for module in (bootstrap, secrets):
        for kept in vars(module).values():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()
