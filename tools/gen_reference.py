"""builtins.def and error.def -> docs/reference/builtins.md and docs/reference/errors.md, and the last tables of
docs/differences.md from the classes of differences that random expressions and statements found.

Run as a program it writes them; `stale()` names the files that differ from a fresh run.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

import gen_errors
from csource import ROOT, SRC

DEF = SRC / "api" / "builtins.def"
BUILTINS = ROOT / "docs" / "reference" / "builtins.md"
ERRORS = ROOT / "docs" / "reference" / "errors.md"
DIFFERENCES = ROOT / "docs" / "differences.md"
CLASSES = {
    "Expressions": ROOT / "tests" / "lang" / "differences.json",
    "Tables and statements": ROOT / "tests" / "lang" / "differences_tables.json",
}
MADE_BELOW = "<!-- Made by tools/gen_reference.py from the classes in tests/lang: -->\n"

_SECTION = re.compile(r"^/\* -+ (.*?):? [\w/., -]*\.h.*-+ \*/$")
_ROW = re.compile(r'^B\("([^"]+)", (\w+), (-?\d+), (-?\d+), ([^,]*), \w+, [\w-]+, "((?:[^"\\]|\\.)*)"\)$')


class Row(NamedTuple):
    name: str
    kind: str
    least: int
    most: int
    flags: str
    text: str


def sections() -> list[tuple[str, list[Row]]]:
    found: list[tuple[str, list[Row]]] = []
    count = 0
    for line in DEF.read_text().splitlines():
        if title := _SECTION.match(line):
            found.append((title[1], []))
        elif row := _ROW.match(line):
            text = row[6].replace('\\"', '"')
            found[-1][1].append(Row(row[1], row[2], int(row[3]), int(row[4]), row[5], text))
        count += line.startswith("B(")
    if count != sum(len(rows) for _, rows in found):
        raise ValueError(f"{DEF.name}: a row does not read B(name, KIND, min, max, flags, function, grouped, text)")
    return found


def cell(text: str) -> str:
    return re.sub(r"([|\[])", r"\\\1", text).replace("\n", " ")


def arguments(row: Row) -> str:
    if row.most < 0:
        return f"{row.least} or more" if row.least else "any"
    return str(row.least) if row.least == row.most else f"{row.least} to {row.most}"


def notes(row: Row) -> str:
    known = {"RV_F_SPECIAL": "gets its arguments unevaluated", "RV_F_RESTRICTED": "refused in restricted mode"}
    return "; ".join(known[f.strip()] for f in row.flags.split("|") if f.strip() in known)


def builtins() -> str:
    found = sections()
    lines = [
        "# Builtins",
        "",
        "<!-- Made by tools/gen_reference.py from builtins.def; do not edit. -->",
        "",
        f"All {sum(len(rows) for _, rows in found)} names of the language. A program that embeds it finds the same",
        "list with `ray_builtin_at` of `rayforce.h`.",
    ]
    for title, rows in found:
        lines += [
            "",
            f"## {title[0].upper()}{title[1:]}",
            "",
            "| name | arguments | what it does | notes |",
            "|---|---|---|---|",
        ]
        lines += [f"| `{cell(r.name)}` | {arguments(r)} | {cell(r.text)} | {notes(r)} |" for r in rows]
    return "\n".join(lines) + "\n"


def errors() -> str:
    lines = ["# Errors", "", "<!-- Made by tools/gen_reference.py from error.def; do not edit. -->", "",
             "A query that fails has a class, which travels; Python gets the exception named beside it.",
             "", "| code | class | exception | `.reason` or `.phase` | when |", "|---|---|---|---|---|"]  # fmt: skip
    lines += [f"| {r.code} | `{r.cls}` | `{r.python}` | {r.reason} | {cell(r.meaning)} |" for r in gen_errors.rows()]
    return "\n".join(lines) + "\n"


def differences() -> str:
    """The written part of the page as it is, and the classes below it."""
    written = DIFFERENCES.read_text().split(MADE_BELOW)[0]
    lines = []
    for title, path in CLASSES.items():
        lines += ["", f"### {title}", "", "| what | the original, and ours |", "|---|---|"]
        lines += [f"| {cell(r['name'])} | {cell(r['reason'])} |" for r in json.loads(path.read_text())]
    return written + MADE_BELOW + "\n".join(lines) + "\n"


FILES = {BUILTINS: builtins, ERRORS: errors, DIFFERENCES: differences}


def stale() -> list[str]:
    return [str(p.relative_to(ROOT)) for p, make in FILES.items() if not p.exists() or p.read_text() != make()]


def main() -> int:
    for path in stale():
        target: Path = ROOT / path
        target.parent.mkdir(exist_ok=True)
        target.write_text(FILES[target]())
        print("wrote", path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
