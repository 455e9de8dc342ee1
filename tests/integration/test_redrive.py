"""`playhead redrive` on real queues, made from the template's own resources and found by the template's own outputs."""

import json
from collections.abc import Iterator
from contextlib import closing
from secrets import token_hex
from typing import Any

import pytest
from typer.testing import CliRunner

from local.ministack import LocalAws
from local.processes import free_port
from local.template import read_template
from playhead.adapters.queue_messages import write_messages
from playhead.domain.deferred import Deferred
from playhead_cli.app import app
from playhead_cli.exits import Exit
from tests.builders import KEY, accepted, report
from tests.handlers import QueueProbe

_QUEUES, _OUTPUTS = ("ReportQueue", "DeadLetterQueue"), ("ReportQueueUrl", "DeadLetterQueueUrl")


@pytest.fixture
def stack(aws_environment: LocalAws) -> Iterator[str]:
    """Name of a stack that is no more than the template's queues."""
    template = read_template()
    queues = {
        "Resources": {name: template["Resources"][name] for name in _QUEUES},
        "Outputs": {name: template["Outputs"][name] for name in _OUTPUTS},
    }
    name = f"queues-{token_hex(4)}"
    with closing(aws_environment.client("cloudformation")) as formation:
        formation.create_stack(StackName=name, TemplateBody=json.dumps(queues))
        formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
        yield name
        formation.delete_stack(StackName=name)


@pytest.fixture
def queues(aws_environment: LocalAws, stack: str) -> Iterator[tuple[QueueProbe, QueueProbe]]:
    """The queue of reports and that of dead letters."""
    with closing(aws_environment.client("cloudformation")) as formation, closing(aws_environment.client("sqs")) as sqs:
        outputs = formation.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
        urls = {one["OutputKey"]: one["OutputValue"] for one in outputs}
        yield QueueProbe(sqs, urls["ReportQueueUrl"]), QueueProbe(sqs, urls["DeadLetterQueueUrl"])


def _redrive(*arguments: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(app, ["redrive", *arguments, "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, json.loads(result.stdout)


def _body(number: int) -> str:
    (body,) = write_messages(Deferred((accepted(report(key=KEY._replace(video_id=f"video-{number}"))),), entitled=True))
    return body


def test_all_dead_letters_go_back_as_they_were(stack: str, queues: tuple[QueueProbe, QueueProbe]) -> None:
    queue, dead = queues
    bodies = [_body(number) for number in range(23)]
    for body in bodies:
        dead.sqs.send_message(QueueUrl=dead.url, MessageBody=body)
    assert _redrive("--stack", stack) == (Exit.DONE, {"waiting": 23, "moved": 0, "dryRun": True})
    assert (queue.counts, dead.counts) == ((0, 0), (23, 0)), "nothing is moved unless it is asked for"
    assert _redrive("--stack", stack, "--write") == (Exit.DONE, {"moved": 23, "unreadable": []})
    assert (queue.counts, dead.counts) == ((23, 0), (0, 0))
    found = [one["body"] for _ in range(3) for one in queue.receive()]
    assert sorted(found) == sorted(bodies)


def test_what_this_release_cannot_read_stays(stack: str, queues: tuple[QueueProbe, QueueProbe]) -> None:
    queue, dead = queues
    later = dead.sqs.send_message(QueueUrl=dead.url, MessageBody=_body(1).replace('"version":1', '"version":2'))
    dead.sqs.send_message(QueueUrl=dead.url, MessageBody=_body(2))
    assert _redrive("--stack", stack, "--write") == (
        Exit.INCOMPLETE,
        {"moved": 1, "unreadable": [later["MessageId"]]},
    )
    assert [one["body"] for one in queue.receive()] == [_body(2)]
    kept = dead.sqs.get_queue_attributes(QueueUrl=dead.url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"])[
        "Attributes"
    ]
    assert kept == {"ApproximateNumberOfMessagesNotVisible": "1"}


def test_nothing_is_deleted_that_was_not_sent(stack: str, queues: tuple[QueueProbe, QueueProbe]) -> None:
    """The queue goes away between the two: every dead letter is still there."""
    queue, dead = queues
    dead.sqs.send_message(QueueUrl=dead.url, MessageBody=_body(1))
    queue.sqs.delete_queue(QueueUrl=queue.url)
    status, said = _redrive("--stack", stack, "--write")
    assert (status, said["code"]) == (Exit.REFUSED, "AWS.SimpleQueueService.NonExistentQueue")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = dead.sqs.get_queue_attributes(QueueUrl=dead.url, AttributeNames=names)["Attributes"]
    assert sum(map(int, found.values())) == 1


def test_a_stack_that_is_none_of_ours_is_refused(aws_environment: LocalAws) -> None:
    template = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    name = f"other-{token_hex(4)}"
    with closing(aws_environment.client("cloudformation")) as formation:
        formation.create_stack(StackName=name, TemplateBody=json.dumps(template))
        formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
        status, said = _redrive("--stack", name)
        formation.delete_stack(StackName=name)
    assert status == Exit.REFUSED
    assert "DeadLetterQueueUrl" in said["refused"]
    assert _redrive("--stack", "no-such-stack")[0] == Exit.REFUSED


def test_aws_out_of_reach_is_told(aws_environment: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    assert aws_environment
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert _redrive()[0] == Exit.UNREACHABLE
