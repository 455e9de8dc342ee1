"""The queue in the deployed stack: the template's own queue, event source mapping, dead letters and policies."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from local.deployment import STACK
from local.ministack import LocalAws
from local.mongodb import starting_mongod, wait_for_mongod
from local.processes import Child
from playhead.adapters.mongo_indexes import ensure_indexes
from tests.e2e.stack import Stack, running_stack

PATH = "/v1/courses/course-1/videos/video-1/progress"
PATIENCE_SECONDS = 30


@contextmanager
def _stopped(child: Child) -> Iterator[None]:
    """Stop a process, as a machine does that hangs, until the block has ended."""
    os.kill(child.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(child.pid, signal.SIGCONT)


def _report(api: httpx.Client, video: str = "video-1") -> httpx.Response:
    now = time.time_ns() // 1_000_000
    report = {
        "courseId": "course-1",
        "videoId": video,
        "event": "pause",
        "position": 30,
        "duration": 60,
        "watched": [[0, 30]],
        "session": "01JD0000000000000000000000",
        "seq": 1,
        "at": now,
    }
    return api.post("/v1/progress", json={"sentAt": now, "reports": [report]})


def _eventually(read: Any, wanted: object) -> None:  # noqa: ANN401 - whatever is read
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := read()) != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    assert found == wanted


def _queues(stack: Stack) -> tuple[Any, dict[str, str]]:
    aws = LocalAws(stack.note()["aws"])
    outputs = aws.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]
    return aws.client("sqs"), {one["OutputKey"]: one["OutputValue"] for one in outputs}


@pytest.fixture(scope="module")
def own_mongod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Child, str]]:
    """A mongod of this module's own, which may be stopped."""
    with starting_mongod(tmp_path_factory.mktemp("mongodb")) as (child, port):
        uri = wait_for_mongod(child, port)
        with MongoClient[dict[str, Any]](uri) as client:
            ensure_indexes(client["playhead"])
        yield child, uri


@pytest.fixture(scope="module")
def stack_on(own_mongod: tuple[Child, str]) -> Iterator[Stack]:
    """A stack on that mongod."""
    with running_stack(MONGODB_URI=own_mongod[1]) as stack:
        yield stack


def test_a_database_that_hangs_costs_nobody_a_second(own_mongod: tuple[Child, str], stack_on: Stack) -> None:
    """The report is queued, and replayed by the stack itself once the database goes on."""
    with stack_on.client("learner-1") as api:
        with _stopped(own_mongod[0]):
            answer = _report(api)
            assert (answer.status_code, answer.json()["results"][0]["outcome"]) == (202, "queued")
        _eventually(lambda: api.get(PATH).json().get("watched"), [[0, 30]])


def test_poison_ends_among_the_dead_letters_after_five_tries(stack_on: Stack) -> None:
    sqs, outputs = _queues(stack_on)
    queue, dead = outputs["ReportQueueUrl"], outputs["DeadLetterQueueUrl"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "0"})  # else each try waits two minutes
    sqs.send_message(QueueUrl=queue, MessageBody="{")
    names = ["ApproximateNumberOfMessages"]
    _eventually(lambda: sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=names)["Attributes"][names[0]], "1")
    (letter,) = sqs.receive_message(QueueUrl=dead, AttributeNames=["ApproximateReceiveCount"])["Messages"]
    assert letter["Body"] == "{"
