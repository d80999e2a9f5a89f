"""What the house checks share: the C sources of the core, read without comments and string contents."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "vendor" / "rayforce-c"
SRC = CORE / "src"

PREFIX = {
    "base": "rb_",
    "type": "ry_",
    "value": "rv_",
    "kernel": "rk_",
    "ops": "ro_",
    "store": "rs_",
    "wire": "rw_",
    "lang": "rl_",
    "net": "rn_",
    "query": "rq_",
    "sys": "rx_",
    "api": "ray_",
}

_BARE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def sources(*suffixes: str) -> list[Path]:
    return sorted(p for p in SRC.rglob("*") if p.suffix in suffixes)


def room(path: Path) -> str:
    return path.relative_to(SRC).parts[0]


def code(text: str, *, keep_strings: bool = False) -> str:
    """`text` without comments (and strings), every line where it was."""

    def blank(m: re.Match[str]) -> str:
        found = m.group()
        if keep_strings and found[0] in "\"'":
            return found
        return "\n" * found.count("\n") or " "

    return _BARE.sub(blank, text)


def grep(pattern: str, paths: list[Path], *, keep_strings: bool = False) -> list[str]:
    """`file:line: text` of every match in code."""
    wanted = re.compile(pattern)
    hits = []
    for path in paths:
        for n, line in enumerate(code(path.read_text(), keep_strings=keep_strings).split("\n"), 1):
            if wanted.search(line):
                hits.append(f"{path.relative_to(ROOT)}:{n}: {line.strip()}")
    return hits
