"""What begins with a colon: commands of the console itself, one row each."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from .. import display, errors
from .sessions import BUILTINS

if TYPE_CHECKING:
    from .console import Console


class Wrong(Exception):
    """The command was called wrongly."""


class Command(NamedTuple):
    names: tuple[str, ...]
    arguments: str
    about: str
    run: Callable[[Console, str], None]


def show_help(console: Console, name: str) -> None:
    if name:
        return explain(console, name)
    width = max(len(usage(c)) for c in COMMANDS)
    for c in COMMANDS:
        console.say(f"  {usage(c):{width}}  {c.about}")
    return None


def usage(c: Command) -> str:
    return f"{' '.join(':' + name for name in c.names)} {c.arguments}".rstrip()


def explain(console: Console, name: str) -> None:
    own = console.session.types()
    if name in own:
        columns = console.session.columns(name) if own[name] == "TABLE" else []
        console.say(f"{name}: {own[name]}{': ' + ' '.join(columns) if columns else ''}")
    elif name in BUILTINS:
        console.say(BUILTINS[name])
    else:
        close = near(name, [*BUILTINS, *own])
        raise Wrong(f"nothing is called {name!r}{'; close to it: ' + ', '.join(close) if close else ''}")


def near(name: str, known: list[str]) -> list[str]:
    import difflib

    return difflib.get_close_matches(name, known, 3)


def show_type(console: Console, source: str) -> None:
    if not source:
        raise Wrong("give an expression, as in :type (+ 1 2)")
    console.evaluate(f"(type (do {source}\n))")


def set_time(console: Console, text: str) -> None:
    if text in ("", "0", "1"):
        console.timing = not console.timing if not text else text == "1"
        console.note(f"timing is {'on' if console.timing else 'off'}")
        return
    start = time.perf_counter()
    if console.evaluate(text, timed=False):
        console.note(duration(time.perf_counter() - start))


def duration(seconds: float) -> str:
    return (
        f"{seconds * 1e6:.0f} us"
        if seconds < 1e-3
        else f"{seconds * 1e3:.1f} ms"
        if seconds < 1
        else f"{seconds:.3f} s"
    )


def load(console: Console, path: str) -> None:
    if not path:
        raise Wrong("give a file, as in :load setup.rfl")
    console.evaluate(path, load=True)


def show_names(console: Console, _: str) -> None:
    types = console.session.types()
    width = max(map(len, types), default=0)
    for name, kind in types.items():
        console.say(f"  {name:{width}}  {kind}")
    console.note(f"{len(types)} names; {len(BUILTINS)} more are built in")


def show_tables(console: Console, _: str) -> None:
    for name, kind in console.session.types().items():
        if kind == "TABLE":
            console.say(f"  {name}: {' '.join(console.session.columns(name))}")


def set_rows(console: Console, text: str) -> None:
    if not (text.isascii() and text.isdigit()):
        raise Wrong("give the most rows of a table that are shown, as in :rows 50")
    display.set_options(max_rows=int(text))


def clear(console: Console, _: str) -> None:
    console.out.write("\x1b[H\x1b[2J")
    console.out.flush()


def connect(console: Console, address: str) -> None:
    from ..ipc import connect as open_address

    if not address:
        raise Wrong("give an address, as in :connect localhost:5000")
    try:
        console.enter(open_address(address))
    except (ValueError, OSError) as e:
        if isinstance(e, errors.RayforceError):
            raise
        raise Wrong(str(e)) from e


def disconnect(console: Console, _: str) -> None:
    if not console.leave():
        raise Wrong("this is where the console began; :quit leaves it")


def listen(console: Console, where: str) -> None:
    from .sessions import Local

    if not isinstance(console.session, Local):
        raise Wrong("a server listens already")
    host, _, port = where.rpartition(":")
    if not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise Wrong("give a port, as in :listen 5000 or :listen 0.0.0.0:5000")
    server = console.session.engine.listen(int(port), host or "127.0.0.1")
    console.note(f"listens on {server.host}:{server.port}")


def leave(console: Console, _: str) -> None:
    raise EOFError


COMMANDS = [
    Command(("help", "?"), "[NAME]", "these commands, or what a name means", show_help),
    Command(("type",), "EXPR", "the type of a result", show_type),
    Command(
        ("time", "timeit", "t"), "[0|1|EXPR]", "shows how long evaluations take: always, never, or this one", set_time
    ),
    Command(("load",), "FILE", "evaluates a file", load),
    Command(("env",), "", "the names that were set, and their types", show_names),
    Command(("tables",), "", "the tables and their columns", show_tables),
    Command(("rows",), "N", "how many rows of a table are shown", set_rows),
    Command(("connect",), "ADDRESS", "goes on with a server", connect),
    Command(("disconnect",), "", "goes back to where :connect was said", disconnect),
    Command(("listen",), "[HOST:]PORT", "lets clients use this engine", listen),
    Command(("clear",), "", "clears the screen", clear),
    Command(("quit", "q", "exit"), "", "leaves; so does Ctrl-D", leave),
]
BY_NAME = {name: c for c in COMMANDS for name in c.names}


def run(console: Console, line: str) -> bool:
    """Runs `:name arguments`. False: it failed, and has said so."""
    name, _, arguments = line[1:].partition(" ")
    if "\n" in name:
        name, _, arguments = line[1:].partition("\n")
    command = BY_NAME.get(name)
    if command is None:
        close = near(name, list(BY_NAME))
        console.complain(
            f"there is no :{name}{'; close to it: :' + close[0] if close else ', :help lists what there is'}"
        )
        return False
    try:
        command.run(console, arguments.strip())
    except Wrong as e:
        console.complain(f":{name}: {e}")
        return False
    except (errors.RayforceError, OSError) as e:
        console.complain(f":{name}: {e}")
        return False
    return True


def is_command(line: str) -> bool:
    return line.lstrip()[:1] == ":"


def names() -> list[str]:
    return [f":{name}" for name in BY_NAME]
