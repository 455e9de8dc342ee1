"""Measuring: alternate what is compared, so that a noisy machine disturbs all of it alike, and compare medians."""

import statistics
import time
from collections.abc import Callable, Mapping


def medians(actions: Mapping[str, Callable[[int], object]], rounds: int, warm_up: int = 100) -> dict[str, float]:
    """Call each action once a round, in turn, with the round's number; return its median time in seconds."""
    times: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(rounds + warm_up):
        for name, action in actions.items():
            started = time.perf_counter()
            action(number)
            times[name].append(time.perf_counter() - started)
    return {name: statistics.median(some[warm_up:]) for name, some in times.items()}
