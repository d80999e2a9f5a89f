"""Two engines side by side: rounds go A B A B, what is read is the ratio of what they took in the same round."""

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

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "net"))
import peers as peers  # the official programs

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
# Where `run.py` wants each line of the results kept, one JSON object each, and under which heading.
RESULTS = os.environ.get("RAYFORCE_BENCH_RESULTS")
TOPIC = os.environ.get("RAYFORCE_BENCH_TOPIC", "")
FLOORS = ("floor", "plain socket")  # what the machine allows, no rivals


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


def quartiles(values: list[float]) -> tuple[float, float, float]:
    """The first, the median and the third."""
    ordered = sorted(values)
    return ordered[len(ordered) // 4], statistics.median(ordered), ordered[-1 - len(ordered) // 4]


def ratios(got: dict[str, list[float]], other: str) -> tuple[float, float, float]:
    """Quartiles of ours to the other's, round by round: what slows a round down slows both."""
    return quartiles([a / b for a, b in zip(got["ours"], got[other], strict=True)])


def best_other(got: dict[str, list[float]]) -> str:
    """Who needs least; a floor counts only if there is nobody else."""
    others = [name for name in got if name != "ours"]
    rivals = [name for name in others if name not in FLOORS] or others
    return min(rivals, key=lambda name: statistics.median(got[name]))


def report(what: str, unit: str, got: dict[str, list[float]]) -> float:
    """Prints and keeps what each took; returns the ratio of ours to the official binding, or to the best of the others
    where that took no part."""
    rival = "peer" if "peer" in got else best_other(got)
    low, middle, high = ratios(got, rival)
    medians = {name: statistics.median(values) for name, values in got.items()}
    print(
        f"{what:44} ours {medians['ours']:10.4g}  {rival} {medians[rival]:10.4g} {unit:4} "
        f"ratio {middle:6.3g} ({low:.3g}..{high:.3g}, {len(got['ours'])} rounds)",
        flush=True,
    )
    rest = {name: value for name, value in medians.items() if name not in ("ours", rival)}
    if rest:
        lead = "  ours is faster than all" if medians["ours"] == min(medians.values()) else ""
        print(" " * 44 + "".join(f" {name} {value:.4g}" for name, value in rest.items()) + f" {unit}{lead}", flush=True)
    keep({"what": what, "unit": unit, "got": got})
    return middle


def promise(what: str, value: float, unit: str, limit: float, less: bool = True) -> None:
    """Prints and keeps a figure of this package alone beside what it is held to."""
    kept = value <= limit if less else value >= limit
    bound = f"at {'most' if less else 'least'} {limit:g}"
    print(f"{what:44} {value:10.4g} {unit:4} held to {bound}{'' if kept else '   BROKEN'}", flush=True)
    keep({"what": what, "unit": unit, "value": value, "bound": bound, "kept": kept})


def keep(row: dict[str, Any]) -> None:
    if RESULTS:
        with open(RESULTS, "a", encoding="utf-8") as f:
            f.write(json.dumps({"topic": TOPIC, "part": Path(sys.argv[0]).stem} | row) + "\n")
