"""Queries over 10^7 rows in the embedded engines: the grouping set of H2O.ai, filters, sorts and arithmetic; they stand
in queries.py. Before a query is timed all results are compared: rows, nulls, sums, and sums weighted by a hash of the
keys, or by position where order counts. The last line is about ratios to the best of the others.

    python benchmarks/bench_queries.py [--rows N] [--rounds N] [--only q1,q2] [--engines ours,peer,duckdb,polars]
                                       [--threads N]
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
from contextlib import ExitStack
from typing import Any

from compare import PYTHON, ROOT, interleaved, report
from queries import QUERIES

OTHERS = ROOT / ".oracle" / "bench" / "bin" / "python"


class Engine:
    def __init__(self, name: str, rows: int, threads: int) -> None:
        own = {"ours": PYTHON["ours"], "peer": PYTHON["peer"]}
        command = [str(own.get(name, OTHERS)), str(ROOT / "benchmarks" / "queries.py"), name, str(rows), str(threads)]
        # The peer's package has the same import name: neither from the source tree nor from where ours may be found.
        path = {k: v for k, v in os.environ.items() if name == "ours" or k != "PYTHONPATH"}
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/", env=path
        )
        self.receive()

    def receive(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended")
        return json.loads(line)

    def __call__(self, do: str, query: str) -> Any:
        assert self.process.stdin
        self.process.stdin.write(json.dumps([do, query]) + "\n")
        self.process.stdin.flush()
        return self.receive()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def difference(a: dict[str, Any], b: dict[str, Any]) -> str:
    """Where two digests of one result differ; "": nowhere."""
    if a["rows"] != b["rows"]:
        return f"{a['rows']} rows, and {b['rows']}"
    for name in a:
        if name == "rows":
            continue
        for x, y in zip(a[name], b[name], strict=True):
            if abs(x - y) > 1e-7 * max(abs(x), abs(y), 1e-3 * a["rows"]):
                return f"{name}: {a[name]}, and {b[name]}"
    return ""


def check(query: str, engines: dict[str, Engine]) -> None:
    said = {name: engine("check", query) for name, engine in engines.items()}
    for name, got in said.items():
        if wrong := difference(said["ours"], got):
            raise SystemExit(f"{query}: ours and {name} differ: {wrong}")


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rows", type=float, default=1e7)
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--only", default="")
    ap.add_argument("--engines", default="ours,peer,duckdb,polars")
    ap.add_argument("--threads", type=int, default=2)
    a = ap.parse_args()
    ratios = []
    with ExitStack() as stack:
        engines = {}
        for name in a.engines.split(","):
            engines[name] = Engine(name, int(a.rows), a.threads)
            stack.callback(engines[name].close)
        for query in a.only.split(",") if a.only else QUERIES:
            check(query, engines)
            got = interleaved(a.rounds, engines, lambda e, query=query: 1e3 * float(e("time", query)))  # type: ignore[misc]
            report(query, "ms", got)
            best = min(statistics.median(took) for name, took in got.items() if name != "ours")
            ratios.append(statistics.median(got["ours"]) / best)
    mean = math.exp(statistics.fmean(map(math.log, ratios)))
    print(f"{'geometric mean to the best of the others':44} {mean:.3f}   worst {max(ratios):.3f}")


if __name__ == "__main__":
    main()
