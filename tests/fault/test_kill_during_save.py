"""Processes that are killed while they save: what is on disk is the old state or the new one, whole."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "lang"))

import run_corpus  # noqa: E402

ASK = ROOT / "vendor" / "rayforce-c" / "build" / "asan" / "ask"
KILLS = 200


@pytest.fixture(scope="module")
def ask() -> Path:
    assert ASK.exists(), "make -C vendor/rayforce-c ask comes first"
    return ASK


def table(seed: int) -> str:
    """A table of every kind of column file; each seed brings symbols that no other has."""
    rows = 50 + seed % 7 * 100
    return (
        f"(table [k v f s l] (list (as 'SYM (+ {seed * 1000} (% (til {rows}) 90))) (+ {seed} (til {rows})) "
        f"(/ (til {rows}) 7.0) (as 'STR (* {10**13} (+ {seed} (til {rows})))) "
        f"(map (fn [x] (til (% x 3))) (til {rows}))))"
    )


class Engine:
    """One `ask` in a folder."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.proc = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.say("R", str(folder))

    def say(self, kind: str, text: str) -> str:
        self.send([(kind, text)])
        return self.answer()

    def send(self, lines: list[tuple[str, str]]) -> None:
        assert self.proc.stdin is not None
        self.proc.stdin.write("".join(f"{kind} {text}\n" for kind, text in lines).encode())
        self.proc.stdin.flush()

    def answer(self) -> str:
        assert self.proc.stdout is not None
        line = self.proc.stdout.readline()
        assert line.endswith(b"\n"), "the engine has ended"
        return line.decode().rstrip("\n")

    def kill(self) -> None:
        self.proc.kill()
        self.proc.communicate()


def killed_while(path: Path, folder: Path, setup: str, saves: list[str], after: float) -> None:
    """Saves again and again until it is killed, so many seconds after the first save has begun."""
    engine = Engine(path, folder)
    assert engine.say("T", setup) == ""
    engine.send([("S", s) for s in saves * 100])
    time.sleep(after)
    engine.kill()


def run(path: Path, folder: Path, save: str, load: str) -> int:
    """`save` has a place for the name of a table. How many kills came before a save of their process was done."""
    dice = random.Random(7)
    reader = Engine(path, folder)
    assert reader.say("T", f"(do (set a {table(0)}) null)") == ""
    assert reader.say("T", f"(do {save.format('a')} null)") == ""
    before, held = reader.say("E", load), 0
    for i in range(1, KILLS + 1):
        setup = f"(do (set a {table(2 * i)}) (set b {table(2 * i + 1)}) null)"
        killed_while(path, folder, setup, [save.format("a"), save.format("b")], dice.random() * 0.06)
        assert reader.say("T", setup) == ""
        now = reader.say("E", load)
        whole = [reader.say("E", f"(do {save} {load})".replace('"t', '"w').format(x)) for x in "ab"]
        assert run_corpus.decode(now)[0] == 98, f"kill {i}: {run_corpus.decode(now)}"
        assert now in (before, *whole), f"kill {i}: this is neither the old table nor a new one"
        held += now == before
        before = now
    assert reader.say("T", f"(do {save.format('a')} null)") == ""
    reader.kill()
    return held


def test_a_splayed_table_is_the_old_one_or_the_new_one(ask: Path, tmp_path: Path) -> None:
    held = run(ask, tmp_path, '(.db.splayed.set "t" {})', '(.db.splayed.get "t")')
    assert 0 < held < KILLS  # kills hit before and after
    left = sorted(p.name.split(".")[0] for p in (tmp_path / "t").iterdir())
    assert left == ["", "", "0", "1", "2", "3", "4"]  # .schema, .sym and five columns: what the killed left is gone


def test_a_text_is_the_old_one_or_the_new_one(ask: Path, tmp_path: Path) -> None:
    held = run(ask, tmp_path, '(.csv.write {} "t.csv")', '(.csv.read "t.csv")')
    assert 0 < held < KILLS
