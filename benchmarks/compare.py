"""Two engines side by side: rounds go A B A B, what is read is the ratio of their medians."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

Party = TypeVar("Party")

ROOT = Path(__file__).resolve().parents[1]
OWN = Path(sys.executable)
PYTHON = {
    "ours": OWN,
    "peer": ROOT / ".oracle" / "2x" / "bin" / "python",
    "numpy": OWN,
    "polars": OWN,
    "redis": ROOT / ".oracle" / "bench" / "bin" / "python",
}
# Where `run.py` wants each line of the results kept, one JSON object each.
RESULTS = os.environ.get("RAYFORCE_BENCH_RESULTS")


class Worker:
    def __init__(self, engine: str, core: int | None = None) -> None:
        command = [
            str(PYTHON[engine]),
            str(ROOT / "benchmarks" / "worker.py"),
            engine,
            "-" if core is None else str(core),
        ]
        # Not from the source tree: the peer's package has the same import name.
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/")

    def __call__(self, do: str, **arguments: Any) -> Any:
        self.send(do, **arguments)
        return self.receive()

    def send(self, do: str, **arguments: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self.process.stdin.flush()

    def receive(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def workers(core: int | None = None, names: tuple[str, ...] = ("ours", "peer")) -> Iterator[dict[str, Worker]]:
    with ExitStack() as stack:
        both = {}
        for name in names:
            both[name] = Worker(name, core)
            stack.callback(both[name].close)
        yield both


def interleaved(rounds: int, both: dict[str, Party], measure: Callable[[Party], float]) -> dict[str, list[float]]:
    """One unrecorded round to warm up, then `rounds` of each, alternately."""
    got: dict[str, list[float]] = {name: [] for name in both}
    for n in range(rounds + 1):
        for name, worker in both.items():
            value = measure(worker)
            if n:
                got[name].append(value)
    return got


def spread(values: list[float]) -> str:
    ordered = sorted(values)
    return f"{ordered[len(ordered) // 4]:.4g}..{ordered[-1 - len(ordered) // 4]:.4g}"


def report(what: str, unit: str, got: dict[str, list[float]]) -> float:
    """Prints and keeps the medians and quartiles of who took part; the ratio of ours to the official binding, or to the
    best of the others where that took no part."""
    medians = {name: statistics.median(values) for name, values in got.items()}
    ours, others = medians["ours"], {name: value for name, value in medians.items() if name != "ours"}
    rival = "peer" if "peer" in others else min(others, key=others.__getitem__)
    print(
        f"{what:44} ours {ours:10.4g}  {rival} {others[rival]:10.4g} {unit:4} ratio {ours / others[rival]:6.3f}   "
        f"(quartiles {spread(got['ours'])} / {spread(got[rival])}, {len(got['ours'])} rounds)"
    )
    rest = {name: value for name, value in others.items() if name != rival}
    if rest:
        lead = "  ours is faster than all" if ours < min(others.values()) else ""
        print(" " * 44 + "".join(f" {name} {value:.4g}" for name, value in rest.items()) + f" {unit}{lead}")
    if RESULTS:
        row = {"part": Path(sys.argv[0]).stem, "what": what, "unit": unit, "medians": medians}
        with open(RESULTS, "a", encoding="utf-8") as f:
            f.write(json.dumps(row | {"quartiles": {name: spread(values) for name, values in got.items()}}) + "\n")
    return ours / others[rival]
