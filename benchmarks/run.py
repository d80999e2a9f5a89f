"""Everything that is compared with others, one topic after another, then the tables and charts of it: `make bench`.

python benchmarks/run.py [--topics latency,engine,...] [--quick] [--keep FILE]

Less than all topics, or --quick (small data, few rounds, to see that all of it runs), is printed and changes no file.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Topic, program, its arguments, and those of --quick: a run of all takes less than 15 minutes.
PARTS = [
    ("latency", "latency", "--rounds 7", "--rounds 1"),
    ("pipelining", "pipelining", "--rounds 7", "--rounds 1"),
    ("transfer", "transfer", "--rounds 7", "--rounds 1 --rows 300000"),
    ("conversions", "convert", "--rounds 5", "--rounds 1"),
    ("engine", "engine", "--rounds 7", "--rounds 1 --rows 1e5"),
    ("engine", "queries", "--rounds 5 --rows 4e6", "--rounds 1 --rows 1e5"),
    ("engine", "joins", "--rounds 5 --rows 2e6", "--rounds 1 --rows 1e5"),
    ("promises", "promises", "--rounds 5", "--rounds 1"),
]
TOPICS = list(dict.fromkeys(topic for topic, *_ in PARTS))


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--topics", default=",".join(TOPICS))
    ap.add_argument("--quick", action="store_true")
    ap.add_argument("--keep", type=Path, help="where the lines of the results stay; else they are gone at the end")
    options = ap.parse_args()
    wanted = options.topics.split(",")
    if unknown := set(wanted) - set(TOPICS):
        ap.error(f"no topic {', '.join(sorted(unknown))}; there are {', '.join(TOPICS)}")
    with tempfile.TemporaryDirectory() as own:
        results = (options.keep or Path(own) / "results.jsonl").resolve()
        results.unlink(missing_ok=True)
        for topic, part, whole, quick in PARTS:
            if topic not in wanted:
                continue
            print(f"== {topic}: bench_{part}.py", flush=True)
            started = time.monotonic()
            environment = os.environ | {"RAYFORCE_BENCH_RESULTS": str(results), "RAYFORCE_BENCH_TOPIC": topic}
            command = [sys.executable, str(HERE / f"bench_{part}.py"), *(quick if options.quick else whole).split()]
            if failed := subprocess.run(command, env=environment, check=False).returncode:
                return failed
            print(f"== took {time.monotonic() - started:.0f} s", flush=True)
        if options.quick or set(wanted) != set(TOPICS):
            return 0
        return subprocess.run([sys.executable, str(HERE / "charts.py"), str(results)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
