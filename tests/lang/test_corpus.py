"""The recorded cases of the real program, and random expressions beside it."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import run_corpus  # noqa: E402

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
        except EOFError:
            crashes.append(f"{case['id']}: {engine.crash()}")
    said = engine.close()
    return total, different, crashes + ([said] if said else [])


def test_core_answers_equal_the_recorded_bytes(ask: Path) -> None:
    total, different, crashes = outcome(ask, "core", "wire")
    assert crashes == []
    assert different - set(CHOSEN) == set()
    assert total == 5909 and len(different) <= total * 0.005


def test_core_text_equals_the_recorded_text(ask: Path) -> None:
    total, different, crashes = outcome(ask, "core", "text")
    assert crashes == []
    assert different - set(CHOSEN) == set()
    assert total == 4515 and len(different) <= total * 0.01


def test_what_is_listed_as_chosen_does_differ(ask: Path) -> None:
    ids = set(CHOSEN)
    args = argparse.Namespace(id=ids, category=set())
    engine = run_corpus.Ask(ask)
    same = [c["id"] for c in run_corpus.cases(["core", "tables"]) if run_corpus.wanted(c, args)
            and not run_corpus.check_wire(engine, c) and not (c.get("text") is not None and run_corpus.check_text(engine, c))]  # fmt: skip
    engine.close()
    assert same == []


def test_random_expressions_give_what_the_real_server_gives(ask: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "differential.py"), "--count", "2000", "--seed", "20", "--ask", str(ask)],
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
