"""The real programs: servers and clients of the official binding, each from a virtual environment of its own."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VENV = {"2.x": ROOT / ".oracle" / "2x", "1.x": ROOT / ".oracle" / "1x"}


def executable(line: str) -> Path:
    hits = sorted(VENV[line].glob("lib/python3*/site-packages/rayforce/bin/rayforce"))
    if not hits:
        raise FileNotFoundError(f"no peer under {VENV[line]}: `make peers` installs it")
    return hits[0]


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def wait_for_port(port: int, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port}")


class PeerServer:
    """A real server on a free loopback port, in an empty directory of its own."""

    def __init__(self, line: str, *args: str) -> None:
        self.line = line
        self.port = free_port()
        # The server of the 1.x line listens only if its standard input is a terminal.
        self._terminal = pty.openpty() if line == "1.x" else None
        self._dir = tempfile.TemporaryDirectory(prefix="peer-")
        self.process = subprocess.Popen(
            [str(executable(line)), "-p", str(self.port), *args],
            stdin=self._terminal[1] if self._terminal else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._dir.name,
        )
        try:
            wait_for_port(self.port)
        except TimeoutError:
            self.stop()
            raise

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        if self._terminal:
            for fd in self._terminal:
                os.close(fd)
            self._terminal = None
        self._dir.cleanup()


@contextlib.contextmanager
def server(line: str, *args: str) -> Iterator[PeerServer]:
    peer = PeerServer(line, *args)
    try:
        yield peer
    finally:
        peer.stop()


_CLIENT = """
import json, sys
from rayforce import TCPClient
port, requests = int(sys.argv[1]), json.loads(sys.argv[2])
client = TCPClient("localhost", port, **json.loads(sys.argv[3]))
answers = []
for source in requests:
    try:
        answers.append(repr(client.execute(source)))
    except Exception as e:
        answers.append("error: " + type(e).__name__ + ": " + str(e))
client.close()
print("ANSWERS" + json.dumps(answers))
"""


def ask_with_real_client(line: str, port: int, requests: list[str], **login: str) -> list[str]:
    """repr of what the official client of that line answers to each request, or `error: …`."""
    done = subprocess.run(
        [str(VENV[line] / "bin" / "python"), "-c", _CLIENT, str(port), json.dumps(requests), json.dumps(login)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd="/",  # not the source tree: the peer's package has the same import name
    )
    marked = [row for row in done.stdout.splitlines() if row.startswith("ANSWERS")]
    if not marked:
        raise RuntimeError(f"the real client failed: {done.stdout}{done.stderr}")
    answers: list[Any] = json.loads(marked[0].removeprefix("ANSWERS"))
    return [str(a) for a in answers]
