"""Ways to a server that are no socket of its own: TLS, and `ssh -W`. Each ends in a stream of this process."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

from . import errors
from .address import Address

if TYPE_CHECKING:
    import asyncio
    import ssl
    import subprocess

    from ._relay import Relay


def failed(address: Address, reason: str, text: str) -> errors.ConnectionFailed:
    code = {"refused": "refused", "dns": "dns", "timeout": "timeout"}.get(reason, "os")
    return errors.ConnectionFailed(f"{place(address)}: {text}", code=code, reason=reason, address=address)


def place(address: Address) -> str:
    """What errors call the other side."""
    return address.path or "" if address.scheme == "rayforce+unix" else f"{address.host}:{address.port}"


def explain(address: Address, e: OSError) -> errors.ConnectionFailed:
    if type(e).__module__ == "ssl":
        return failed(address, "tls", f"no TLS connection: {e}")
    if isinstance(e, socket.gaierror):
        return failed(address, "dns", f"the host name is unknown ({e.strerror})")
    if isinstance(e, ConnectionRefusedError | FileNotFoundError):
        return failed(address, "refused", "connection refused, nothing listens there")
    if isinstance(e, TimeoutError):
        return failed(address, "timeout", "no answer in time (connecting)")
    return failed(address, "os", e.strerror or str(e))


# ---- TLS ------------------------------------------------------------------------------------------------------------


def context_of(address: Address, tls: Any) -> ssl.SSLContext | None:
    """What a connection is secured by; None: it is not. True stands for the authorities that the system trusts."""
    if not tls and address.scheme != "rayforces":
        return None
    import ssl

    return tls if isinstance(tls, ssl.SSLContext) else ssl.create_default_context()


_relay: Relay | None = None
_making = threading.Lock()
_joins: set[asyncio.Task[None]] = set()  # the loop itself does not keep them


def _the_relay() -> Relay:
    from ._relay import Relay

    global _relay
    with _making:
        if _relay is None or _relay.pid != os.getpid():
            _relay = Relay("rayforce-tls")
        return _relay


async def _lead(address: Address, context: ssl.SSLContext, plain: socket.socket, seconds: float | None) -> None:
    import asyncio

    from ._relay import PIECE, Stream, join

    try:
        async with asyncio.timeout(seconds):
            far = await asyncio.open_connection(
                address.host, address.port, ssl=context, server_hostname=address.host, limit=PIECE
            )
    except BaseException:
        plain.close()
        raise
    task = asyncio.ensure_future(join(await Stream.over(plain), Stream(*far)))
    _joins.add(task)
    task.add_done_callback(_joins.discard)


class Tls:
    """A plain stream whose bytes go to the server by TLS."""

    def __init__(self, address: Address, context: ssl.SSLContext, seconds: float | None) -> None:
        self.stream, theirs = socket.socketpair()
        try:
            _the_relay().run(_lead(address, context, theirs, seconds))
        except OSError as e:
            self.stream.close()
            raise explain(address, e) from e
        except BaseException:
            self.stream.close()
            raise

    def failure(self, e: errors.ConnectionFailed) -> errors.ConnectionFailed:
        return e

    def close(self) -> None:
        self.stream.close()


# ---- SSH ------------------------------------------------------------------------------------------------------------


class Ssh:
    """`ssh -W host:port gateway`: a stream that the gateway leads on to the server."""

    def __init__(self, address: Address, seconds: float | None) -> None:
        import subprocess

        self._address = address
        ours, theirs = socket.socketpair()
        words = ["ssh", "-W", address.path or "", "-o", "BatchMode=yes"]
        if seconds is not None:
            words += ["-o", f"ConnectTimeout={max(1, int(seconds))}"]
        words += ["-p", str(address.port), "--", address.host]
        self.stream = ours
        try:
            # In a session of its own, Ctrl-C at the terminal is not for it.
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                words, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.PIPE, start_new_session=True
            )
        except OSError as e:
            ours.close()
            raise failed(address, "os", f"ssh cannot be run ({e.strerror})") from e
        finally:
            theirs.close()

    def failure(self, e: errors.ConnectionFailed) -> errors.ConnectionFailed:
        """What went wrong, in the words of ssh, if it has ended with some."""
        import subprocess

        with contextlib.suppress(subprocess.TimeoutExpired):
            said = self._process.communicate(timeout=1)[1].decode(errors="replace").strip()
            if said:
                return failed(self._address, "os", said)
        return e

    def close(self) -> None:
        """Ends it; who uses the stream has closed it before."""
        import subprocess

        self.stream.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.communicate(timeout=0.5)
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


def reach(address: Address, tls: Any, seconds: float | None) -> Tls | Ssh | None:
    """A stream to the server; None: a socket of one's own leads there."""
    if address.scheme == "rayforce+ssh":
        return Ssh(address, seconds)
    context = context_of(address, tls)
    return None if context is None else Tls(address, context, seconds)
