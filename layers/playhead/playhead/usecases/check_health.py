"""Check health: whether what the service stands on answers; asked of the world at most once in a few seconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playhead.ports import Probe

_REMEMBER_SECONDS = 5


@dataclass(slots=True, kw_only=True)
class CheckHealth:
    """The use case, with the probes by name and a timer in seconds."""

    probes: Mapping[str, Probe]
    timer: Callable[[], float]
    _known: dict[str, bool] = field(default_factory=dict)
    _until: float = float("-inf")

    def __call__(self) -> dict[str, bool]:
        """Return for each probe's name whether it answered."""
        if self.timer() >= self._until:
            self._known = {name: _answers(probe) for name, probe in self.probes.items()}
            self._until = self.timer() + _REMEMBER_SECONDS
        return self._known


def _answers(probe: Probe) -> bool:
    try:
        return probe()
    except Exception:  # noqa: BLE001 - whatever goes wrong on the way to an answer is none
        return False
