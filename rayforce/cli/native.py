"""`rayforce [flags] [FILE] [-- ARGS]`: a console, a script, a server; the flags are those of RayforceDB's program."""

from __future__ import annotations

import argparse
import sys

from .._version import __version__
from ._common import OK
from ._engine import add_arguments as add_engine_arguments
from ._engine import opened, script_of

HELP = """\
A console on an engine in this process; with FILE a script; with -p a server, and a console beside it on a terminal.
Without a terminal the lines of standard input are evaluated, or with -p clients are served until SIGINT or SIGTERM."""


def add_arguments(p: argparse.ArgumentParser) -> None:
    add_engine_arguments(p)
    p.add_argument("-i", "--interactive", action="store_true", help="a console also after the script")
    p.add_argument("--version", action="version", version=f"rayforce {__version__}")


def run(options: argparse.Namespace) -> int:
    if options.port is None and options.unix is None:
        has_console = options.interactive or script_of(options) is None
    else:
        has_console = sys.stdin is not None and sys.stdin.isatty()
    with opened(options) as running:
        code = running.run_script()
        if not has_console:
            return code or running.serve()
        if code != OK and not options.interactive:
            return code
        from .repl import console_over

        running.start()
        return console_over(running.engine, timing=options.timeit) or code
