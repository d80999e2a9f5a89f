"""The reference pages equal what the rows of the C sources say."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import gen_reference  # noqa: E402


def test_generated_pages_are_fresh() -> None:
    assert gen_reference.stale() == [], "python tools/gen_reference.py writes them"


def test_every_builtin_stands_on_the_page_once() -> None:
    page = (ROOT / "docs" / "reference" / "builtins.md").read_text()
    names = [row.name for _, rows in gen_reference.sections() for row in rows]
    assert len(names) == len(set(names)) > 200
    assert [n for n in names if page.count(f"\n| `{gen_reference.cell(n)}` |") != 1] == []


def test_every_class_of_differences_stands_on_the_page() -> None:
    page = (ROOT / "docs" / "differences.md").read_text()
    rows = [row for path in gen_reference.CLASSES.values() for row in json.loads(path.read_text())]
    assert [r["name"] for r in rows if f"| {gen_reference.cell(r['name'])} |" not in page] == []
