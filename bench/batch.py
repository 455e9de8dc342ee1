"""What a batch saves: reports a second of a hundred late reports in one request, against as many one at a time."""

import argparse
import json
import time
from typing import Any

from bench.service import Context, Handler, event, quiet, write_handler

BATCH = 100
HOUR_MS = 3_600_000


def main() -> None:
    """Measure and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    rounds = parser.parse_args().rounds
    seconds = {1: 0.0, BATCH: 0.0}
    with write_handler() as handler, quiet():
        for number in range(rounds + 1):
            for size in seconds:
                took = send(handler, number, size)
                seconds[size] += took if number else 0  # the first round warms up
    rates = {size: rounds * BATCH / took for size, took in seconds.items()}
    print(f"one at a time {rates[1]:.0f} reports/s, a hundred at a time {rates[BATCH]:.0f} reports/s: ", end="")
    print(f"{rates[BATCH] / rates[1]:.1f} times (aim: at least 5.5)")


def send(handler: Handler, number: int, size: int) -> float:
    """Send a hundred late reports of as many videos in requests of a size; return the seconds it took."""
    took = 0.0
    for start in range(0, BATCH, size):
        # a learner each, since one learner's requests of late reports are limited
        sent = event(f"learner-{number}-{size}-{start}")
        request = json.loads(sent["body"])
        request["reports"] = [_late(request["reports"][0], video) for video in range(start, start + size)]
        sent["body"] = json.dumps(request)
        started = time.perf_counter()
        answer = handler(sent, Context())
        took += time.perf_counter() - started
        outcomes = [one["outcome"] for one in json.loads(answer["body"])["results"]]
        assert outcomes == ["applied"] * size, answer
    return took


def _late(report: dict[str, Any], video: int) -> dict[str, Any]:
    return report | {"videoId": f"video-{video}", "at": report["at"] - HOUR_MS}


if __name__ == "__main__":
    main()
