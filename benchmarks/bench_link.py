"""What the compression of the wire is worth on a slow link: requests of 16 MB over one that is shaped.

unshare -n python benchmarks/bench_link.py [--rounds N] [--rows N] [--mbit N]

Needs root, Linux, `ip` and `tc`: the loopback of a network of its own is held to so many Mbit/s (a token bucket). Each
round sends the column plain and compressed; the times are medians until the server has it as a value. To compress
comes before to send, so it pays below (bytes saved) / (time to compress): that is the break-even, from the time of the
core alone, where nothing is shaped.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
from bench_transfer import engine_server, free_port

import rayforce as rf

STEPS = np.random.default_rng(1)
COLUMNS: dict[str, Callable[[int], np.ndarray]] = {
    "a sequence": np.arange,
    "integers below 1000": lambda n: STEPS.integers(0, 1000, n),
    "prices in cents": lambda n: np.round(100 + np.cumsum(STEPS.integers(-2, 3, n)) * 0.01, 2),
    "times": lambda n: np.datetime64("2025-01-02", "ns") + np.cumsum(STEPS.integers(1, 2_000_000, n)),
    "numbers of 8 symbols": lambda n: STEPS.integers(0, 8, 8 * n).astype("u1"),
    "one value": lambda n: np.full(n, 7),
}


def shape(mbit: int) -> None:
    if [name for _, name in socket.if_nameindex() if name != "lo"]:
        raise SystemExit("this would shape the network of the machine: run it under `unshare -n`")
    for command in ("ip link set lo up", f"tc qdisc add dev lo root tbf rate {mbit}mbit burst 256kb latency 100ms"):
        subprocess.run(command.split(), check=True)


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def measure(conn: rf.Connection, column: np.ndarray, rounds: int) -> tuple[float, float, float, float]:
    """Part of the bytes that is left, seconds to compress, to send plain, to send compressed."""
    vector = rf.Vector(column)
    went, times = {}, {True: [], False: []}
    for _ in range(rounds):
        for packed in times:
            conn.set_compression(packed)
            before = conn.stats.bytes_out
            times[packed].append(timed(lambda: conn.call("keep", vector)))
            went[packed] = conn.stats.bytes_out - before
    alone = [timed(lambda: vector.serialize(compress=True)) - timed(vector.serialize) for _ in range(rounds)]
    middle = statistics.median
    return went[True] / went[False], max(middle(alone), 1e-9), middle(times[False]), middle(times[True])


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--rows", type=int, default=2_000_000)
    ap.add_argument("--mbit", type=int, default=1000)
    args = ap.parse_args()
    shape(args.mbit)
    port = free_port()
    print("| column | left | plain | compressed | pays below |\n|---|---|---|---|---|")
    with engine_server(port, "0"), rf.connect(f"rayforce://localhost:{port}") as conn:
        for name, make in COLUMNS.items():
            column = make(args.rows)
            left, alone, plain, packed = measure(conn, column, args.rounds)
            limit = column.nbytes * 8 * (1 - left) / alone / 1e9
            print(
                f"| {name} | {left:.0%} | {plain * 1e3:.0f} ms | {packed * 1e3:.0f} ms |"
                f" {f'{limit:.2f} Gbit/s' if left < 1 else 'never'} |"
            )


if __name__ == "__main__":
    sys.exit(main())
