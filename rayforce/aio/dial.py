"""From an address to a connected socket, on an event loop."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Mapping
from typing import Any

from .. import errors
from .._reach import explain, failed
from ..address import Address

PROBES = 3  # unanswered keepalive probes until a connection counts as dead


async def dial(address: Address, seconds: float | None) -> socket.socket:
    """One address after the other; one that does not answer may use half of the time that is left."""
    loop = asyncio.get_running_loop()
    if address.scheme == "rayforce+unix":
        targets: list[tuple[int, Any]] = [(socket.AF_UNIX, address.path)]
    else:
        targets = await look_up(loop, address)
    until = None if seconds is None else time.monotonic() + seconds
    telling: errors.ConnectionFailed | None = None
    for i, (family, target) in enumerate(targets):
        left = None if until is None else max(0.0, until - time.monotonic())
        part = left if left is None or i + 1 == len(targets) else left / 2
        try:
            return await connect_to(loop, family, target, part)
        except OSError as e:
            reason = explain(address, e)
            if telling is None or telling.reason == "os":  # "refused" says more than "no route"
                telling = reason
    raise telling or failed(address, "dns", "the host name is unknown")


async def look_up(loop: asyncio.AbstractEventLoop, address: Address) -> list[tuple[int, Any]]:
    try:
        found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except socket.gaierror as e:
        raise failed(address, "dns", f"the host name is unknown ({e.strerror})") from e
    except UnicodeError as e:
        raise failed(address, "dns", f"no host name ({e})") from e
    return [(family, target) for family, _, _, _, target in found]


async def connect_to(loop: asyncio.AbstractEventLoop, family: int, target: Any, seconds: float | None) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        async with asyncio.timeout(seconds):
            await loop.sock_connect(sock, target)
    except BaseException:
        sock.close()
        raise
    return sock


def set_up(sock: Any, options: Mapping[str, Any]) -> None:
    """Small packets at once, and probes while nothing is said."""
    if sock.family == getattr(socket, "AF_UNIX", None):
        return
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, int(options["nodelay"]))
    idle = options["keepalive"]
    if idle is None:
        return
    seconds = max(1, int(idle))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, "TCP_KEEPIDLE", 0x10), seconds)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, max(1, seconds // PROBES))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, PROBES)
