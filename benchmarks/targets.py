"""Servers that are compared, each with what its own clients need to find it: ours, the official one, Redis."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from compare import PYTHON, peers

OURS = """
import sys
from rayforce import Server
where = sys.argv[1]
(Server(port=int(where)) if where.isdigit() else Server(unix=where)).serve_forever()
"""

Where = dict[str, object]


class Target(NamedTuple):
    pids: list[int]
    tcp: Where
    unix: Where | None


@contextmanager
def program(command: list[str], port: int | None = None, path: str = "") -> Iterator[int]:
    with tempfile.TemporaryDirectory() as here:
        process = subprocess.Popen(command, cwd=here, stdout=subprocess.DEVNULL)
        try:
            if port:
                peers.wait_for_port(port)
            while path and not os.path.exists(path):
                time.sleep(0.01)
            yield process.pid
        finally:
            process.kill()
            process.wait()


@contextmanager
def servers() -> Iterator[dict[str, Target]]:
    """Redis is left out where `redis-server` or the environment of `make bench-peers` is missing."""
    with ExitStack() as stack:
        here = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port, path = peers.free_port(), str(here / "ours")
        ours = [sys.executable, "-c", OURS]
        pids = [stack.enter_context(program([*ours, str(port)], port))]
        pids.append(stack.enter_context(program([*ours, path], path=path)))
        made = {"ours": Target(pids, {"port": port}, {"path": path})}
        peer = stack.enter_context(peers.server("2.x"))
        made["peer"] = Target([peer.process.pid], {"port": peer.port}, None)
        redis = shutil.which("redis-server")
        if redis and PYTHON["redis"].exists():
            port, path = peers.free_port(), str(here / "redis")
            pid = stack.enter_context(program([redis, "--port", str(port), "--save", "", "--unixsocket", path], port))
            made["redis"] = Target([pid], {"port": port}, {"path": path})
        yield made
