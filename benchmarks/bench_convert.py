"""Conversions side by side: vectors of the embedded engine into numpy, and frames of pandas into tables. The peer needs
0.1 to 10 s for what follows, so it converts fewer elements; times are for each million. What this package is held to is
printed beside: best of several, at full size.

    python benchmarks/bench_convert.py [--rounds N]
"""

from __future__ import annotations

import argparse
import subprocess

from compare import PYTHON, interleaved, promise, report, workers

# name, expression for n elements, n for the comparison, n and milliseconds that this package is held to
CASES = [
    ("i64 to numpy", "(til {n})", 1_000_000, 10_000_000, 0.1),
    ("sym to objects", "(take ['AAPL 'MSFT 'GOOG 'IBM] {n})", 100_000, 1_000_000, 10.0),
    ("timestamp to datetime64", "(as 'TIMESTAMP (til {n}))", 100_000, 1_000_000, 2.0),
]
FRAME = (200_000, 10.0)  # rows of four columns, milliseconds


def has_pandas() -> bool:
    words = [str(PYTHON["peer"]), "-c", "import pandas"]
    return subprocess.run(words, cwd="/", capture_output=True, check=False).returncode == 0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    with workers() as both:
        for worker in both.values():
            worker("engine")
        for name, expression, few, many, limit in CASES:
            query = expression.format(n=few)
            per_million = 1e9 / few
            got = interleaved(
                rounds, both, lambda w, q=query, k=per_million: w("to_numpy", query=q, n=3)["seconds"] * k
            )
            report(name, "ms/M", got)
            best = both["ours"]("to_numpy", query=expression.format(n=many), n=7)["seconds"] * 1e3
            promise(f"{name}, {many:,} elements", best, "ms", limit)
        rows, limit = FRAME
        if has_pandas():
            got = interleaved(rounds, both, lambda w: w("from_pandas", rows=rows, n=1)["seconds"] * 1e3)
            report("from pandas", "ms", got)
        best = both["ours"]("from_pandas", rows=rows, n=7)["seconds"] * 1e3
        promise(f"from pandas, {rows:,} rows x 4", best, "ms", limit)


if __name__ == "__main__":
    main()
