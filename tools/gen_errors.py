"""src/base/error.def -> rayforce/_errortable.py and include/rayforce/errors.h.

Run as a program it writes both; `stale()` names the files that differ from a fresh run.
"""

from __future__ import annotations

import re
import sys
from typing import NamedTuple

from csource import CORE, ROOT, SRC

DEF = SRC / "base" / "error.def"
HEADER = CORE / "include" / "rayforce" / "errors.h"
TABLE = ROOT / "rayforce" / "_errortable.py"

_ROW = re.compile(r'^X\((\d+), (\w+), "([^"]*)", "([^"]*)", "([^"]*)", "([^"]*)"\)$', re.M)


class Row(NamedTuple):
    code: int
    name: str
    cls: str
    python: str
    reason: str
    meaning: str


def rows() -> list[Row]:
    text = DEF.read_text()
    found = [Row(int(m[1]), *m.groups()[1:]) for m in _ROW.finditer(text)]
    if len(found) != len(re.findall(r"^X\(", text, re.M)):
        raise ValueError(f"{DEF.name}: a row does not read X(code, NAME, class, Python class, reason, meaning)")
    return found


def header() -> str:
    lines = [
        "/* Codes of the thread's error slot; never renumbered."
        " Made from the rows of src/base/error.def: a test compares. */",
        "#ifndef RAYFORCE_ERRORS_H",
        "#define RAYFORCE_ERRORS_H",
        "",
        "enum ray_error {",
        *(f"    RAY_E_{r.name} = {r.code}, /* {r.meaning} */" for r in rows()),
        "};",
        "",
        "#endif",
    ]
    return "\n".join(lines) + "\n"


def table() -> str:
    lines = [
        '"""Codes of the C core and what they become: code -> (class that travels, exception, reason, meaning).',
        "",
        'Made by tools/gen_errors.py from error.def; do not edit."""',
        "",
        "ERRORS: dict[int, tuple[str, str, str, str]] = {",
        *(f'    {r.code}: ("{r.cls}", "{r.python}", "{r.reason}", "{r.meaning}"),' for r in rows()),
        "}",
    ]
    return "\n".join(lines) + "\n"


FILES = {HEADER: header, TABLE: table}


def stale() -> list[str]:
    return [str(p.relative_to(ROOT)) for p, make in FILES.items() if not p.exists() or p.read_text() != make()]


def main() -> int:
    for path in stale():
        (ROOT / path).write_text(FILES[ROOT / path]())
        print("wrote", path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
