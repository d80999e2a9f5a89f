#!/usr/bin/env python3
"""Memory, files and sockets failing under every public Python call: the 1st, 2nd, … call that the extension makes of
the system, and then each from the 1st, 2nd, … on. Each time the call gives the right answer or raises an error, nothing
is lost, and the engine answers as before.

    LD_PRELOAD=shim.so tests/fault/sweep.py [--step N] [--only NAME]

`--step N`: only about every N-th place. It prints a line for what was wrong and one with the numbers.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import gc
import inspect
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import calls
import numpy as np
import pyarrow as pa

import rayforce as rf
from rayforce import aio
from rayforce._ext import core

KINDS = ("memory", "files", "sockets")
TIMEOUT = 0.5
CONNECT = 0.3  # a server that has no memory or descriptor for a client lets it wait
PATIENCE = 30.0  # where nothing fails, only a busy machine lets anybody wait
PLACES_MAX = 2000
ROOM = 40  # blocks that may stay for good when something is done for the first time
SETTLES = 3.0


class Shim:
    def __init__(self) -> None:
        self._lib = ctypes.CDLL(os.environ["LD_PRELOAD"])
        for line in Path("/proc/self/maps").read_text().splitlines():
            where, flags, *rest = line.split()
            if "x" in flags and rest and rest[-1] == core.__file__:
                start, end = (int(x, 16) for x in where.split("-"))
                self._lib.shim_module(ctypes.c_size_t(start), ctypes.c_size_t(end))

    def arm(self, kind: str, n: int, for_ever: bool) -> None:
        self._lib.shim_arm(KINDS.index(kind), ctypes.c_long(n), for_ever)

    def disarm(self) -> int:
        return int(self._lib.shim_disarm())


@dataclass(frozen=True)
class Subject:
    name: str
    kinds: tuple[str, ...]
    run: Callable[[], Any]
    want: Any  # as in calls.Row
    again: Callable[[], object] = lambda: None  # before each run, with nothing failing
    arms: bool = True  # all of the run fails; else it says itself which part


# ---- what runs in this process

COLUMNS = {"a": [1, 2, 3], "s": ["x", "y", "x"], "f": [0.5, 1.5, 2.5]}


def local(folder: Path, ray: rf.Rayforce) -> list[Subject]:
    """The calls of an engine, of values, and of files."""
    table = rf.Table(COLUMNS)
    frame = table.to_pandas()
    arrow = table.to_arrow()
    numbers = np.arange(50_000)
    csv, made = str(folder / "t.csv"), str(folder / "made.csv")
    splayed, written = f"{folder / 'splayed'}/", f"{folder / 'written'}/"
    table.write_csv(csv)
    table.set_splayed(splayed)
    ray["kept"] = table
    plus = rf.eval_str("(fn [x] (+ x 1))")
    packed = table.serialize()
    col = rf.Column

    def equal(want: rf.Table) -> Callable[[Any], bool]:
        return lambda got: isinstance(got, rf.Table) and bool(got.equals(want))

    def memory(name: str, run: Callable[[], Any], want: Any) -> Subject:
        return Subject(name, ("memory",), run, want)

    def files(name: str, run: Callable[[], Any], want: Any) -> Subject:
        def again() -> None:
            shutil.rmtree(written, ignore_errors=True)

        return Subject(name, ("memory", "files"), run, want, again)

    def new_engine() -> int:
        with rf.Rayforce(threads=1) as other:
            return int(other.eval("(+ 1 2)"))

    def defined() -> Any:
        ray.define("doubled", lambda x: x * 2)
        return ray.eval("(doubled 4)")

    def served() -> Any:
        with rf.Rayforce(threads=1) as other, other.listen(0) as server:
            return server.client_count

    def journalled() -> Any:
        path = folder / f"journal{time.monotonic_ns()}"
        with rf.Rayforce(threads=1) as other, rf.Server(other, port=0, journal=path) as server:
            return server.replayed

    def saved() -> Any:
        table.set_splayed(written)
        return rf.Table.from_splayed(written)

    def rewritten() -> Any:
        table.write_csv(made)
        return rf.read_csv(made)

    sums = {"s": ["x", "y"], "n": [4, 2]}
    return [
        memory("eval_str", lambda: rf.eval_str("(sum (til 1000))"), 499_500),
        memory("eval_obj", lambda: rf.eval_obj(rf.List([rf.Name("+"), 1, 2])), 3),
        memory("Rayforce", new_engine, 3),
        memory("eval", lambda: ray.eval("(fn [x] (* x x))", 7), 49),
        memory("call", lambda: ray.call("count", numbers), 50_000),
        memory("parse and format", lambda: ray.format(ray.parse("(+ 1 (til 3))")), "((+ 1 (til 3)))"),
        memory("set", lambda: ray.set("v", numbers), None),
        memory("get", lambda: ray.get("kept"), equal(table)),
        memory("define", defined, 8),
        memory("Table", lambda: rf.Table(COLUMNS), equal(table)),
        memory("Table of pandas", lambda: rf.Table(frame), equal(table)),
        memory("Table of Arrow", lambda: rf.Table(arrow), equal(table)),
        memory("to_pandas", lambda: table.to_pandas(), lambda got: bool(got.equals(frame))),
        memory("to_arrow", lambda: table.to_arrow(), lambda got: pa.table(got).equals(pa.table(arrow))),
        memory("to_numpy", lambda: rf.Vector(numbers).to_numpy(), numbers),
        memory("to_dict", lambda: table.to_dict(), COLUMNS),
        memory("Vector", lambda: list(rf.Vector(["a", "b", None])), ["a", "b", None]),
        memory("List and Dict", lambda: str(rf.Dict({"a": 1, "b": rf.List([1, 2])})), lambda got: "a" in got),
        memory("String and Symbol", lambda: str(rf.String("text")) + str(rf.Symbol("sym")), "textsym"),
        memory("Fn", lambda: plus(1), 2),
        memory("serialize", lambda: table.serialize(), packed),
        memory("deserialize", lambda: rf.RayObj.deserialize(packed), equal(table)),
        memory("repr", lambda: repr(table), repr(table)),
        memory("where", lambda: len(table.where(col("a") > 1).execute()), 2),
        memory("by", lambda: table.select(n=col("a").sum()).by("s").execute().to_dict(), sums),
        memory("order_by", lambda: list(table.order_by("a", desc=True).execute()["a"]), [3, 2, 1]),
        memory("inner_join", lambda: len(table.inner_join(table, on="a").execute()), 3),
        memory("update", lambda: list(table.update(a=col("a") * 2).execute()["a"]), [2, 4, 6]),
        memory("insert", lambda: len(table.insert((4, "z", 3.5)).execute()), 4),
        memory("upsert", lambda: len(table.upsert((3, "z", 3.5), key_columns=1).execute()), 3),
        memory("concat", lambda: len(table.concat(table)), 6),
        memory("python_to_ray", lambda: list(rf.python_to_ray([1, "a", 2.5])), [1, "a", 2.5]),
        files("read_csv", lambda: rf.read_csv(csv), equal(table)),
        files("write_csv", rewritten, equal(table)),
        files("from_splayed", lambda: rf.Table.from_splayed(splayed), equal(table)),
        files("set_splayed", saved, equal(table)),
        Subject("listen", KINDS, served, 0),
        Subject("journal", KINDS, journalled, 0),
    ]


# ---- what goes to a server


def remote(where: dict[str, str]) -> list[Subject]:
    """Every row of the chaos tests, over a connection that is opened before anything fails."""
    out = []
    for row in calls.CONNECTION:
        for kind in row.kinds:
            for transport, address in where.items():
                failing = ("memory",) if kind == "async" else ("memory", "sockets")
                run = over_sync(row, address) if kind == "sync" else over_async(row, address)
                out.append(Subject(f"{row.name}, {kind}, {transport}", failing, run, row.want, arms=False))
    for row in calls.OPENING:
        if "sync" in row.kinds:
            out.append(Subject(row.name, ("memory", "sockets"), opened(row, where["tcp"]), row.want, arms=False))
    return out


def opened(row: calls.Row, address: str) -> Callable[[], Any]:
    return lambda: armed(lambda: row.run(address, limit(TIMEOUT)))


def over_sync(row: calls.Row, address: str) -> Callable[[], Any]:
    def run() -> Any:
        conn = rf.hopen(address, timeout=limit(CONNECT))
        conn.set_timeout(limit(TIMEOUT))
        try:
            return armed(lambda: row.run(conn, limit(TIMEOUT)))
        finally:
            conn.close(0)

    return run


def over_async(row: calls.Row, address: str) -> Callable[[], Any]:
    async def job() -> Any:
        conn = await aio.connect(address, connect_timeout=limit(CONNECT), timeout=limit(TIMEOUT))
        try:
            begin()
            try:
                got = row.run(conn, limit(TIMEOUT))
                return await got if inspect.isawaitable(got) else got
            finally:
                finish()
        finally:
            await conn.close(0)

    return lambda: asyncio.run(job())


# ---- the sweep

shim: Shim
plan: tuple[str, int, bool] | None = None
patient = True
failed = 0


def limit(seconds: float) -> float:
    return PATIENCE if patient else seconds


def begin() -> None:
    if plan is not None:
        shim.arm(*plan)


def finish() -> None:
    global failed
    failed += shim.disarm()


def armed(job: Callable[[], Any]) -> Any:
    begin()
    try:
        return job()
    finally:
        finish()


def try_at(subject: Subject, where: tuple[str, int, bool]) -> str:
    """With this failing. What took too long before anything had failed is tried again, with all the time it needs."""
    global plan, patient, failed
    plan, patient, failed = where, False, 0
    told = try_once(subject)
    if told and failed == 0:
        patient = True
        told = try_once(subject)
    plan, patient = None, True
    return told


def try_once(subject: Subject) -> str:
    """Empty: the answer was right, or what failed was told of."""
    subject.again()
    try:
        got = armed(subject.run) if subject.arms else subject.run()
    except (rf.RayforceError, MemoryError, OSError) as e:
        return "" if failed else f"{type(e).__name__}: {e}"
    except Exception as e:
        return f"{type(e).__name__}: {e}"
    return "" if calls.is_same(got, subject.want) else f"a wrong answer: {got!r:.200}"


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def settle(ray: rf.Rayforce) -> None:
    """What is garbage goes, and so does memory that is kept for the next request: a block and a descriptor each."""
    gc.collect()
    ray.eval("(.sys.gc)")


def sweep(subject: Subject, step: int, ray: rf.Rayforce) -> tuple[int, list[str]]:
    """How many places failed, and what was wrong."""
    wrong: list[str] = []
    places = 0
    for _ in range(2):
        if told := try_once(subject):
            return 0, [f"{subject.name}: with nothing failing: {told}"]
    for kind in subject.kinds:
        settle(ray)
        before, open_before = core.heap(), descriptors()
        for for_ever in (False, True):
            n = 1
            while n < PLACES_MAX:
                if told := try_at(subject, (kind, n, for_ever)):
                    wrong.append(f"{subject.name}: {kind} {n}{' and on' if for_ever else ''}: {told}")
                if failed == 0:
                    break
                places += failed if not for_ever else 1
                n += 1 if step == 1 else 1 + n % step
        if ray.eval("(+ 1 2)") != 3:
            wrong.append(f"{subject.name}: the engine does not answer any more")
        end = time.monotonic() + SETTLES
        while (told := left_behind(before, open_before)) and time.monotonic() < end:
            time.sleep(0.01)
            settle(ray)
        if told:
            wrong.append(f"{subject.name}: {kind}: {told}")
    return places, wrong


def left_behind(before: dict[str, int], open_before: int) -> str:
    after = core.heap()
    blocks = after["blocks"] - before["blocks"] - (after["symbols"] - before["symbols"])
    more = descriptors() - open_before
    return f"{blocks} blocks, {more} descriptors stay" if blocks > ROOM or more > 0 else ""


def main() -> int:
    global shim
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--step", type=int, default=1)
    p.add_argument("--only", default="")
    p.add_argument("--verbose", action="store_true")
    args = p.parse_args()
    warnings.simplefilter("ignore")  # an object whose close() failed is told of when it goes
    shim = Shim()
    calls.FILE.write_text("(+ 1 2)\n")
    places, wrong, subjects = 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="sweep-") as name:
        folder = Path(name)
        with (
            rf.Rayforce(threads=1) as ray,
            ray.listen(0) as tcp,
            rf.Server(ray, port=0, unix=str(folder / "s")) as unix,
        ):
            for line in calls.SETUP.strip().splitlines():
                ray.eval(line)
            where = {"tcp": str(tcp.address), "unix": str(unix.address)}
            for subject in local(folder, ray) + remote(where):
                if args.only and args.only not in subject.name:
                    continue
                subjects += 1
                started = time.monotonic()
                here, told = sweep(subject, args.step, ray)
                if args.verbose:
                    print(f"{subject.name}: {here} places, {time.monotonic() - started:.2f} s", flush=True)
                places += here
                wrong += len(told)
                for line in told:
                    print(line, flush=True)
    print(f"{subjects} calls, {places} places failed, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
