"""What was typed, in a file of its own: one entry a line, written as it is entered."""

from __future__ import annotations

import os
from pathlib import Path

KEPT = 10_000  # entries; twice as many are cut down to this at the next start


def place() -> Path:
    """RAYFORCE_HISTORY, or a file where the system keeps the state of programs."""
    named = os.environ.get("RAYFORCE_HISTORY")
    if named is not None:
        return Path(named).expanduser()
    base = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(base).expanduser() / "rayforce" / "history"


def _line(entry: str) -> str:
    return entry.replace("\\", "\\\\").replace("\n", "\\n")


def _entry(line: str) -> str:
    return "\\".join(part.replace("\\n", "\n") for part in line.split("\\\\"))


class History:
    """Entries that begin with a blank are not kept, nor is one that repeats the one before. If the file cannot be
    written, it is forgotten for this session and `trouble` says why."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = place() if path is None else path
        self.trouble: str | None = None
        self.entries = self._read()

    def _read(self) -> list[str]:
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").split("\n")
        except FileNotFoundError:
            return []
        except OSError as e:
            self.trouble = str(e)
            return []
        lines = [line for line in lines if line]
        if len(lines) > 2 * KEPT:
            lines = lines[-KEPT:]
            self._replace(lines)
        return [_entry(line) for line in lines]

    def _replace(self, lines: list[str]) -> None:
        fresh = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            self._write(fresh, "".join(line + "\n" for line in lines))
            os.replace(fresh, self.path)
        except OSError as e:
            self.trouble = str(e)

    def _write(self, path: Path, text: str) -> None:
        """Whole lines in one call, so that several consoles may share the file; nobody else may read it."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, text.encode("utf-8", "replace"))
        finally:
            os.close(descriptor)

    def add(self, entry: str) -> None:
        entry = entry.rstrip()
        if not entry or entry[0] == " " or entry == (self.entries[-1] if self.entries else None):
            return
        self.entries.append(entry)
        if self.trouble is not None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._write(self.path, _line(entry) + "\n")
        except OSError as e:
            self.trouble = str(e)
