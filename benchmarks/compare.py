"""Two engines side by side: rounds go A B A B, what is read is the ratio of their medians."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OWN = Path(sys.executable)
PYTHON = {"ours": OWN, "peer": ROOT / ".oracle" / "2x" / "bin" / "python", "numpy": OWN, "polars": OWN}
SERVER = ROOT / ".oracle" / "2x"


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
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended")
        return json.loads(line)

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


def interleaved(rounds: int, both: dict[str, Worker], measure: Callable[[Worker], float]) -> dict[str, list[float]]:
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
    ours, peer = (statistics.median(got[name]) for name in ("ours", "peer"))
    print(
        f"{what:44} ours {ours:10.4g}  peer {peer:10.4g} {unit:4} ratio {ours / peer:6.3f}   "
        f"(quartiles {spread(got['ours'])} / {spread(got['peer'])}, {len(got['ours'])} rounds)"
    )
    others = {name: statistics.median(got[name]) for name in got if name not in ("ours", "peer")}
    if others:
        lead = "  ours is faster than all" if ours < min(others.values()) and ours < peer else ""
        print(" " * 44 + "".join(f" {name} {value:.4g}" for name, value in others.items()) + f" {unit}{lead}")
    return ours / peer
