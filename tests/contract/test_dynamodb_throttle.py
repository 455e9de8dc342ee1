"""What only DynamoDB's throttle has to bear: a lost answer, a missing table, its item's time to live."""
# ruff: noqa: FBT001 - a case of a table comes as arguments

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config

from local.ministack import ADMIN, REGION, LocalAws
from playhead.adapters.dynamodb_throttle import DynamoDBThrottle
from playhead.domain.claim import Granted, TooSoon, Unguarded
from tests.builders import NOW, claim, session_id


class LossyProxy:
    """Passes requests on to a server, and loses the answers to as many as it is told."""

    def __init__(self, target: str) -> None:
        self.lose = 0
        self.passed = 0
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                inbound, _ = self._listener.accept()
            except OSError:
                return
            with inbound, socket.create_connection(self._target) as outbound:
                self._exchange(inbound, outbound)

    def _exchange(self, inbound: socket.socket, outbound: socket.socket) -> None:
        """Pass one request and its answer, or not the answer."""
        outbound.sendall(_read_message(inbound))
        answer = _read_message(outbound)
        self.passed += 1
        if self.lose > 0:
            self.lose -= 1
        else:
            inbound.sendall(answer)


def _read_message(side: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (part := side.recv(65536)):
        head += part
    headers, _, body = head.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in headers.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while lengths and len(body) < int(lengths[0]):
        body += side.recv(65536)
    return headers + b"\r\n\r\n" + body


@pytest.fixture
def proxy(aws: LocalAws) -> Iterator[LossyProxy]:
    with closing(LossyProxy(aws.endpoint)) as proxy:
        yield proxy


@pytest.fixture
def throttle(proxy: LossyProxy, throttle_table: str) -> Iterator[DynamoDBThrottle]:
    """Return a throttle with the composition root's own budget, behind the proxy."""
    budget = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 2, "mode": "standard"})
    behind: dict[str, Any] = {"endpoint_url": proxy.url, "region_name": REGION, "config": budget, **ADMIN}
    with closing(boto3.client("dynamodb", **behind)) as client:
        yield DynamoDBThrottle(client, throttle_table)


@pytest.mark.parametrize("spacing_ms", [0, 1000])
@pytest.mark.parametrize("urgent", [False, True])
def test_our_own_claim_does_not_hold_us_when_its_answer_was_lost(
    throttle: DynamoDBThrottle,
    proxy: LossyProxy,
    urgent: bool,
    spacing_ms: int,
) -> None:
    proxy.lose = 1
    assert isinstance(throttle.claim(claim(urgent=urgent, spacing_ms=spacing_ms)), Granted)
    assert proxy.passed == 2
    assert throttle.claim(claim(session=session_id(NOW, 7), now=NOW + 1)) == TooSoon(29_999, 1)


@pytest.mark.parametrize("spacing_ms", [0, 1000])
@pytest.mark.parametrize("urgent", [False, True])
def test_a_claim_whose_answer_was_lost_can_be_released(
    throttle: DynamoDBThrottle,
    proxy: LossyProxy,
    urgent: bool,
    spacing_ms: int,
) -> None:
    ours = claim(urgent=urgent, spacing_ms=spacing_ms)
    proxy.lose = 1
    turn = throttle.claim(ours)
    assert isinstance(turn, Granted)
    throttle.release(ours, turn)
    assert isinstance(throttle.claim(claim(session=session_id(NOW, 7), now=NOW + 1)), Granted)


def test_both_answers_lost_is_unguarded(throttle: DynamoDBThrottle, proxy: LossyProxy) -> None:
    proxy.lose = 2
    assert throttle.claim(claim()) == Unguarded()


def test_a_missing_table_is_unguarded(aws: LocalAws) -> None:
    with closing(aws.client("dynamodb")) as client:
        throttle = DynamoDBThrottle(client, "no-such-table")
        assert throttle.claim(claim()) == Unguarded()
        assert throttle.release(claim(), Granted("token", None)) == Unguarded()


def test_an_item_lives_for_a_day(aws: LocalAws, throttle_table: str) -> None:
    with closing(aws.client("dynamodb")) as client:
        DynamoDBThrottle(client, throttle_table).claim(claim())
        items = client.scan(TableName=throttle_table)["Items"]
    assert [int(item["ttl"]["N"]) for item in items] == [NOW // 1000 + 24 * 3600]
    assert items[0]["key"] == {"S": "learner-1#course-1#video-1"}


def test_an_item_of_a_stranger_does_not_stop_us(aws: LocalAws, throttle_table: str) -> None:
    """Nobody else should write here; a report is worth more than an item that cannot be read."""
    with closing(aws.client("dynamodb")) as client:
        client.put_item(TableName=throttle_table, Item={"key": {"S": "learner-1#course-1#video-1"}})
        assert isinstance(DynamoDBThrottle(client, throttle_table).claim(claim()), Granted | Unguarded)


def test_learners_with_odd_ids_have_items_of_their_own(aws: LocalAws, throttle_table: str) -> None:
    ids = ["a#b", "a%23b", "a%2523b", "a b", "\u00e9", "$$ROOT", "a.b", "\U0001f600"]
    with closing(aws.client("dynamodb")) as client:
        throttle = DynamoDBThrottle(client, throttle_table)
        granted: Callable[[str], bool] = lambda user: isinstance(  # noqa: E731 - one line, used once
            throttle.claim(claim(key=claim().key._replace(user_id=user))), Granted
        )
        assert all(granted(user) for user in ids)
        assert client.scan(TableName=throttle_table)["Count"] == len(ids)
