"""`rayforce repl`: a console on a server."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from .._version import __version__
from ._common import CONNECTION, OK, QUERY, add_address, connect

if TYPE_CHECKING:
    from ..console.console import Console, Reader
    from ..engine import Rayforce
    from ..ipc import Connection

HELP = "A console on a server: RAYFORCE_URL, else localhost:5000, unless ADDRESS is given. :help lists its commands."


def add_arguments(p: argparse.ArgumentParser) -> None:
    add_address(p, optional=True)


def run(options: argparse.Namespace) -> int:
    with connect(options) as thing:
        return console_over(thing)


def console_over(thing: Rayforce | Connection, *, timing: bool = False) -> int:
    """A console on a terminal, and else the lines of standard input; of these the exit code tells if one failed."""
    from ..console.console import Console
    from ..console.lines import Lines, is_terminal

    console = Console(thing, timing=bool(timing), colour=sys.stderr.isatty() and "NO_COLOR" not in os.environ)
    try:
        if not is_terminal():
            console.run(Lines(sys.stdin))
            return QUERY if console.failures else OK
        console.note(f"rayforce {__version__}, {console.session.label}; :help for help, Ctrl-D to leave")
        console.run(terminal(console))
        return CONNECTION if console.lost else OK
    finally:
        console.close()


def terminal(console: Console) -> Reader:
    """The reader for a terminal: the editor, if its library is there and the terminal can do what it needs."""
    from ..console.complete import Completer
    from ..console.history import History
    from ..console.lines import Terminal

    history, completer = History(), Completer(lambda: console.session)
    if history.trouble is not None:
        console.note(f"the history is not kept: {history.trouble}")
    if os.environ.get("TERM", "dumb") != "dumb":
        try:
            from ..console.editor import Editor
        except ImportError:
            console.note('for highlighting and several lines: pip install "rayforce-native[repl]"')
        else:
            return Editor(history, completer)
    return Terminal(history, completer)
