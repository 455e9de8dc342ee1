"""Child processes that are never left behind: each is stopped, with its own children, however the parent ends."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

PR_SET_PDEATHSIG = 1  # from <sys/prctl.h>
STOP_SECONDS = 10.0
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StoppedError(BaseException):
    """The user, or whoever started us, asked us to stop.

    No Exception: it may come anywhere, also where a library tries something and goes on if that fails.
    """


class StopSignals:
    """Turns the first SIGINT, SIGTERM or SIGHUP into StoppedError, but never between a fork and the note of its child.

    Later ones are ignored: we are stopping already, and a second Ctrl-C must not cut that short.
    """

    def __init__(self) -> None:
        self._held = 0
        self._pending = False

    def install(self) -> None:
        """Take over the signals; also where a shell started us in the background, with SIGINT ignored."""
        for number in STOPPING:
            signal.signal(number, self._on_signal)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Put off the exception until the block has ended."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if self._pending and not self._held:
            self._stop()

    def check(self) -> None:
        """Raise StoppedError where it was raised before and swallowed: a finalizer lets nothing out."""
        if self._pending and not self._held:
            raise StoppedError

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._pending = True
        if not self._held:
            self._stop()

    def _stop(self) -> None:
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        raise StoppedError


STOP_SIGNALS = StopSignals()


def _in_child() -> None:
    # Ignored signals are inherited; and where the kernel can tell, a parent that was killed takes its children along.
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One server of the stack, in a process group of its own: Ctrl-C reaches us alone, and we stop things in order."""

    def __init__(self, command: Sequence[str], *, log: Path, environment: Mapping[str, str]) -> None:
        self._command = [str(part) for part in command]
        self._log = log
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with STOP_SIGNALS.held(), self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
                preexec_fn=_in_child,  # noqa: PLW1509 (two system calls, no lock of ours)
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        self._signal(signal.SIGKILL)  # whatever of its group is still there
        self._process.wait()

    @property
    def pid(self) -> int:
        """Process id, which is the group's too."""
        assert self._process is not None
        return self._process.pid

    def wait(self) -> int:
        """Wait until it has ended, and return its exit code."""
        assert self._process is not None
        return self._process.wait()

    def wait_until(self, ready: Callable[[], bool], seconds: float = 30.0) -> None:
        """Poll until `ready` answers true; raise with the end of the log when the process ends or the time is up."""
        assert self._process is not None
        deadline = time.monotonic() + seconds
        while not ready():
            STOP_SIGNALS.check()
            if self._process.poll() is not None or time.monotonic() > deadline:
                tail = self._log.read_text(errors="replace")[-2000:]
                message = f"{self._command[0]} did not come up; the end of {self._log}:\n{tail}"
                raise RuntimeError(message)
            time.sleep(0.02)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


def bare_environment(**extra: str) -> dict[str, str]:
    """Return what a child needs of our environment and no more: no secret of the caller's reaches the emulators."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "OPENSSL_CONF", "LD_LIBRARY_PATH")
    return {**{name: os.environ[name] for name in kept if name in os.environ}, **extra}
