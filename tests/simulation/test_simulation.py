"""Every promise is kept in every scenario; `make simulation` runs many more of them."""

import pytest

from tests.simulation.promises import judge
from tests.simulation.scenario import run

SCENARIOS = 1000
CHUNK = 50


@pytest.mark.parametrize("first", range(0, SCENARIOS, CHUNK))
def test_promises_are_kept(first: int) -> None:
    failed = {seed: said for seed in range(first, first + CHUNK) if (said := judge(seed))}
    assert not failed, f"replay with: python -m tests.simulation --seed {next(iter(failed))}"


def test_a_seed_is_a_scenario() -> None:
    """The same seed gives the same world, else a failure could not be looked at twice."""
    for seed in range(5):
        one, other = run(seed), run(seed)
        assert one.truth == other.truth
        assert one.backend.store.merged == other.backend.store.merged
        assert one.clockwork.now == other.clockwork.now
