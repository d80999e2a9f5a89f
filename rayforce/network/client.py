"""The official binding's client."""

from __future__ import annotations

from ..ipc import Connection


class TCPClient(Connection):
    """`TCPClient(host, port)`: a connection under its old name."""

    def __init__(self, host: str = "localhost", port: int = 5000, timeout: float | None = 5.0) -> None:
        super().__init__(host, port, connect_timeout=timeout)
