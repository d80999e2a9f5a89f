"""Our client and the official one against one official server: round trips, bulk, memory, and who else may run.

python benchmarks/bench_client.py [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from compare import interleaved, report, workers

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "net"))
import peers

MILLIONS = "(set big (til 10000000))"


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rounds", type=int, default=9)
    rounds = ap.parse_args().rounds
    with peers.server("2.x") as server:
        core = max(os.sched_getaffinity(0))
        os.sched_setaffinity(server.process.pid, {core})
        with workers(core) as both:
            for w in both.values():
                w("connect", port=server.port)
            for quantile in ("p50", "p99"):
                got = interleaved(rounds, both, lambda w: w("round_trips", query="(+ 1 2)", n=5000)[quantile])  # noqa: B023
                report(f"round trip (+ 1 2), one core, {quantile}", "us", got)
    with peers.server("2.x") as server, workers() as both:
        for w in both.values():
            w("connect", port=server.port)
        both["ours"]("round_trips", query=f"(do {MILLIONS} 0)", n=1)
        report("10^7 i64 into numpy", "s", interleaved(rounds, both, lambda w: w("receive", query="big")["seconds"]))
        report(
            "share of ticks during a 0.5 s query",
            "",
            interleaved(
                3, both, lambda w: w("ticks", query="(do (set i 0) (while (< i 2500000) (set i (+ i 1))))")["share"]
            ),
        )
    with peers.server("2.x") as server:
        report("peak memory per byte received, first time", "B/B", peak_memory(server.port, 3))


def peak_memory(port: int, rounds: int) -> dict[str, list[float]]:
    """In fresh processes each time: what was received before leaves pages that the next receiver may use again."""
    got: dict[str, list[float]] = {"ours": [], "peer": []}
    for _ in range(rounds):
        with workers() as both:
            for name, w in both.items():
                w("connect", port=port)
                w("round_trips", query=f"(do {MILLIONS} 0)", n=1)
                w("receive", query="(til 10)")
                grown = w("peak_growth", query="big")
                got[name].append(grown["growth"] / grown["bytes"])
    return got


if __name__ == "__main__":
    main()
