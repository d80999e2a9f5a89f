"""`rayforce ping`: round trips."""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from ._common import OK, add_address, connect_to_server, number, seconds

HELP = "Times round trips of an empty request: least, median, 99th percentile, greatest, in microseconds."


def add_arguments(p: argparse.ArgumentParser) -> None:
    add_address(p)
    p.add_argument("-n", "--count", type=number(1), default=100, metavar="N", help="how many (100)")
    p.add_argument("-i", "--interval", type=seconds, metavar="S", help="seconds between them (none)")


def run(options: argparse.Namespace) -> int:
    times: list[float] = []
    with connect_to_server(options) as conn:
        print(f"{conn.address}, version {conn.server_version}", file=sys.stderr, flush=True)
        try:
            while len(times) < options.count:
                if times and options.interval is not None:
                    time.sleep(options.interval)
                times.append(conn.ping())
        except KeyboardInterrupt:
            if not times:
                raise
    print(summary(times))
    return OK


def summary(times: list[float]) -> str:
    us = sorted(t * 1e6 for t in times)
    figures = {"min": us[0], "median": statistics.median(us), "p99": percentile(us, 0.99), "max": us[-1]}
    return f"{len(us)} round trips, us: " + "  ".join(f"{name} {value:.1f}" for name, value in figures.items())


def percentile(ascending: list[float], share: float) -> float:
    """The least value that so large a share does not exceed."""
    return ascending[max(0, -int(-len(ascending) * share // 1) - 1)]
