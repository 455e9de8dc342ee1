"""Processes that each run the handlers as one Lambda environment does, so that tests can let many of them race.

One process imports the functions and forks the others, which is a second instead of one for each: an import connects to
nothing, so what a fork shares is code.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier
from types import ModuleType, TracebackType
from typing import Any, NoReturn, Self

from local.functions import load_app
from local.template import ROOT
from playhead.ports import ProgressStore
from tests.builders import LambdaContext

type Job = tuple[str, dict[str, Any]]
"""A function's role and the event for it."""

_PATIENCE_SECONDS = 60


class Workers:
    """A number of processes; each has its own handlers, clients and connections."""

    def __init__(self, count: int, environment: Mapping[str, str], roles: Sequence[str] = ("report_progress",)) -> None:
        """Take how many, the environment that each gets, and the functions that each runs."""
        (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()
        paths = os.pathsep.join(str(ROOT / folder) for folder in (".", "layers/playhead"))
        self._hub = subprocess.Popen(
            [sys.executable, "-m", "tests.workers", str(theirs_in), str(theirs_out), str(count), *roles],
            env={**os.environ, **environment, "PYTHONPATH": paths},
            cwd=ROOT,
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._from, self._to = Connection(ours_in, writable=False), Connection(ours_out, readable=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._to.send(None)
        self._hub.wait(_PATIENCE_SECONDS)
        self._from.close()
        self._to.close()

    def configure(self, **environment: str) -> None:
        """Let each process begin anew with some settings changed, as after a deployment."""
        self._ask("configure", environment)

    def race(self, jobs: Sequence[Job]) -> list[dict[str, Any]]:
        """Run jobs, dealt out to all processes, which begin at the same moment; return the answers in their order."""
        answers: list[dict[str, Any]] = self._ask("race", jobs)
        return answers

    def die_at_merge(self, job: Job, now: int, *, merged: bool = False) -> list[int]:
        """Run a job at a time in ms in each process; return how each ended.

        It is killed between claim and merge, or once it has `merged` before it answers.
        """
        codes: list[int] = self._ask("die_at_merge", (now, merged, job))
        return codes

    def _ask(self, what: str, argument: object) -> Any:  # noqa: ANN401 - as different as the questions
        self._to.send((what, argument))
        assert self._from.poll(_PATIENCE_SECONDS), "the workers do not answer"
        return self._from.recv()


class _Hub:
    """The process that forks the others and deals out to them."""

    def __init__(self, count: int, roles: Sequence[str]) -> None:
        apps = {role: load_app(role) for role in roles}
        context = get_context("fork")
        barrier = context.Barrier(count)
        self._sides: list[Connection] = []
        self._processes: list[BaseProcess] = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, barrier, apps), daemon=True)
            process.start()
            theirs.close()
            self._sides.append(ours)
            self._processes.append(process)

    def configure(self, environment: Mapping[str, str]) -> None:
        self._send([environment] * len(self._sides))
        self._receive()

    def race(self, jobs: Sequence[Job]) -> list[dict[str, Any]]:
        count = len(self._sides)
        self._send([list(jobs[number::count]) for number in range(count)])
        dealt = self._receive()
        return [dealt[number % count][number // count] for number in range(len(jobs))]

    def die_at_merge(self, work: tuple[int, bool, Job]) -> list[int | None]:
        self._send([work] * len(self._sides))
        for process in self._processes:
            process.join(_PATIENCE_SECONDS)
        return [process.exitcode for process in self._processes]

    def _send(self, messages: Iterable[object]) -> None:
        for side, message in zip(self._sides, messages, strict=True):
            side.send(message)

    def _receive(self) -> list[Any]:
        return [side.recv() for side in self._sides]


def _work(side: Connection, barrier: Barrier, apps: Mapping[str, ModuleType]) -> None:
    while (message := side.recv()) is not None:
        side.send(_answer(message, apps, barrier))


def _answer(message: object, apps: Mapping[str, ModuleType], barrier: Barrier) -> object:
    if isinstance(message, dict):
        return _begin_anew(message)
    if isinstance(message, tuple):
        now, merged, (role, event) = message
        return _die(apps[role], event, lambda: now, merged=merged)
    assert isinstance(message, list)
    barrier.wait(_PATIENCE_SECONDS)
    return [apps[role].handler(event, LambdaContext()) for role, event in message]


def _begin_anew(environment: Mapping[str, str]) -> str:
    from tests.environment import forget_environment  # noqa: PLC0415 - where the environment is set

    os.environ.update(environment)
    forget_environment()
    return "configured"


def _die(app: ModuleType, event: dict[str, Any], clock: Callable[[], int], *, merged: bool) -> object:
    from playhead.api import resolver  # noqa: PLC0415 - where the environment is set

    use_case = app.report_progress()
    doomed = replace(use_case, store=_DeadlyStore(use_case.store if merged else None))
    vars(app).update(report_progress=lambda: doomed, now_ms=clock)
    vars(resolver).update(now_ms=clock)
    return app.handler(event, LambdaContext())


class _DeadlyStore:
    """A store at whose merge the process ends as if by the machine: no handler, no clean-up."""

    def __init__(self, store: ProgressStore | None) -> None:
        """Take the store that is to merge before the end."""
        self._store = store

    def is_slow(self) -> bool:
        return False

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        assert name.startswith("merge"), name

        def end(contribution: object) -> NoReturn:
            if self._store:
                getattr(self._store, name)(contribution)
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

        return end


def _serve(source: Connection, target: Connection, hub: _Hub) -> None:
    while (message := source.recv()) is not None:
        what, argument = message
        target.send(getattr(hub, what)(argument))


if __name__ == "__main__":
    _serve(
        Connection(int(sys.argv[1]), writable=False),
        Connection(int(sys.argv[2]), readable=False),
        _Hub(int(sys.argv[3]), sys.argv[4:]),
    )
