"""What may follow what was typed: names of the language and the session, columns of tables, commands, files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .. import errors
from . import commands, syntax
from .sessions import BUILTINS, Session


class Found(NamedTuple):
    """A completion: the whole word, how much of it stands there already, and what it is."""

    text: str
    typed: int
    about: str


class Completer:
    """Asks the session when it needs to; one that does not answer has nothing to offer."""

    def __init__(self, session: Callable[[], Session]) -> None:
        self._session = session

    def complete(self, text: str) -> list[Found]:
        """Of the text before the cursor."""
        return list(self._commands(text.lstrip()) if commands.is_command(text) else self._names(text))

    def _commands(self, line: str) -> Iterator[Found]:
        name, blank, rest = line.partition(" ")
        if not blank:
            for known in commands.names():
                if known.startswith(name):
                    yield Found(known, len(name), commands.BY_NAME[known[1:]].about)
        elif name == ":load":
            yield from files(rest)
        else:
            yield from self._names(rest)

    def _names(self, text: str) -> Iterator[Found]:
        word, is_quoted = syntax.word_before(text)
        if not word:
            return
        try:
            names = self._session().names()
            tables = [name for name in syntax.names_in(text) if name in names and name not in BUILTINS]
            columns = {c: t for t in tables for c in self._session().columns(t)}
        except errors.RayforceError:
            return
        for column, table in columns.items():
            if column.startswith(word):
                yield Found(column, len(word), f"column of {table}")
        if is_quoted:  # a symbol: of what is known, only columns are meant by it
            return
        for name in sorted({n for n in names if n.startswith(word) and n not in columns}):
            yield Found(name, len(word), BUILTINS.get(name, ""))


def files(begun: str) -> Iterator[Found]:
    """Files and folders whose path begins so."""
    folder, name = os.path.split(begun)
    try:
        entries = sorted(os.scandir(os.path.expanduser(folder) or "."), key=lambda e: e.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(name) and (name or not entry.name.startswith(".")):
            yield Found(entry.name + ("/" if entry.is_dir() else ""), len(name), "")
