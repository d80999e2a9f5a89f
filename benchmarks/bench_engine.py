"""The embedded engines side by side: whole-column expressions over 10^7 elements, two threads each, and the cost of one
small expression. Results are assigned inside the engine, so that no conversion is timed. Beside them numpy (one thread)
and polars (two), over columns like these; a line says where this engine is faster than both of them and the peer.

    python benchmarks/bench_engine.py [--rows N] [--rounds N] [--only TEXT]
"""

from __future__ import annotations

import argparse
import math
import statistics

from compare import Worker, interleaved, report, workers

# name, expression, the same in numpy and in polars; a b c are f64, i k integers, m a mask, w members to find
CASES = [
    ("(+ (* a b) c)", "(+ (* a b) c)", "a * b + c", "pa * pb + pc"),
    ("sum", "(sum a)", "a.sum()", "pa.sum()"),
    ("min", "(min a)", "a.min()", "pa.min()"),
    ("max", "(max i)", "i.max()", "pi.max()"),
    ("avg", "(avg a)", "a.mean()", "pa.mean()"),
    ("dev", "(dev a)", "a.std()", "pa.std(ddof=0)"),
    ("dot product", "(sum (* a b))", "a @ b", "pa.dot(pb)"),
    ("comparison to mask", "(> i 500000)", "i > 500000", "pi > 500000"),
    ("where", "(where m)", "np.flatnonzero(m)", "pm.arg_true()"),
    ("asc", "(asc i)", "np.sort(i)", "pi.sort()"),
    ("iasc", "(iasc i)", "np.argsort(i, kind='stable')", "pi.arg_sort()"),
    ("distinct", "(distinct k)", "np.unique(k)", "pk.unique(maintain_order=True)"),
    ("in", "(in i w)", "np.isin(i, w)", "pi.is_in(pw.implode())"),
    ("xbar", "(xbar i 1000)", "i // 1000 * 1000", "pi // 1000 * 1000"),
    ("cast i64 to f64", "(as 'F64 i)", "i.astype('f8')", "pi.cast(pl.Float64)"),
    ("moving average", "(mavg 10 a)", "moving(a, 10)", "pa.rolling_mean(10, min_samples=1)"),
]

SETUP = """(do
 (set i (rand {n} 1000000)) (set j (rand {n} 1000000)) (set k (rand {n} 1000))
 (set a (/ (as 'F64 (rand {n} 1000000000)) 1000000.0))
 (set b (/ (as 'F64 (rand {n} 1000000000)) 1000000.0))
 (set c (/ (as 'F64 (rand {n} 1000000000)) 1000000.0))
 (set m (> i 500000)) (set w (rand 1000 1000000)) 0)"""

NUMPY = """
import numpy as np
random = np.random.default_rng(1)
i, k, w = random.integers(0, 1000000, {n}), random.integers(0, 1000, {n}), random.integers(0, 1000000, 1000)
a, b, c = (random.random({n}) * 1000 for _ in range(3))
m = i > 500000

def moving(x, n):
    total = np.cumsum(x)
    total[n:] -= total[:-n].copy()
    total[n - 1:] /= n
    total[:n - 1] /= np.arange(1, n)
    return total
"""
POLARS = (
    NUMPY
    + """
import polars as pl
pa, pb, pc, pi, pk, pm, pw = (pl.Series(x) for x in (a, b, c, i, k, m, w))
"""
)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rows", type=float, default=1e7)
    ap.add_argument("--rounds", type=int, default=7)
    ap.add_argument("--only", default="")
    a = ap.parse_args()
    ratios = []
    n = int(a.rows)
    with workers(names=("ours", "peer", "numpy", "polars")) as all_of_them:
        both = {name: all_of_them[name] for name in ("ours", "peer")}
        for w in both.values():
            w("engine", threads=2)
            w("evaluate", query=SETUP.format(n=n), n=1)
        all_of_them["numpy"]("engine", setup=NUMPY.format(n=n))
        all_of_them["polars"]("engine", threads=2, setup=POLARS.format(n=n))
        for name, source, in_numpy, in_polars in CASES:
            if a.only not in name:
                continue
            assigned = f"(do (set r {source}) 0)"
            queries = {"ours": assigned, "peer": assigned, "numpy": in_numpy, "polars": in_polars}
            text = {all_of_them[which]: query for which, query in queries.items()}

            def once(w: Worker, text: dict[Worker, str] = text) -> float:
                return 1e3 * float(w("evaluate", query=text[w], n=1)["seconds"])

            ratios.append(report(name, "ms", interleaved(a.rounds, all_of_them, once)))
        mean = math.exp(statistics.fmean(map(math.log, ratios)))
        print(f"{'geometric mean':44} {mean:.3f}   worst {max(ratios):.3f}")
        report(
            "(+ 1 2), parsed and evaluated",
            "us",
            interleaved(a.rounds, both, lambda w: 1e6 * float(w("evaluate", query="(+ 1 2)", n=20000)["seconds"])),
        )


if __name__ == "__main__":
    main()
