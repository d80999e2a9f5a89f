"""Round trips of a tiny request: our client and the official one against one official server; client and server of one
make (ours, the official pair, redis-py with hiredis against Redis) beside what two C programs need for 64 bytes to and
fro; connecting; many clients at once. A round trip is `(+ 1 2)` or `GET`.

    python benchmarks/bench_latency.py [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from compare import Worker, interleaved, peers, report, workers
from targets import Target, servers

CLIENTS = 16


def one_server(rounds: int) -> None:
    core = max(os.sched_getaffinity(0))
    with peers.server("2.x") as server, workers(core) as both:
        os.sched_setaffinity(server.process.pid, {core})
        for worker in both.values():
            worker("connect", port=server.port)
        for quantile in ("p50", "p99"):
            got = interleaved(rounds, both, partial(trip, quantile=quantile))
            report(f"round trip to an official server, {quantile}", "us", got)


def trip(worker: Worker, quantile: str = "p50") -> float:
    return float(worker("round_trips", query="(+ 1 2)", n=5000)[quantile])


def floor(binary: Path, kind: str) -> float:
    done = subprocess.run([str(binary), kind, "20000"], capture_output=True, text=True, check=True)
    return float(done.stdout)


def pairs(targets: dict[str, Target], rounds: int, binary: Path, kind: str) -> None:
    """Both ends on one core."""
    core, cores = max(os.sched_getaffinity(0)), os.sched_getaffinity(0)
    with ExitStack() as stack:
        measures: dict[str, Callable[[], float]] = {}
        for name, target in targets.items():
            where = target.tcp if kind == "tcp" else target.unix
            if where is None:
                continue
            for pid in target.pids:
                os.sched_setaffinity(pid, {core})
            worker = stack.enter_context(Worker(name, core))
            worker("connect", **where)
            measures[name] = partial(trip, worker)
        measures["floor"] = partial(floor, binary, kind)
        report(f"round trip, {kind}, p50", "us", interleaved(rounds, measures, lambda measure: measure()))
        for pid in (pid for target in targets.values() for pid in target.pids):
            os.sched_setaffinity(pid, cores)


def connecting(targets: dict[str, Target], rounds: int) -> None:
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(name)) for name in targets}

        def connect(name: str) -> float:
            return float(workers[name]("connects", n=300, **targets[name].tcp)["each"]) * 1e6

        report("connect, handshake and close", "us", interleaved(rounds, {name: name for name in targets}, connect))


def crowd(targets: dict[str, Target], rounds: int, clients: int) -> None:
    with ExitStack() as stack:
        crowds = {name: [stack.enter_context(Worker(name)) for _ in range(clients)] for name in targets}
        for name, workers in crowds.items():
            for worker in workers:
                worker("connect", **targets[name].tcp)

        def each(workers: list[Worker]) -> float:
            at = time.time() + 0.1
            for worker in workers:
                worker.send("for_a_while", query="(+ 1 2)", at=at, seconds=0.5)
            return 1e6 / sum(float(worker.receive()["rate"]) for worker in workers)

        report(f"request, {clients} clients at once", "us", interleaved(rounds, crowds, each))


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rounds", type=int, default=7)
    rounds = ap.parse_args().rounds
    one_server(rounds)
    with tempfile.TemporaryDirectory() as here:
        binary = Path(here) / "floor"
        source = str(Path(__file__).resolve().parent / "floor.c")
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(binary), source], check=True)
        with servers() as targets:
            pairs(targets, rounds, binary, "tcp")
            pairs(targets, rounds, binary, "unix")
            connecting(targets, rounds)
            crowd(targets, rounds, CLIENTS)


if __name__ == "__main__":
    main()
