"""Run the simulation: `python -m tests.simulation --scenarios 10000`, `--seconds 600`, or `--seed 42` once more."""

import argparse
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count, islice

from tests.simulation.promises import judge

CHUNK = 100


def main() -> int:
    """Run scenarios on all processors; print each seed that broke a promise, and tell by the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--scenarios", type=int, default=10_000, help="how many")
    parser.add_argument("--seconds", type=float, help="for how long instead")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this one")
    chosen = parser.parse_args()
    if chosen.seed is not None:
        return _tell([(chosen.seed, judge(chosen.seed))])
    chunks = _chunks(chosen.first, chosen.scenarios, chosen.seconds)
    started, number, failures = time.monotonic(), 0, 0
    with ProcessPoolExecutor(os.process_cpu_count()) as pool:
        for results in _in_turn(pool, chunks):
            number += len(results)
            failures += _tell(results)
    print(f"{number} scenarios, {failures} broke a promise, {time.monotonic() - started:.0f} s")
    return 1 if failures or not number else 0


def play(seeds: Iterable[int]) -> list[tuple[int, list[str]]]:
    """Run scenarios and return what each broke."""
    return [(seed, judge(seed)) for seed in seeds]


def _chunks(first: int, scenarios: int, seconds: float | None) -> Iterator[range]:
    ends_at = time.monotonic() + seconds if seconds else None
    for start in count(first, CHUNK):
        if time.monotonic() >= ends_at if ends_at else start >= first + scenarios:
            return
        yield range(start, start + CHUNK if ends_at else min(start + CHUNK, first + scenarios))


def _in_turn(pool: ProcessPoolExecutor, chunks: Iterator[range]) -> Iterator[list[tuple[int, list[str]]]]:
    """Keep all processors at work with no more begun than that, so that a time limit is one."""
    begun = [pool.submit(play, one) for one in islice(chunks, os.process_cpu_count())]
    while begun:
        yield begun.pop(0).result()
        begun += [pool.submit(play, one) for one in islice(chunks, 1)]


def _tell(results: Iterable[tuple[int, list[str]]]) -> int:
    failed = [(seed, said) for seed, said in results if said]
    for seed, said in failed:
        print(f"seed {seed} (python -m tests.simulation --seed {seed}):", *said, sep="\n  ", flush=True)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
