"""A way to a server that can fall silent, as under a frozen environment, or break with an answer still on its way."""

import socket
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from types import TracebackType
from typing import Self


@dataclass(eq=False)
class _Connection:
    """Two sockets and what passes between them, until it is silent, or an answer is lost."""

    near: socket.socket
    far: socket.socket
    way: "Way"
    silent: bool = False
    swallowed: int = 0
    loses_answer: bool = False

    def ask(self) -> None:
        """Pass on what is asked, or swallow it."""
        with suppress(OSError):
            while received := self.near.recv(65536):
                self.loses_answer = self.way.loses_answer_to(received)
                self._pass_on(received, self.far)
            self.far.shutdown(socket.SHUT_WR)

    def answer(self) -> None:
        """Pass on what is answered, swallow it, or break instead."""
        with suppress(OSError):
            while received := self.far.recv(65536):
                if self.loses_answer:
                    break
                self._pass_on(received, self.near)
            self.near.shutdown(socket.SHUT_RDWR)

    def _pass_on(self, received: bytes, target: socket.socket) -> None:
        if self.silent:
            self.swallowed += len(received)
        else:
            target.sendall(received)


@dataclass
class Way:
    """Listens on a port of its own and passes every connection on to another one."""

    target: int
    connections: list[_Connection] = field(default_factory=list)
    _answers_to_lose: list[bytes] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listener.close()
        for one in self.connections:
            for side in (one.near, one.far):
                side.close()

    def fall_silent(self) -> int:
        """Swallow from now on what comes on the connections that there are, not on new ones; return their number."""
        for one in self.connections:
            one.silent = True
        return len(self.connections)

    def lose_answers(self, *commands: str) -> None:
        """Break the connection, once each, on which the answer to such a command comes back."""
        self._answers_to_lose += [command.encode() for command in commands]

    @property
    def answers_left_to_lose(self) -> int:
        """How many answers were not asked for yet."""
        return len(self._answers_to_lose)

    def loses_answer_to(self, asked: bytes) -> bool:
        """Tell whether the answer is to be lost, and remember that it is."""
        lost = next((command for command in self._answers_to_lose if command in asked), None)
        if lost:
            self._answers_to_lose.remove(lost)
        return lost is not None

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._connect(near)

    def _connect(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            near.close()
            return
        one = _Connection(near, far, self)
        self.connections.append(one)
        for direction in (one.ask, one.answer):
            Thread(target=direction, daemon=True).start()
