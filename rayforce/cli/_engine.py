"""The engine of `rayforce` and `rayforce serve`, with its server and its script, as the flags say."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import errors
from .._version import __version__
from ._common import OK, QUERY, Usage, endpoint, fail, memory, number, seconds

if TYPE_CHECKING:
    from ..engine import Rayforce
    from ..network.server import Server

# names, keyword arguments of add_argument
FLAGS: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (("-f", "--file"), {"dest": "named_script", "metavar": "FILE", "help": "the script, as FILE does"}),
    (
        ("-p", "--port"),
        {"type": endpoint, "metavar": "[HOST:]PORT", "help": "serve there; 127.0.0.1 unless HOST is given"},
    ),
    (("--unix",), {"metavar": "PATH", "help": "serve on a Unix socket instead"}),
    (("-u", "--password"), {"metavar": "PW", "help": "ask clients for this password"}),
    (("-U", "--restricted"), {"metavar": "PW", "help": "ask for it, and let clients compute but change nothing"}),
    (("--tls",), {"nargs": 2, "metavar": ("CERT", "KEY"), "help": "meet clients by TLS, with these PEM files"}),
    (("--insecure",), {"action": "store_true", "help": "allow other hosts in without a password"}),
    (
        ("-c", "--cores"),
        {"type": number(0, 1023), "default": 0, "metavar": "N", "help": "worker threads; 0: one per core"},
    ),
    (
        ("-m", "--memory"),
        {"type": memory, "metavar": "SIZE", "help": "data that may be held, as 4G; beyond it, errors"},
    ),
    (
        ("-Q", "--querylog"),
        {"type": number(0), "default": 0, "metavar": "0|1", "help": "note requests: (.sys.querylog)"},
    ),
    (("-t", "--timeit"), {"type": number(0), "default": 0, "metavar": "0|1", "help": "show how long evaluations take"}),
    (("-l", "--journal"), {"metavar": "BASE", "help": "bring back what BASE.log holds, and write requests to it"}),
    (("-L", "--durable-journal"), {"metavar": "BASE", "help": "the same, each on the disk before it is evaluated"}),
    (("--database",), {"metavar": "DIR", "help": "bind the tables of this folder to their names"}),
    (("--max-clients",), {"type": number(1), "metavar": "N", "help": "refuse more clients than that"}),
    (("--query-timeout",), {"type": seconds, "metavar": "S", "help": "seconds that one request may take"}),
    (("--idle-timeout",), {"type": seconds, "metavar": "S", "help": "seconds after which a silent client is let go"}),
    (("script",), {"nargs": "?", "metavar": "FILE", "help": "source to run; arguments behind `--` are for it"}),
]


def add_arguments(p: argparse.ArgumentParser) -> None:
    for names, more in FLAGS:
        p.add_argument(*names, **more)


class Running:
    """An engine, with the server and the script of the flags."""

    def __init__(self, engine: Rayforce, server: Server | None, script: str | None) -> None:
        self.engine = engine
        self._server = server
        self._script = script

    def run_script(self) -> int:
        """Evaluates the script, if there is one, and prints the value of its last expression."""
        if self._script is None:
            return OK
        from ..console.report import failure, text_of

        try:
            text = text_of(
                self.engine._runtime.evaluate(Path(self._script).read_bytes(), (), None, True, self.engine._flags)
            )
        except errors.QueryError as e:
            if e.exit_status is not None:
                raise
            return fail(f"{self._script}: {failure(e, Path(self._script).read_text(errors='replace'))}", QUERY)
        if text is not None:
            print(text, flush=True)
        return OK

    def start(self) -> None:
        """Serves while something else goes on in this thread."""
        if self._server is not None:
            self._announce(self._server)
            self._server.start()

    def serve(self) -> int:
        """Serves in this thread: clients, and what the script left to be done, as servers of its own and timers."""
        try:
            if self._server is not None:
                self._announce(self._server)
                # Finishes the request under way; Ctrl-C stops it.
                signal.signal(signal.SIGTERM, lambda *_: self._end())
                self._server.serve_forever()
                self._server.stop()
            elif self.engine._runtime.listening():
                self.engine.run()
        except KeyboardInterrupt:
            return OK
        return OK

    def _end(self) -> None:
        assert self._server is not None
        self._server._handle.stop()

    @staticmethod
    def _announce(server: Server) -> None:
        where = server.address.path or f"{server.host}:{server.port}"
        if server.address.scheme == "rayforces":
            where += " by TLS"
        print(f"rayforce {__version__} listens on {where}", file=sys.stderr, flush=True)


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[Running]:
    """The engine that the flags describe; its port is taken before the script runs, and closed with it."""
    if options.password is not None and options.restricted is not None:
        raise Usage("give one password: -u for all, or -U to restrict what clients may do")
    if options.journal is not None and options.durable_journal is not None:
        raise Usage("give one journal: with -l, or with -L for one that is always on the disk")
    journal = options.durable_journal or options.journal
    script = script_of(options)
    from ..arguments import described
    from ..engine import Rayforce

    with Rayforce(threads=options.cores or None, memory=options.memory, database=options.database) as engine:
        engine._runtime.set_args(
            described(
                options.script_arguments,
                script=script or "",
                port=options.port[1] if options.port else 0,
                cores=options.cores,
                timeit=bool(options.timeit),
                interactive=options.interactive,
                querylog=bool(options.querylog),
                log=journal or "",
            )
        )
        if options.querylog:
            engine.eval("(.sys.querylog.enable 1)")
        if journal is not None:
            count = engine._runtime.journal(journal, options.durable_journal is not None)
            print(f"rayforce: {count} requests came back from {journal}", file=sys.stderr, flush=True)
        yield Running(engine, _server(engine, options), script)


def script_of(options: argparse.Namespace) -> str | None:
    """The script of the flags, which is there."""
    if options.named_script is not None and options.script is not None:
        raise Usage("give one script: with -f, or without")
    script: str | None = options.script or options.named_script
    if script is not None and not Path(script).is_file():
        raise Usage(f"{script}: no such file")
    return script


def _server(engine: Rayforce, options: argparse.Namespace) -> Server | None:
    from ..network.server import Server

    if options.tls is not None and (options.port is None or options.unix is not None):
        raise Usage("--tls goes with a port: -p [HOST:]PORT")
    if options.port is None and options.unix is None:
        return None
    host, port = options.port or ("127.0.0.1", 0)
    try:
        return Server(
            engine,
            host=host,
            port=port,
            unix=options.unix,
            password=options.password or options.restricted,
            restricted=options.restricted is not None,
            insecure=options.insecure,
            tls=None if options.tls is None else tuple(options.tls),
            max_clients=options.max_clients,
            query_timeout=options.query_timeout,
            idle_timeout=options.idle_timeout,
        )
    except errors.RayforceError as e:
        raise errors.ConnectionFailed(e.message, code=e.code, reason="os") from e
    except (OSError, ValueError) as e:  # the files of --tls
        raise Usage(str(e)) from e
