"""What the write handler adds to its two I/O calls when warm: its own time over theirs, both measured in one run."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel

from bench.measure import medians
from bench.service import Context, Handler, event, quiet, write_handler

WARM_UP = 200
HOUR_MS = 3_600_000


def main() -> None:
    """Measure and print the ratio, and how slow two calls are of which it is a twentieth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    rounds = parser.parse_args().rounds
    with write_handler() as handler:
        own, waiting, alone = measure(handler, rounds)
        least = measure_least(rounds)
    print(f"two I/O calls {waiting * 1e3:.2f} ms, the handler's own time {own * 1e3:.2f} ms: ", end="")
    print(f"{100 * own / waiting:.0f} % of them on loopback; 5 % of two calls of {own / 0.05 * 1e3:.1f} ms together")
    print(f"with both answered from memory: {alone * 1e3:.2f} ms, {100 * alone / waiting:.0f} % of the two calls")
    print(f"a function that does nothing, with the same resolver, log line, metric and tracer: {least * 1e3:.2f} ms")


@dataclass
class Call:
    """One of the two I/O calls: what it does and how long that took each time; or its last answer again, at once."""

    call: Callable[..., object]
    spent: list[float]
    from_memory: bool = False
    answer: object = None

    def __call__(self, *arguments: object, **named: object) -> object:
        """Call and measure, or remember."""
        if self.from_memory:
            return self.answer
        started = time.perf_counter()
        self.answer = self.call(*arguments, **named)
        self.spent.append(time.perf_counter() - started)
        return self.answer


def measure(handler: Handler, rounds: int) -> tuple[float, float, float]:
    """Return medians in seconds: the handler's own time, that inside its two I/O calls, its own without any waiting.

    The first is what is left of an invocation: caches that the two servers have emptied are filled in it again.
    """
    spent: list[float] = []
    own, waiting = [], []
    with quiet():
        handler(event("first"), Context())
        use_case = sys.modules["playhead.bootstrap"].report_progress()
        client, collection = use_case.throttle._throttle._client, use_case.store._store._collection  # noqa: SLF001
        client.update_item = claim = Call(client.update_item, spent)  # the seams where the waiting is
        collection.find_one_and_update = merge = Call(collection.find_one_and_update, spent)
        for number in range(WARM_UP + rounds):
            sent = event(f"learner-{number}")
            handler(_late(sent), Context())  # makes the document, and takes no claim
            spent.clear()
            started = time.perf_counter()
            answer = handler(sent, Context())
            total = time.perf_counter() - started
            assert json.loads(answer["body"])["results"][0]["outcome"] == "applied", answer
            assert len(spent) == 2, spent  # noqa: PLR2004 - that there are just two calls is the point
            waiting.append(sum(spent))
            own.append(total - sum(spent))
        claim.from_memory = merge.from_memory = True
        alone = medians({"handler": lambda _: handler(sent, Context())}, rounds, WARM_UP)["handler"]
    return statistics.median(own[WARM_UP:]), statistics.median(waiting[WARM_UP:]), alone


def measure_least(rounds: int) -> float:
    """Return the median, in seconds, of a handler that validates one field, logs a line and answers."""
    # they read the environment, which write_handler has set by now
    from playhead.api.resolver import make_resolver, serve  # noqa: PLC0415
    from playhead.api.telemetry import logger, metrics  # noqa: PLC0415

    app = make_resolver()

    @app.post("/v1/progress")
    def post(body: Annotated[_Least, Body()]) -> Response[str]:
        logger.info("report", extra={"number": body.number})
        metrics.add_metric("Reports", MetricUnit.Count, 1)
        return Response(HTTPStatus.OK, content_types.APPLICATION_JSON, "{}")

    handler, sent = serve(app), event("nobody") | {"body": '{"number": 1}'}
    with quiet():
        taken = medians({"least": lambda _: handler(sent, Context())}, rounds, WARM_UP)
    return taken["least"]


class _Least(BaseModel):
    """The body of a function that does nothing."""

    number: int


def _late(sent: dict[str, Any]) -> dict[str, Any]:
    request = json.loads(sent["body"])
    reports = [one | {"at": one["at"] - HOUR_MS, "seq": 0} for one in request["reports"]]
    return sent | {"body": json.dumps(request | {"reports": reports})}


if __name__ == "__main__":
    main()
