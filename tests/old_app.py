"""The old app, on the real mongoose: a node process that reads, saves and updates as it is asked."""

import subprocess
from types import TracebackType
from typing import Any, Self

from bson import json_util

from local.processes import bare_environment
from local.template import ROOT

_FOLDER = ROOT / "tests/mongoose"


class OldAppError(Exception):
    """What mongoose refused, by its error's name."""


class OldApp:
    """One process of the old app."""

    def __init__(self, uri: str, database: str) -> None:
        node = subprocess.run([ROOT / "setup/find-node.sh"], capture_output=True, text=True, check=True).stdout.strip()
        self._process = subprocess.Popen(
            [f"{node}/node", "old-app.mjs"],
            cwd=_FOLDER,
            env=bare_environment(MONGODB_URI=uri, MONGODB_DATABASE=database),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=30)

    def ask(self, what: str, **parameters: object) -> Any:  # noqa: ANN401 - as different as the questions
        """Ask and wait for the answer."""
        self.begin(what, **parameters)
        return self.answer()

    def begin(self, what: str, **parameters: object) -> None:
        """Ask; the answer is waited for later."""
        assert self._process.stdin is not None
        print(json_util.dumps({"what": what, **parameters}), file=self._process.stdin, flush=True)

    def answer(self) -> Any:  # noqa: ANN401 - as different as the questions
        """Return the answer to the last question. Raises OldAppError."""
        assert self._process.stdout is not None
        answer = json_util.loads(self._process.stdout.readline())
        if "error" in answer:
            raise OldAppError(answer["error"], answer["message"])
        return answer["result"]
