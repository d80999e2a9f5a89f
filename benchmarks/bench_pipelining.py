"""Requests that are sent before the replies to those before them: client and server of one make, as deep as given. The
official client has no pipeline of requests; it sends messages without replies, closed by one with a reply.

    python benchmarks/bench_pipelining.py [--rounds N]
"""

from __future__ import annotations

import argparse
from contextlib import ExitStack

from compare import Worker, interleaved, report
from targets import servers

DEPTHS = (10, 100, 1000)
REQUESTS = 20_000


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rounds", type=int, default=7)
    rounds = ap.parse_args().rounds
    with servers() as targets, ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(name)) for name in targets}
        for name, worker in workers.items():
            worker("connect", **targets[name].tcp)
        for depth in DEPTHS:

            def each(worker: Worker, depth: int = depth) -> float:
                return float(worker("pipelined", query="(+ 1 2)", depth=depth, n=REQUESTS)["each"]) * 1e6

            report(f"request of a pipeline {depth} deep", "us", interleaved(rounds, workers, each))


if __name__ == "__main__":
    main()
