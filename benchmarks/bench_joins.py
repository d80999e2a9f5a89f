"""Joins of the embedded engines side by side, two threads each. The equi-joins are those of the H2O.ai set: a left
table of N rows with ids of which a tenth has no match, right tables of 10, N/1000 and N rows; the as-of join
has N trades and N quotes of 1000 symbols, the window join a tenth of that and windows of a minute.

    python benchmarks/bench_joins.py [--rows N] [--rounds N] [--only TEXT] [--alone]

With --alone only this engine runs, and the medians are printed.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time

# Permutations of m numbers; ids of both sides have nine tenths of them in common.
SETUP = """
(set n {n}) (set m {m})
(set shuffle (fn [k] (iasc (rand k 4000000000000000000))))
(set p1 (shuffle 11)) (set p2 (shuffle (+ m (div m 10)))) (set p3 (shuffle (+ n (div n 10))))
(set id1 (at p1 (rand n 10))) (set id2 (at p2 (rand n m))) (set id3 (at (take p3 n) (shuffle n)))
(set other (fn [p k] (concat (take p (- k (div k 10))) (take p (- 0 (div k 10))))))
(set o1 (other p1 10)) (set o2 (other p2 m)) (set o3 (at (other p3 n) (shuffle n)))
(set names (as 'SYM (til (+ m (div m 10)))))
(set real (fn [k] (/ (as 'F64 (rand k 100000000)) 1000000.0)))
(set x (table [id1 id2 id3 id4 id5 id6 v1] (list id1 id2 id3 (as 'I32 id1) (at names id2) (as 'I32 id3) (real n))))
(set small (table [id1 id4 v2] (list o1 (as 'I32 o1) (real 10))))
(set medium (table [id2 v2] (list o2 (real m))))
(set symbols (table [id5 v2] (list (at names o2) (real m))))
(set o1n (at o1 (rand n 10))) (set o2n (at o2 (rand n m)))
(set big (table [id1 id2 id3 id4 id5 id6 v2] (list o1n o2n o3 (as 'I32 o1n) (at names o2n) (as 'I32 o3) (real n))))
(set spread (fn [t] (+ 1 (* t 1000003))))
(set wide (table [id3 v1] (list (spread id3) (real n))))
(set wide2 (table [id3 v2] (list (spread o3) (real n))))
(set moment (fn [k] (as 'TIMESTAMP (asc (rand k 23400000000000)))))
(set syms (as 'SYM (til 1000)))
(set trades (table [sym time price size] (list (at syms (rand n 1000)) (moment n) (real n) (rand n 1000))))
(set quotes (table [sym time bid ask] (list (at syms (rand n 1000)) (moment n) (real n) (real n))))
(set w (div n 10))
(set trades2 (table [sym time price size] (list (at syms (rand w 1000)) (moment w) (real w) (rand w 1000))))
(set quotes2 (table [sym time bid ask] (list (at syms (rand w 1000)) (moment w) (real w) (real w))))
(set begins (- (at trades2 'time) 60000000000)) (set ends (at trades2 'time))
"""

CASES = [
    ("small inner", "(inner-join [id1] x small)"),
    ("medium inner", "(inner-join [id2] x medium)"),
    ("medium left", "(left-join [id2] x medium)"),
    ("medium inner on symbols", "(inner-join [id5] x symbols)"),
    ("big inner", "(inner-join [id3] x big)"),
    ("big left", "(left-join [id3] x big)"),
    ("big inner, scattered keys", "(inner-join [id3] wide wide2)"),
    ("big inner, two keys", "(inner-join [id2 id3] x big)"),
    ("big anti", "(anti-join [id3] x big)"),
    ("as-of", "(asof-join [sym time] trades quotes)"),
    ("as-of, left table not in order", "(asof-join [sym time] (reverse trades) quotes)"),
    (
        "window, one minute",
        "(window-join1 [sym time] (list begins ends) trades2 quotes2 {mx: (max bid) mn: (min ask)})",
    ),
    (
        "window with the prevailing row",
        "(window-join [sym time] (list begins ends) trades2 quotes2 {mx: (max bid) mn: (min ask)})",
    ),
]


def setup(rows: int) -> list[str]:
    return [line for line in SETUP.format(n=rows, m=rows // 1000).splitlines() if line]


def alone(a: argparse.Namespace) -> None:
    from rayforce import Rayforce

    with Rayforce(threads=2) as engine:
        for line in setup(int(a.rows)):
            engine.eval(f"(do {line} 0)")
        for name, source in CASES:
            if a.only not in name:
                continue
            took = []
            for _ in range(a.rounds + 1):
                start = time.perf_counter()
                engine.eval(f"(do (set r {source}) 0)")
                took.append(1e3 * (time.perf_counter() - start))
            print(f"{name:36} {statistics.median(took[1:]):8.1f} ms, best {min(took):8.1f}", flush=True)


def beside(a: argparse.Namespace) -> None:
    from compare import Worker, interleaved, report, workers

    ratios = []
    with workers() as both:
        for w in both.values():
            w("engine", threads=2)
            for line in setup(int(a.rows)):
                w("evaluate", query=f"(do {line} 0)", n=1)
        for name, source in CASES:
            if a.only not in name:
                continue

            def once(w: Worker, source: str = source) -> float:
                return 1e3 * float(w("evaluate", query=f"(do (set r {source}) 0)", n=1)["seconds"])

            ratios.append(report(name, "ms", interleaved(a.rounds, both, once)))
    print(f"{'geometric mean':44} {math.exp(statistics.fmean(map(math.log, ratios))):.3f}   worst {max(ratios):.3f}")


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--rows", type=float, default=1e7)
    ap.add_argument("--rounds", type=int, default=5)
    ap.add_argument("--only", default="")
    ap.add_argument("--alone", action="store_true")
    a = ap.parse_args()
    (alone if a.alone else beside)(a)


if __name__ == "__main__":
    main()
