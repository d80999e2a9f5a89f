"""What the page of promises says holds them is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "promises.md"


def rows() -> list[list[str]]:
    """The names that each promise is held by, with the file that they are in."""
    out = []
    for line in PAGE.read_text().splitlines():
        if not line.startswith("| ") or line.startswith("| promise"):
            continue
        held, place, found = line.strip("| ").rsplit(" | ", 1)[-1], "", []
        for name in re.findall(r"`([^`]+)`", held):
            if name.startswith(("tests/", "benchmarks/")):
                place, _, name = name.partition("::")
            found.append(f"{place}::{name}" if name else place)
        out.append(found)
    return out


def names_in(path: Path) -> set[str]:
    """Functions and texts of a file."""
    if path.suffix != ".py":
        return set()
    tree = ast.parse(path.read_text())
    functions = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)}
    return functions | {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_every_promise_is_held_by_something() -> None:
    held = rows()
    assert len(held) > 15
    missing = []
    for name in (n for row in held for n in row):
        place, _, what = name.partition("::")
        path = ROOT / place
        if not path.is_file() or (what and what not in names_in(path)):
            missing.append(name)
    assert missing == []
    assert sum(not row for row in held) == 1  # what says so itself
