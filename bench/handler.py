"""What the write handler adds to its two I/O calls when warm: its own time over theirs, both measured in one run."""

import argparse
import json
import statistics
import sys
import time

from bench.service import Context, Handler, event, quiet, write_handler

WARM_UP = 200


def main() -> None:
    """Measure and print the ratio, and how slow two calls are of which it is a twentieth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    rounds = parser.parse_args().rounds
    with write_handler() as handler:
        own, waiting = measure(handler, rounds)
    print(f"two I/O calls {waiting * 1e3:.2f} ms, the handler's own time {own * 1e3:.2f} ms: ", end="")
    print(f"{100 * own / waiting:.0f} % of them on loopback; 5 % of two calls of {own / 0.05 * 1e3:.1f} ms together")


def measure(handler: Handler, rounds: int) -> tuple[float, float]:
    """Return the medians, in seconds, of the handler's own time and of the time inside its two I/O calls."""
    spent: list[float] = []
    own, waiting = [], []
    with quiet():
        handler(event("first"), Context())
        use_case = sys.modules["playhead.bootstrap"].report_progress()
        _timed(use_case.throttle._client, "update_item", spent)  # noqa: SLF001 - the seam where the waiting is
        _timed(use_case.store._collection, "find_one_and_update", spent)  # noqa: SLF001 - the same
        for number in range(WARM_UP + rounds):
            sent = event(f"learner-{number}")
            spent.clear()
            started = time.perf_counter()
            answer = handler(sent, Context())
            total = time.perf_counter() - started
            assert json.loads(answer["body"])["results"][0]["outcome"] == "applied", answer
            assert len(spent) == 2, spent  # noqa: PLR2004 - that there are just two calls is the point
            waiting.append(sum(spent))
            own.append(total - sum(spent))
    return statistics.median(own[WARM_UP:]), statistics.median(waiting[WARM_UP:])


def _timed(owner: object, name: str, spent: list[float]) -> None:
    call = getattr(owner, name)

    def timed(*arguments: object, **named: object) -> object:
        started = time.perf_counter()
        try:
            return call(*arguments, **named)
        finally:
            spent.append(time.perf_counter() - started)

    setattr(owner, name, timed)


if __name__ == "__main__":
    main()
