"""What the verbs share: exit codes, types of arguments, and what becomes of exceptions."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import errors
from ..address import Address

if TYPE_CHECKING:
    from ..engine import Rayforce
    from ..ipc import Connection

OK, QUERY, USAGE, CONNECTION, INTERRUPTED = 0, 1, 2, 3, 130


class Usage(Exception):
    """The command was called wrongly, in a way that only running it could tell."""


def fail(message: object, code: int) -> int:
    print(f"rayforce: {message}", file=sys.stderr, flush=True)
    return code


def failed(error: Exception) -> int:
    """Says what went wrong, and which exit code that is. What is nobody's fault but ours is raised again."""
    if isinstance(error, Usage):
        return fail(error, USAGE)
    if isinstance(error, errors.QueryError) and error.exit_status is not None:  # code has said `(exit N)`
        return error.exit_status
    if isinstance(error, errors.IPCError):
        return fail(error, CONNECTION)
    if isinstance(error, errors.RayforceError | OSError):
        return fail(error, QUERY)
    if isinstance(error, ModuleNotFoundError):
        return fail(error, USAGE)
    raise error


# ---- types of arguments ---------------------------------------------------------------------------------------------


def endpoint(text: str) -> tuple[str, int]:
    """PORT or HOST:PORT; the loopback address unless a host is named."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port and no HOST:PORT")
    return host.strip("[]") or "127.0.0.1", int(port)


def address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as e:
        raise argparse.ArgumentTypeError(str(e)) from None


def number(least: int, most: int | None = None) -> Callable[[str], int]:
    """A type of arguments: whole numbers in a range."""

    def read(text: str) -> int:
        wanted = f"from {least} up" if most is None else f"from {least} to {most}"
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least or (most is not None and value > most):
            raise argparse.ArgumentTypeError(f"{text!r}: expected a number {wanted}")
        return value

    return read


def memory(text: str) -> int:
    from .._options import bytes_of

    try:
        return bytes_of(text)
    except ValueError as e:
        raise argparse.ArgumentTypeError(str(e)) from None


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r}: expected seconds above 0")
    return value


# ---- reaching a server ----------------------------------------------------------------------------------------------

ADDRESS_HELP = "HOST:PORT, HOST:PORT:USER:PASSWORD, or rayforce://...; RAYFORCE_PASSWORD may hold the password"


def add_address(p: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """ADDRESS and how long to wait for what is behind it."""
    more: dict[str, Any] = {"nargs": "?"} if optional else {}
    p.add_argument("address", type=address, metavar="ADDRESS", help=ADDRESS_HELP, **more)
    p.add_argument("--timeout", type=seconds, metavar="S", help="seconds to wait for a reply (no limit)")
    p.add_argument("--connect-timeout", type=seconds, metavar="S", help="seconds to connect (5)")


def connect(options: argparse.Namespace) -> Connection | Rayforce:
    """What the address leads to; for `:memory:` and `rayforce+file://` an engine in this process."""
    from ..ipc import connect as open_address

    where = Address.of(options.address)
    if where.scheme in ("memory", "rayforce+file"):
        return open_address(where)
    given = {"timeout": options.timeout, "connect_timeout": options.connect_timeout}
    more = {name: value for name, value in given.items() if value is not None}
    try:
        return open_address(where, **more)
    except errors.AuthenticationFailed:
        if where.password is not None or sys.stdin is None or not sys.stdin.isatty():
            raise
    import getpass

    return open_address(Address.of(where, password=getpass.getpass(f"password for {where}: ")), **more)


def connect_to_server(options: argparse.Namespace) -> Connection:
    from ..ipc import Connection

    thing = connect(options)
    if not isinstance(thing, Connection):
        thing.close()
        raise Usage(f"{options.address} is no server")
    return thing
