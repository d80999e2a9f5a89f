"""`rayforce serve`: a server and nothing else, whatever standard input is."""

from __future__ import annotations

import argparse

from ._common import endpoint
from ._engine import add_arguments as add_engine_arguments
from ._engine import opened

HELP = "Serves an engine on 127.0.0.1:5000, or where -p says, until SIGINT or SIGTERM."


def add_arguments(p: argparse.ArgumentParser) -> None:
    add_engine_arguments(p)
    p.set_defaults(interactive=False)


def run(options: argparse.Namespace) -> int:
    if options.port is None and options.unix is None:
        options.port = endpoint("5000")
    with opened(options) as running:
        return running.run_script() or running.serve()
