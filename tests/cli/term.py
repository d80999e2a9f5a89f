"""A program in a pseudo-terminal: what is typed goes in, what it shows comes out without its control codes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from types import TracebackType
from typing import Self

CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z~]|\x1b\][^\x07]*\x07|\x1b[=>]|[\r\x07]|\x1b\(B")
CTRL_C, CTRL_D, TAB, ENTER, UP = "\x03", "\x04", "\t", "\r", "\x1b[A"


def _own_terminal() -> None:
    """With its Ctrl-C, which whoever started the tests in the background has switched off."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Term:
    """Started at once; `expect` waits for what it shows."""

    def __init__(self, *command: str, columns: int = 100, rows: int = 40, **env: str) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        clean = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR", "RAYFORCE_URL")}
        self.process = subprocess.Popen(
            command or (sys.executable, "-m", "rayforce"),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_own_terminal,
            env={**clean, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", **env},
        )
        os.close(slave)
        self.raw = ""
        self._from = 0  # of the text: what expect has seen

    def __enter__(self) -> Self:
        return self

    def __exit__(self, et: type[BaseException] | None, ev: BaseException | None, tb: TracebackType | None) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    @property
    def text(self) -> str:
        return CONTROL.sub("", self.raw)

    def _receive(self, seconds: float) -> bool:
        """False: the program has ended, or shows nothing."""
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        with contextlib.suppress(OSError):  # the other end is closed
            data = os.read(self._master, 65536)
            self.raw += data.decode("utf-8", "replace")
            return bool(data)
        return False

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def line(self, text: str) -> None:
        self.type(text + ENTER)

    def expect(self, pattern: str, seconds: float = 20.0) -> str:
        """What matches, in what was shown since the last time."""
        end = time.monotonic() + seconds
        while True:
            text = self.text
            found = re.search(pattern, text[self._from :])
            if found:
                self._from += found.end()
                return found.group()
            if time.monotonic() > end:
                raise AssertionError(f"{pattern!r} was not shown within {seconds} s, but {text[self._from :]!r}")
            if not self._receive(0.1) and self.process.poll() is not None and not self._receive(0.1):
                raise AssertionError(f"the program ended ({self.process.returncode}) without {pattern!r}: {text!r}")

    def ends(self, seconds: float = 20.0) -> int:
        """Waits for the end of the program; its exit code."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self._receive(0.05)
        while self._receive(0.05):
            pass
        code = self.process.poll()
        assert code is not None, f"still running after {seconds} s: {self.text[-500:]!r}"
        return code
