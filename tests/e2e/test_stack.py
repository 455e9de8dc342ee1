"""The local stack itself: it keeps its data, leaves no process behind, and does not disturb another one."""

import os
import shutil
import signal
import sys
import time

import httpx
import pytest

from local.seed import COURSE, LEARNERS, VIDEOS
from tests.e2e.stack import Stack, gone, running_stack

PATH = f"/v1/courses/{COURSE}/videos/{VIDEOS[0]['_id']}/progress"


def _report(stack: Stack, position: float) -> str:
    now = time.time_ns() // 1_000_000
    report = {
        "courseId": str(COURSE),
        "videoId": str(VIDEOS[0]["_id"]),
        "event": "pause",
        "position": position,
        "duration": 60,
        "watched": [[0, int(position)]],
        "session": "01JD0000000000000000000000",
        "seq": 1,
        "at": now,
    }
    with stack.client("learner-1") as api:
        answer = api.post("/v1/progress", json={"sentAt": now, "reports": [report]}).raise_for_status().json()
    return str(answer["results"][0]["outcome"])


def _position(stack: Stack) -> float:
    with stack.client("learner-1") as api:
        return float(api.get(PATH).raise_for_status().json()["position"])


def test_two_stacks_do_not_meet_and_keep_their_data(stack: Stack) -> None:
    with running_stack(keep=True) as other:
        assert _report(other, 7) == "applied"
        assert (_position(stack), _position(other)) == (0, 7)
    with running_stack(other.port) as again:
        assert _position(again) == 7


def test_a_database_of_ones_own_and_only_entitled_learners(stack: Stack) -> None:
    settings = {"MONGODB_URI": stack.note()["mongodb"], "MONGODB_DATABASE": "other", "ENTITLEMENT": "collection"}
    with running_stack(**settings) as other:
        assert other.note()["mongodb"] is None
        with other.client(str(LEARNERS[0]["_id"])) as entitled, other.client("learner-1") as stranger:
            assert entitled.get(PATH).status_code == 200
            assert stranger.get(PATH).json()["code"] == "not_entitled"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_process(number: signal.Signals) -> None:
    with running_stack() as stack:
        pids = stack.processes()
        assert len(pids) >= 8  # make, ours, mongod, the local AWS, a worker for each of five functions
        stack.stop(number)
        assert gone(pids) == set()
        assert not (stack.folder / "tmp").exists()


@pytest.mark.parametrize("moment", ["mongodb/WiredTiger.wt", "stack.json", "tmp/ministack-lambda-*"])
def test_stopped_while_starting_leaves_no_process(moment: str) -> None:
    stack = Stack()
    deadline = time.monotonic() + 60
    while not any(stack.folder.glob(moment)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    pids = stack.processes()
    stack.stop()
    assert gone(pids) == set()
    shutil.rmtree(stack.folder, ignore_errors=True)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's end")
def test_killed_hard_leaves_no_process() -> None:
    with running_stack() as stack:
        pids = stack.processes()
        for pid in pids:
            if os.getpgid(pid) == stack.process.pid:
                os.kill(pid, signal.SIGKILL)
        assert gone(pids) == set()


def test_a_taken_port_is_told_at_once(stack: Stack) -> None:
    second = Stack(stack.port)
    assert second.process.wait(30) != 0
    assert second.process.stdout is not None
    assert f"port {stack.port} is taken" in second.process.stdout.read()
    second.process.stdout.close()
    assert httpx.get(f"{stack.address}/v1/health", trust_env=False).status_code == 200


def test_whatever_a_path_holds_the_api_answers(stack: Stack) -> None:
    with stack.client("learner-1") as api:
        for path in ("/v1/courses/a%0Ab/progress", "/api/progress/video/%F3%0A/%0A"):
            answer = api.get(path)
            assert answer.status_code in {400, 404}
            assert "json" in answer.headers["content-type"]


def test_the_gateway_refuses_as_aws_does(stack: Stack) -> None:
    origin = {"origin": stack.address}
    bare = httpx.get(stack.address + PATH, headers=origin, trust_env=False)
    assert (bare.status_code, bare.json()) == (401, {"message": "Unauthorized"})
    assert bare.headers["access-control-allow-origin"] == stack.address

    wrong = httpx.get(stack.address + PATH, headers={**origin, "authorization": "Bearer x"}, trust_env=False)
    assert (wrong.status_code, wrong.headers["content-type"]) == (401, "application/problem+json")
    assert wrong.headers["access-control-allow-origin"] == stack.address

    asked = {**origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    preflight = httpx.options(f"{stack.address}/v1/progress", headers=asked, trust_env=False)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-max-age"] == "7200"
    assert "authorization" in preflight.headers["access-control-allow-headers"]

    foreign = httpx.get(f"{stack.address}/v1/health", headers={"origin": "https://elsewhere.example"}, trust_env=False)
    assert "access-control-allow-origin" not in foreign.headers
