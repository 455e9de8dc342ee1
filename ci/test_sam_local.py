"""Every built function answers its event in a container, on the stores of a local stack that is started for it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from ci.sam_local import BUILT, SamLocal
from local.seed import LEARNERS
from local.template import ROOT, function_layers
from tests.e2e.stack import running_stack


@pytest.fixture(scope="module")
def functions() -> Iterator[SamLocal]:
    """Start a stack that containers can reach; `.ci/run` has built the functions."""
    with running_stack(STACK_BIND="0.0.0.0") as stack:  # noqa: S104 (for the containers; it lives for seconds)
        yield SamLocal(stack.port)


def _answer(functions: SamLocal, function: str) -> dict[str, Any]:
    done = functions.invoke(function)
    assert done.returncode == 0, done.stdout
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _body(answer: dict[str, Any]) -> dict[str, Any]:
    assert answer["statusCode"] == HTTPStatus.OK, answer
    body: dict[str, Any] = json.loads(answer["body"])
    return body


def test_an_old_client_updates_progress(functions: SamLocal) -> None:
    """The old application's way to write, of the demo course and its learner; first, since it waits for its turn."""
    answer = _body(_answer(functions, "ServeOldApi"))
    assert answer["success"] is True
    assert answer["data"]["videoProgress"]["watchedPercentage"] >= 35  # noqa: PLR2004 - as its event says


def test_a_report_is_applied_and_read_back(functions: SamLocal) -> None:
    """The one path that matters: token's learner, claim, merge, read."""
    (result,) = _body(_answer(functions, "ReportProgress"))["results"]
    progress = _body(_answer(functions, "ReadProgress"))

    assert result["outcome"] == "applied"
    assert progress["watched"] == [[0, 42]]
    assert progress == result["progress"]


def test_a_queued_report_is_replayed(functions: SamLocal) -> None:
    """The way of what had to wait."""
    assert _answer(functions, "ReplayReports") == {"batchItemFailures": []}


def test_a_video_is_completed_by_hand(functions: SamLocal) -> None:
    """The other way to write."""
    assert _body(_answer(functions, "ChangeProgress"))["completed"] is True


def test_a_completion_is_announced(functions: SamLocal) -> None:
    """The stack's own schedule may have been first."""
    _answer(functions, "ChangeProgress")
    assert _answer(functions, "PublishEvents")["refused"] == 0


def test_progress_is_kept_for_ever_unless_told_otherwise(functions: SamLocal) -> None:
    """A look at the indexes."""
    assert _answer(functions, "ApplyRetention") == {"days": 0, "changed": False}


def test_what_is_stored_is_handed_over(functions: SamLocal) -> None:
    """Whatever the tests before have stored: pages of documents."""
    exported = _body(_answer(functions, "ManageData"))
    assert exported["nextCursor"] is None
    assert {one["userId"] for one in exported["items"]} <= {str(LEARNERS[0]["_id"])}


def test_health_says_that_mongodb_answers(functions: SamLocal) -> None:
    """A container reaches the database through the secret."""
    assert _body(_answer(functions, "CheckHealth")) == {"status": "ok", "checks": {"mongodb": "ok"}}


def test_the_api_describes_itself(functions: SamLocal) -> None:
    """The document is in the layer."""
    assert "/v1/progress" in _body(_answer(functions, "DescribeApi"))["paths"]


def test_the_authorizer_says_whose_the_token_is(functions: SamLocal) -> None:
    """The event's token is a real one, signed with the local stack's secret."""
    answer = _answer(functions, "Authorize")

    assert answer["isAuthorized"] is True
    assert answer["context"] == {"userId": str(LEARNERS[0]["_id"]), "role": "student", "scope": ""}


def test_the_authorizer_can_check_what_a_key_set_signs() -> None:
    """RS256 and ES256 need compiled packages that lie in its layers alone."""
    built = os.pathsep.join(str(BUILT.parent / layer / "python") for layer in function_layers("Authorize"))
    command = [sys.executable, "-S", "-c", "from jwt.algorithms import has_crypto as able; raise SystemExit(not able)"]
    done = subprocess.run(command, env={"PYTHONPATH": built}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_function_is_left_out() -> None:
    """Each function of the template is invoked above."""
    source = (ROOT / "ci/test_sam_local.py").read_text()
    assert [
        file.stem for file in (ROOT / "functions").iterdir() if file.stem.title().replace("_", "") not in source
    ] == []


def test_the_command_for_developers_says_what_is_missing() -> None:
    """No stack on that port: told in one line, not in a traceback."""
    command = [sys.executable, "-m", "ci.sam_local", "CheckHealth"]
    done = subprocess.run(command, cwd=ROOT, env={"PORT": "1"}, capture_output=True, text=True, check=False)
    assert done.returncode == 2  # noqa: PLR2004 (a usage error's code)
    assert done.stderr.startswith("no ")
    assert "make run" in done.stderr
