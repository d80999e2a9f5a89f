"""Readers without a library: of a terminal by readline, if Python has it, and of anything else line by line."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from typing import TextIO

from . import commands, syntax
from .complete import Completer
from .history import History


def whole_input(first: str, more: Callable[[], str]) -> str:
    """Lines until all brackets are closed, or `more` raises EOFError; a command is one line."""
    lines, balance = [first], syntax.Balance()
    if commands.is_command(first) or balance.add(first):
        return first
    with contextlib.suppress(EOFError):  # the engine says what is missing
        while True:
            lines.append(more())
            if balance.add("\n" + lines[-1]):
                break
    return "\n".join(lines)


class Lines:
    """A file or a pipe."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def _line(self) -> str:
        line = self._file.readline()
        if not line:
            raise EOFError
        return line.rstrip("\n")

    def read(self, prompt: str) -> str:
        return whole_input(self._line(), self._line)


class Terminal:
    """A terminal, with the editing that readline gives."""

    def __init__(self, history: History, completer: Completer) -> None:
        self._history = history
        self._completer = completer
        self._found: list[str] = []
        with contextlib.suppress(ImportError):
            self._set_up()

    def _set_up(self) -> None:
        import readline

        readline.clear_history()
        readline.set_auto_history(False)
        for entry in self._history.entries:
            readline.add_history(entry.replace("\n", " "))
        readline.set_completer(self._complete)
        readline.set_completer_delims(" \t\n()[]{}`;")  # no quotes: readline would close them
        readline.parse_and_bind("tab: complete")
        self._remember: Callable[[str], None] = readline.add_history
        self._begun: Callable[[], str] = lambda: readline.get_line_buffer()[: readline.get_endidx()]

    def _complete(self, word: str, state: int) -> str | None:
        if state == 0:
            found = self._completer.complete(self._begun())
            self._found = [word[: len(word) - f.typed] + f.text for f in found]  # readline's words begin earlier
        return self._found[state] if state < len(self._found) else None

    def read(self, prompt: str) -> str:
        text = whole_input(input(prompt), lambda: input("." * (len(prompt) - 1) + " "))
        before = len(self._history.entries)
        self._history.add(text)
        if len(self._history.entries) > before and hasattr(self, "_remember"):
            self._remember(text.replace("\n", " "))
        return text


def is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()
