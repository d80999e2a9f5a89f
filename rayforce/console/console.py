"""The loop: reads an input, evaluates it, prints. Who reads, and from where, is a `Reader`'s business."""

from __future__ import annotations

import sys
import time
from typing import Any, Protocol, TextIO

from .. import errors
from ..engine import Rayforce
from ..ipc import Connection
from . import commands, syntax
from .report import failure, text_of
from .sessions import Session, session_of


class Reader(Protocol):
    """Where inputs come from."""

    def read(self, prompt: str) -> str:
        """One whole input. EOFError: there is no more; KeyboardInterrupt: the line was given up."""
        ...


class Console:
    """Results go to `out`, all else to `err`."""

    def __init__(self, thing: Rayforce | Connection, *, timing: bool = False, colour: bool = False) -> None:
        self.out: TextIO = sys.stdout
        self.err: TextIO = sys.stderr
        self.timing = timing
        self.colour = colour
        self.failures = 0
        self.lost = False  # the server, and there is nowhere else to go
        self.session: Session = session_of(thing)
        self._outer: list[Session] = []

    # ---- what is printed

    def say(self, text: str) -> None:
        print(text, file=self.out, flush=True)

    def note(self, text: str) -> None:
        self._remark(text, "2")

    def complain(self, text: str) -> None:
        self.failures += 1
        self._remark(text, "31")

    def _remark(self, text: str, style: str) -> None:
        self.out.flush()
        print(f"\x1b[{style}m{text}\x1b[0m" if self.colour else text, file=self.err, flush=True)

    # ---- where inputs go

    def enter(self, connection: Connection) -> None:
        self._outer.append(self.session)
        self.session = session_of(connection)
        self.note(self.session.label)

    def leave(self) -> bool:
        """Back to the session before; False if there is none."""
        if not self._outer:
            return False
        self.session.close()
        self.session = self._outer.pop()
        self.note(self.session.label)
        return True

    def evaluate(self, source: str, *, load: bool = False, timed: bool = True) -> bool:
        """Runs a source, or loads the file of that name, and prints what comes of it. False: it failed."""
        start = time.perf_counter()
        try:
            value = self.session.load(source) if load else self.session.run(source)
        except KeyboardInterrupt:
            self._stop()
            return False
        except (errors.RayforceError, OSError, UnicodeDecodeError) as e:
            self._failed(e, source)
            return False
        seconds = time.perf_counter() - start
        self.print(value)
        if self.timing and timed:
            self.note(commands.duration(seconds))
        return True

    def print(self, value: Any) -> None:
        text = text_of(value)
        if text is not None:
            self.say(text)

    def _failed(self, error: Exception, source: str) -> None:
        if isinstance(error, errors.QueryError) and error.exit_status is not None:
            raise error
        self.complain(failure(error, source, self.session))
        if isinstance(error, errors.ConnectionLost | errors.ConnectionFailed):
            self.lost = not self.leave()

    def _stop(self) -> None:
        """After Ctrl-C."""
        try:
            self.session.interrupt()
        except (errors.RayforceError, OSError) as e:
            self.complain(f"interrupted, but the server may still run: {e}")
            return
        self.complain("interrupted")

    def handle(self, text: str) -> bool:
        """One input: a command or a source. False: it failed. EOFError: it says to leave."""
        if commands.is_command(text):
            return commands.run(self, text.strip())
        return syntax.is_blank(text) or self.evaluate(text)

    def run(self, reader: Reader) -> None:
        """Until there are no more inputs."""
        while not self.lost:
            try:
                self.handle(reader.read(f"{self.session.prompt}> "))
            except EOFError:
                return
            except KeyboardInterrupt:
                continue

    def close(self) -> None:
        for session in [self.session, *reversed(self._outer)]:
            session.close()
