"""The recorded cases of the real program, and random expressions beside it."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import run_corpus  # noqa: E402
import sweep  # noqa: E402

ASK = run_corpus.ROOT / "vendor" / "rayforce-c" / "build" / "asan" / "ask"
CHOSEN = json.loads((HERE / "chosen.json").read_text())  # id -> why our answer is another one


@pytest.fixture(scope="module")
def ask() -> Path:
    assert ASK.exists(), "make -C vendor/rayforce-c ask comes first"
    return ASK


def outcome(ask: Path, file: str, kind: str) -> tuple[int, set[str], list[str]]:
    """(cases, ids that differ, what crashes said)."""
    engine, total, different, crashes = run_corpus.Ask(ask), 0, set(), []
    check = {"wire": run_corpus.check_wire, "text": run_corpus.check_text}[kind]
    for case in run_corpus.cases([file]):
        if kind == "text" and case.get("text") is None:
            continue
        total += 1
        try:
            if check(engine, case):
                different.add(case["id"])
        except (EOFError, TimeoutError):
            crashes.append(f"{case['id']}: {engine.crash()}")
    said = engine.close()
    return total, different, crashes + ([said] if said else [])


# file -> cases, cases with a text, how many may differ at most
FILES = {"core": (5909, 4515, 5), "tables": (2091, 680, 48)}


@pytest.mark.parametrize("file", FILES)
def test_answers_equal_the_recorded_bytes(ask: Path, file: str) -> None:
    total, different, crashes = outcome(ask, file, "wire")
    assert crashes == []
    assert different - set(CHOSEN) == set()
    assert total == FILES[file][0]
    assert len(different) <= FILES[file][2]


@pytest.mark.parametrize("file", FILES)
def test_text_equals_the_recorded_text(ask: Path, file: str) -> None:
    total, different, crashes = outcome(ask, file, "text")
    assert crashes == []
    assert different - set(CHOSEN) == set()
    assert total == FILES[file][1]


def test_what_is_listed_as_chosen_does_differ(ask: Path) -> None:
    ids = set(CHOSEN)
    args = argparse.Namespace(id=ids, category=set())
    engine = run_corpus.Ask(ask)
    same = []
    for case in (c for c in run_corpus.cases(["core", "tables"]) if run_corpus.wanted(c, args)):
        text = case.get("text") is not None and run_corpus.check_text(engine, case)
        if not text and not run_corpus.check_wire(engine, case):
            same.append(case["id"])
    engine.close()
    assert same == []


def test_the_cases_beside_the_corpus(ask: Path) -> None:
    total, different, crashes = outcome(ask, "extra", "wire")
    assert (different, crashes) == (set(), [])
    assert total >= 50


def called(name: str, source: str) -> bool:
    return re.search(r"\(" + re.escape(name) + r"(?=[\s)])", source) is not None


def test_every_builtin_has_a_case() -> None:
    sources = [" ".join([*c.get("setup", []), c["expr"]]) for c in run_corpus.cases(["core", "tables", "extra"])]
    whole = "\n".join(sources)
    assert [n for n in sweep.builtins() if not called(n, whole)] == []


def test_memory_may_run_out_anywhere(ask: Path) -> None:
    """A sample; `make check` goes through more cases of everything."""
    engine, bad = run_corpus.Ask(ask), []
    for name, case in list(sweep.cases_of(sweep.builtins(), 1))[::4]:
        told = sweep.sweep(engine, case)
        if told:
            bad.append(f"{name}: {case['id']}: {told}")
    said = engine.close()
    assert bad + ([said] if said else []) == []


@pytest.mark.parametrize(("what", "equal"), [("expressions", 1900), ("statements", 1700)])
def test_random_programs_give_what_the_real_server_gives(ask: Path, what: str, equal: int) -> None:
    tables = ["--tables"] if what == "statements" else []
    done = subprocess.run(
        [sys.executable, str(HERE / "differential.py"), "--count", "2000", "--seed", "20", "--ask", str(ask), *tables],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert f"2000 {what}" in done.stdout
    found = re.search(r"^ *(\d+) equal$", done.stdout, re.M)
    assert found, done.stdout
    assert int(found[1]) > equal


PLAIN = ("1", "(+ 1 2)", "(count [1 2])", "(sum [1 2])", "(select {from: t})", "(select {from: t by: k x: (sum v)})",
         "(xasc t 'k)", "(inner-join [k] t u)", "(update {from: t x: (+ v 1)})")  # fmt: skip


@pytest.mark.parametrize("name", ["differences.json", "differences_tables.json"])
def test_classes_of_differences_are_narrow(name: str) -> None:
    rows = json.loads((HERE / name).read_text())
    assert len({r["name"] for r in rows}) == len(rows)
    for row in rows:
        assert row["reason"]
        assert re.compile(row["expr"])
        for plain in PLAIN:
            assert not (re.search(row["expr"], plain) and "theirs" not in row and "ours" not in row), row
