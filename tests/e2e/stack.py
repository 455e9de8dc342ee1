"""A local stack started as a person starts it, with `make run`, and the processes that it consists of."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx

from local.processes import free_port
from local.settings import DEVELOPMENT_SECRET
from local.template import ROOT
from local.tokens import make_token

START_SECONDS = 180  # a first run builds the layers
STOP_SECONDS = 30


class Stack:
    """`make run` in a session of its own, as in a terminal of its own."""

    def __init__(self, port: int | None = None, **environment: str) -> None:
        self.port = port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.folder = ROOT / ".playhead" / str(self.port)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        self.process = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env={**inherited, "PORT": str(self.port), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def wait_until_ready(self) -> None:
        """Read what it says until it says that it is ready."""
        assert self.process.stdout is not None
        said = []
        patience = threading.Timer(START_SECONDS, self.process.kill)
        patience.start()
        for line in self.process.stdout:
            said.append(line)
            if line.strip() == f"ready {self.address}":
                break
        patience.cancel()
        assert said, "it ended without a word"
        assert said[-1].startswith("ready"), "".join(said)

    def processes(self) -> set[int]:
        """Return the ids of `make` and of all that came of it and still runs."""
        listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True)
        rows = [line.split() for line in listing.stdout.splitlines()]
        parents = {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}
        found = {self.process.pid} & parents.keys()
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Do as Ctrl-C does, or send another signal to the same processes; return the exit code."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        code = self.process.wait(STOP_SECONDS)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def note(self) -> dict[str, Any]:
        """Return where its servers are."""
        noted: dict[str, Any] = json.loads((self.folder / "stack.json").read_text())
        return noted

    def client(self, learner: str) -> httpx.Client:
        """Return a client of its API with that learner's token."""
        headers = {"authorization": f"Bearer {make_token(DEVELOPMENT_SECRET, learner)}"}
        return httpx.Client(base_url=self.address, headers=headers, trust_env=False, timeout=30)


@contextlib.contextmanager
def running_stack(port: int | None = None, *, keep: bool = False, **environment: str) -> Iterator[Stack]:
    """Start a stack, give it once it is ready, stop it, and forget its data unless it is to be kept."""
    stack = Stack(port, **environment)
    try:
        stack.wait_until_ready()
        yield stack
    finally:
        stack.stop()
        if not keep:
            shutil.rmtree(stack.folder, ignore_errors=True)


def gone(pids: set[int], seconds: float = 10) -> set[int]:
    """Wait for processes to be gone; return those that are not."""
    deadline = time.monotonic() + seconds
    while (alive := {pid for pid in pids if _runs(pid)}) and time.monotonic() < deadline:
        time.sleep(0.05)
    return alive


def _runs(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")
