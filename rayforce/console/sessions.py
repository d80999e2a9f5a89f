"""What a console talks to: an engine in this process, or a server."""

from __future__ import annotations

import contextlib
import sys
import threading
from pathlib import Path
from typing import Any, Protocol

from .. import errors
from .._ext import core
from ..engine import Rayforce
from ..ipc import Connection
from ..paging import NAMES
from ..session import SessionMethods

ASK = 2.0  # seconds that a server may take to help with completion and errors


class Session(Protocol):
    """An engine or a server, as a console sees it."""

    label: str
    prompt: str

    def run(self, source: str) -> Any:
        """The value of a source, atoms with their types."""
        ...

    def load(self, path: str) -> Any:
        """Evaluates a file of this machine."""
        ...

    def interrupt(self) -> None:
        """After Ctrl-C has ended the waiting: stops what still runs."""

    def names(self) -> list[str]:
        """The names that code may use, builtins too."""
        ...

    def columns(self, table: str) -> list[str]:
        """The columns of a table; none, if there is no such table."""
        ...

    def types(self) -> dict[str, str]:
        """The type of each name that was set."""
        ...

    def help_with(self, error: errors.QueryError) -> str:
        """What may have been meant: `diagnose` of sessions."""
        ...

    def close(self) -> None: ...


BUILTINS = {name: doc for name, _, _, _, _, doc in core.builtins()}


class Local:
    """The engine in this process. A thread serves what code opened, and its timers, while nothing is evaluated."""

    def __init__(self, engine: Rayforce) -> None:
        self.engine = engine
        self.label = "embedded engine"
        self.prompt = "rayforce"
        self._over = threading.Event()
        self._idler = threading.Thread(target=self._serve, name="rayforce-console", daemon=True)
        self._idler.start()

    def _serve(self) -> None:
        runtime = self.engine._runtime
        while not self._over.wait(0.05):
            with contextlib.suppress(errors.RayforceError):  # what it served is gone meanwhile, or the engine is
                if runtime.listening():
                    runtime.run(0.2)

    def run(self, source: str) -> Any:
        return self.engine.eval(source, boxed=True)

    def names(self) -> list[str]:
        return [*BUILTINS, *self.engine.names()]

    def columns(self, table: str) -> list[str]:
        return columns_of(self.engine, table) if table in self.engine.names() else []

    def types(self) -> dict[str, str]:
        return types_of(self.engine)

    def load(self, path: str) -> Any:
        return self.engine.run_file(path)

    def interrupt(self) -> None:
        """Nothing: what ran in this thread has ended."""

    def help_with(self, error: errors.QueryError) -> str:
        return self.engine.diagnose(error)

    def close(self) -> None:
        self._over.set()
        self._idler.join(1.0)  # a client of what code opened may ask for longer


class Remote:
    """A server. What it knows is asked once after each evaluation, and only when it is needed."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        a = connection.address
        self.prompt = a.path if a.path is not None else f"{a.host}:{a.port}"
        self.label = f"{connection.address}, server {connection.server_version}"
        self._names: list[str] | None = None
        self._columns: dict[str, list[str]] = {}

    def run(self, source: str) -> Any:
        self._names = None
        self._columns.clear()
        if self.connection.dialect == "1.x":
            return self.connection.execute(source, boxed=True)
        printed, result = self.connection.execute_verbose(source)
        sys.stdout.write(printed)
        return result

    def interrupt(self) -> None:
        self.connection.interrupt()

    def names(self) -> list[str]:
        if self._names is None:
            known = [str(name) for name in self.connection.execute(NAMES, timeout=ASK)]
            # Servers of the 1.x line do not list what is built in.
            self._names = [*BUILTINS, *known] if self.connection.dialect == "1.x" else known
        return self._names

    def columns(self, table: str) -> list[str]:
        if table not in self._columns:
            self._columns[table] = columns_of(self.connection, table) if table in self.names() else []
        return self._columns[table]

    def types(self) -> dict[str, str]:
        return types_of(self.connection)

    def load(self, path: str) -> Any:
        return self.run(Path(path).read_text(encoding="utf-8"))

    def help_with(self, error: errors.QueryError) -> str:
        return self.connection.diagnose(error)

    def close(self) -> None:
        self.connection.close()


TYPES = "(map type (value (env 0)))"
UNTOLD = "?"  # the type of functions
FUNCTIONS = f"(at (value (env 0)) (where (== {TYPES} '{UNTOLD})))"


def types_of(session: SessionMethods) -> dict[str, str]:
    """The type of each name that was set; of no name that is built in."""
    names = [str(name) for name in session.execute(NAMES, timeout=ASK)]
    types = [str(kind) for kind in session.execute(TYPES, timeout=ASK)]
    functions = iter(session.execute(FUNCTIONS, timeout=ASK) if UNTOLD in types else ())
    exact = [core.format(next(functions)).upper() if kind == UNTOLD else kind for kind in types]  # <SUM> is built in
    pairs = zip(names, exact, strict=True)
    return {name: kind for name, kind in pairs if kind[:1] != "<" and name[:1] != "."}


def columns_of(session: SessionMethods, name: str) -> list[str]:
    """Of a table by name; the empty list for anything else."""
    try:
        key = session.execute(f"(key {core.check_name(name)})", timeout=ASK)
        return [str(column) for column in key]
    except (errors.QueryError, TypeError):
        return []


def session_of(thing: Rayforce | Connection) -> Session:
    return Remote(thing) if isinstance(thing, Connection) else Local(thing)
