"""The embedded engines side by side: whole-column expressions over 10^7 elements, two threads each, and the cost of one
small expression. Results are assigned inside the engine, so that no conversion is timed.

    python benchmarks/bench_engine.py [--rows N] [--rounds N] [--only TEXT]
"""

from __future__ import annotations

import argparse
import math
import statistics

from compare import Worker, interleaved, report, workers

# name, expression; a b c are f64, i j are i64, s is a symbol column
CASES = [
    ("(+ (* a b) c)", "(+ (* a b) c)"),
    ("sum", "(sum a)"),
    ("min", "(min a)"),
    ("max", "(max i)"),
    ("avg", "(avg a)"),
    ("dev", "(dev a)"),
    ("dot product", "(sum (* a b))"),
    ("comparison to mask", "(> i 500000)"),
    ("where", "(where m)"),
    ("asc", "(asc i)"),
    ("iasc", "(iasc i)"),
    ("distinct", "(distinct k)"),
    ("in", "(in i w)"),
    ("xbar", "(xbar i 1000)"),
    ("cast i64 to f64", "(as 'F64 i)"),
    ("moving average", "(mavg 10 a)"),
]

SETUP = """(do
 (set i (rand {n} 1000000)) (set j (rand {n} 1000000)) (set k (rand {n} 1000))
 (set a (/ (as 'F64 (rand {n} 1000000000)) 1000000.0))
 (set b (/ (as 'F64 (rand {n} 1000000000)) 1000000.0))
 (set c (/ (as 'F64 (rand {n} 1000000000)) 1000000.0))
 (set m (> i 500000)) (set w (rand 1000 1000000)) 0)"""


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rows", type=float, default=1e7)
    ap.add_argument("--rounds", type=int, default=7)
    ap.add_argument("--only", default="")
    a = ap.parse_args()
    ratios = []
    with workers() as both:
        for w in both.values():
            w("engine", threads=2)
            w("evaluate", query=SETUP.format(n=int(a.rows)), n=1)
        for name, source in CASES:
            if a.only not in name:
                continue

            def once(w: Worker, source: str = source) -> float:
                return 1e3 * float(w("evaluate", query=f"(do (set r {source}) 0)", n=1)["seconds"])

            ratios.append(report(name, "ms", interleaved(a.rounds, both, once)))
        print(f"{'geometric mean':44} {math.exp(statistics.fmean(map(math.log, ratios))):.3f}   worst {max(ratios):.3f}")
        report("(+ 1 2), parsed and evaluated", "us", interleaved(
            a.rounds, both, lambda w: 1e6 * float(w("evaluate", query="(+ 1 2)", n=20000)["seconds"])))


if __name__ == "__main__":
    main()
