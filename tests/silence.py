"""A way to a server that can fall silent, as the network does under a frozen environment: no error, no answer."""

import socket
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from types import TracebackType
from typing import Self


@dataclass(eq=False)
class _Connection:
    """Two sockets and what passes between them, until it is silent."""

    near: socket.socket
    far: socket.socket
    silent: bool = False
    swallowed: int = 0

    def pass_on(self, source: socket.socket, target: socket.socket) -> None:
        """Pass on what comes, or swallow it."""
        with suppress(OSError):
            while received := source.recv(65536):
                if self.silent:
                    self.swallowed += len(received)
                else:
                    target.sendall(received)
            target.shutdown(socket.SHUT_WR)


@dataclass
class Way:
    """Listens on a port of its own and passes every connection on to another one."""

    target: int
    connections: list[_Connection] = field(default_factory=list)

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
        one = _Connection(near, far)
        self.connections.append(one)
        for pair in ((near, far), (far, near)):
            Thread(target=one.pass_on, args=pair, daemon=True).start()
