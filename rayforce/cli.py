"""The `rayforce` command. Results go to stdout, everything else to stderr.

Exit codes: 0 all well, 1 a query failed, 2 it was called wrongly, 3 a connection or a port failed.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from . import errors
from ._version import __version__

OK, QUERY, USAGE, CONNECTION = 0, 1, 2, 3


def endpoint(text: str) -> tuple[str, int]:
    """PORT or HOST:PORT; the loopback address unless a host is named."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port and no HOST:PORT")
    return host.strip("[]") or "127.0.0.1", int(port)


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(
        prog="rayforce",
        description="Serve an engine, or run a file of source.",
        epilog="rayforce serve -p [HOST:]PORT is the same as rayforce -p [HOST:]PORT",
    )
    p.add_argument("--version", action="version", version=f"rayforce {__version__}")
    p.add_argument(
        "-p", "--port", type=endpoint, metavar="[HOST:]PORT", help="serve there, 127.0.0.1 unless HOST is given"
    )
    p.add_argument("-u", "--password", help="ask clients for this password")
    p.add_argument("-c", "--threads", type=int, help="worker threads (one per core)")
    p.add_argument("--insecure", action="store_true", help="allow other hosts in without a password")
    p.add_argument("file", nargs="?", help="source to run, before serving")
    return p


def fail(message: object, code: int) -> int:
    print(f"rayforce: {message}", file=sys.stderr)
    return code


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    p = parser()
    wants_port = args[:1] == ["serve"]
    options = p.parse_args(args[1:] if wants_port else args)
    if options.port is None and (wants_port or options.file is None):
        p.print_usage(sys.stderr)
        return fail("give a port to serve (-p 5000) or a file to run", USAGE)
    if options.threads is not None and options.threads < 1:
        return fail(f"-c {options.threads}: expected a number from 1 up", USAGE)
    if options.file is not None and not Path(options.file).is_file():
        return fail(f"{options.file}: no such file", USAGE)
    try:
        return run(options)
    except KeyboardInterrupt:
        return OK if options.port is not None else 130


def run(options: argparse.Namespace) -> int:
    from .engine import Rayforce
    from .network.server import Server

    with Rayforce(threads=options.threads) as ray:
        if options.file is not None:
            try:
                ray.run_file(options.file)
            except (errors.RayforceError, OSError) as e:
                return fail(f"{options.file}: {e}", QUERY)
        if options.port is None:
            return OK
        host, port = options.port
        try:
            server = Server(ray, host=host, port=port, password=options.password, insecure=options.insecure)
        except errors.RayforceError as e:
            return fail(e, CONNECTION)
        print(f"rayforce {__version__} listens on {server.host}:{server.port}", file=sys.stderr, flush=True)
        signal.signal(signal.SIGTERM, lambda *_: server._handle.stop())
        server.serve_forever()
        server.stop()
    return OK
