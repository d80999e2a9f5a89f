"""Client and server of one make: ours, the official pair, redis-py with hiredis against Redis; and what two C programs
that send 64 bytes to and fro need. A round trip is `(+ 1 2)` or `GET`.

    python benchmarks/bench_server.py [--rounds N]

Redis is left out where `redis-server` or the environment of `make bench-peers` is missing.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from compare import PYTHON, ROOT, Worker, interleaved, report

sys.path.insert(0, str(ROOT / "tests" / "net"))
import peers

OURS = """
import sys
from rayforce import Server
where = sys.argv[1]
(Server(port=int(where)) if where.isdigit() else Server(unix=where)).serve_forever()
"""


@contextmanager
def program(command: list[str], port: int | None = None, path: str = "") -> Iterator[int]:
    with tempfile.TemporaryDirectory() as here:
        process = subprocess.Popen(command, cwd=here, stdout=subprocess.DEVNULL)
        try:
            if port:
                peers.wait_for_port(port)
            while path and not os.path.exists(path):
                time.sleep(0.01)
            yield process.pid
        finally:
            process.kill()
            process.wait()


Where = dict[str, object]


class Target(NamedTuple):
    pids: list[int]
    tcp: Where
    unix: Where | None


@contextmanager
def servers(here: Path) -> Iterator[dict[str, Target]]:
    with ExitStack() as stack:
        port, path = peers.free_port(), str(here / "ours")
        ours = [sys.executable, "-c", OURS]
        pids = [stack.enter_context(program([*ours, str(port)], port))]
        pids.append(stack.enter_context(program([*ours, path], path=path)))
        made = {"ours": Target(pids, {"port": port}, {"path": path})}
        peer = stack.enter_context(peers.server("2.x"))
        made["peer"] = Target([peer.process.pid], {"port": peer.port}, None)
        redis = shutil.which("redis-server")
        if redis and PYTHON["redis"].exists():
            port, path = peers.free_port(), str(here / "redis")
            pid = stack.enter_context(program([redis, "--port", str(port), "--save", "", "--unixsocket", path], port))
            made["redis"] = Target([pid], {"port": port}, {"path": path})
        yield made


def floor(binary: Path, kind: str) -> float:
    done = subprocess.run([str(binary), kind, "20000"], capture_output=True, text=True, check=True)
    return float(done.stdout)


def round_trips(targets: dict[str, Target], rounds: int, binary: Path, kind: str) -> None:
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
            measures[name] = partial(median_trip, worker)
        measures["floor"] = partial(floor, binary, kind)
        report(f"round trip, {kind}, one core, p50", "us", interleaved(rounds, measures, lambda measure: measure()))
        for pid in (pid for target in targets.values() for pid in target.pids):
            os.sched_setaffinity(pid, cores)


def median_trip(worker: Worker) -> float:
    return float(worker("round_trips", query="(+ 1 2)", n=5000)["p50"])


def rates(targets: dict[str, Target], rounds: int) -> None:
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(name)) for name in targets}
        for name, worker in workers.items():
            worker("connect", **targets[name].tcp)

        def deep(name: str) -> float:
            return float(workers[name]("pipelined", query="(+ 1 2)", depth=100, n=20000)["each"]) * 1e6

        def connect(name: str) -> float:
            return float(workers[name]("connects", n=300, **targets[name].tcp)["each"]) * 1e6

        names = {name: name for name in targets}
        report("request of a pipeline 100 deep", "us", interleaved(rounds, names, deep))
        report("connect, handshake and close", "us", interleaved(rounds, names, connect))


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
            return 1e6 / sum(worker.receive()["rate"] for worker in workers)

        report(f"request, {clients} clients at once", "us", interleaved(rounds, crowds, each))


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rounds", type=int, default=7)
    rounds = ap.parse_args().rounds
    with tempfile.TemporaryDirectory() as here:
        binary = Path(here) / "floor"
        source = str(Path(__file__).resolve().parent / "floor.c")
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(binary), source], check=True)
        with servers(Path(here)) as targets:
            round_trips(targets, rounds, binary, "tcp")
            round_trips(targets, rounds, binary, "unix")
            rates(targets, rounds)
            crowd(targets, rounds, 16)


if __name__ == "__main__":
    main()
