#!/usr/bin/env python3
"""Memory running out at every step of an expression: at least one case for each builtin.

    tests/lang/sweep.py [--ask PATH] [--each 3] [--only name,name] [--jobs N]

For each case the 1st, 2nd, … allocation fails, and then all from the 1st, 2nd, … on; each time the answer must be the
right one or an error of class oom or limit, nothing may be lost, and the runtime must answer as before afterwards.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import run_corpus

FILES = ["core", "tables", "extra"]
# `try` has an answer for a failure; the others change what they are asked about: a second call says something else.
SKIPPED = re.compile(
    r"\((try|exit|listen|\.sys\.listen|\.sys\.exec|\.sys\.cmd|\.sys\.querylog\.enable|del|rand|guid|rc|\.sys\.mem"
    r"|\.mem\.objsize|\.mem\.ts)[ )]"
)


def builtins() -> list[str]:
    rows = (run_corpus.ROOT / "vendor" / "rayforce-c" / "src" / "api" / "builtins.def").read_text()
    return re.findall(r'^B\("([^"]+)"', rows, re.M)


def cases_of(names: list[str], each: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """The shortest cases that call a builtin, answers before errors."""
    found: dict[str, list[dict[str, Any]]] = {n: [] for n in names}
    for case in run_corpus.cases(FILES):
        whole = " ".join([*case.get("setup", []), case["expr"]])
        if SKIPPED.search(whole) or len(whole) > 400:
            continue
        for name in set(re.findall(r"\(([^\s()\[\]{}\"]+)(?=[\s)])", case["expr"])) & found.keys():
            found[name].append(case)
    for name, cases in found.items():
        cases.sort(key=lambda c: (c["wire"].startswith("7f"), len(c["expr"])))
        step = max(1, len(cases) // each)
        for case in cases[: each // 2 + 1] + cases[step::step][: each // 2]:
            yield name, case


def sweep(ask: run_corpus.Ask, case: dict[str, Any]) -> str:
    """Empty: nothing was wrong."""
    if ask.proc is None:
        ask.start()
    where = tempfile.mkdtemp(dir=ask.dirs)
    try:
        ask.line("R", where)
        for expr in case.get("setup", []):
            ask.line("S", expr)
        told = ask.line("F", case["expr"]).decode()
    except (EOFError, TimeoutError) as e:
        return f"{type(e).__name__}: {ask.crash()}"
    shutil.rmtree(where, ignore_errors=True)
    return "" if told.startswith("ok ") else told


def work_off(path: Path, cases: Iterator[tuple[str, dict[str, Any]]], lock: threading.Lock) -> tuple[int, int]:
    """Cases until there are none, by one process of its own: how many, and how many were bad."""
    ask, done, bad = run_corpus.Ask(path, 600.0), 0, 0
    while True:
        with lock:
            name, case = next(cases, ("", {}))
        if not name:
            break
        done += 1
        told = sweep(ask, case)
        if told:
            bad += 1
            lines = [*case.get("setup", []), case["expr"]]
            print(f"{name}: {case['id']}\n" + "".join(f"      {s}\n" for s in lines) + f"   {told}", flush=True)
    if told := ask.close():
        bad += 1
        print(told, flush=True)
    return done, bad


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--ask", type=Path, default=run_corpus.ROOT / "vendor" / "rayforce-c" / "build" / "asan" / "ask")
    p.add_argument("--each", type=int, default=3, help="cases for each builtin")
    p.add_argument("--only", type=lambda s: s.split(","), default=[])
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes side by side")
    args = p.parse_args()
    cases, lock = cases_of(args.only or builtins(), args.each), threading.Lock()
    with ThreadPoolExecutor(args.jobs) as pool:
        ends = list(pool.map(lambda _: work_off(args.ask, cases, lock), range(args.jobs)))
    done, bad = (sum(column) for column in zip(*ends, strict=True))
    print(f"{done} cases, {bad} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
