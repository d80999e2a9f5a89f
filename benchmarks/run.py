"""Everything that is compared with others, one part after another, then the table and the chart of it: `make bench`.

python benchmarks/run.py [--parts client,server,...] [--keep FILE] [arguments of the parts]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTS = ["client", "server", "engine", "queries", "joins", "convert", "promises"]


def main() -> int:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--parts", default=",".join(PARTS))
    ap.add_argument("--keep", type=Path, help="where the lines of the results stay; else they are gone at the end")
    options, rest = ap.parse_known_args()
    with tempfile.TemporaryDirectory() as own:
        results = (options.keep or Path(own) / "results.jsonl").resolve()
        results.unlink(missing_ok=True)
        for part in options.parts.split(","):
            print(f"== {part}", flush=True)
            environment = os.environ | {"RAYFORCE_BENCH_RESULTS": str(results)}
            done = subprocess.run([sys.executable, str(HERE / f"bench_{part}.py"), *rest], env=environment, check=False)
            if done.returncode:
                return done.returncode
        return subprocess.run([sys.executable, str(HERE / "charts.py"), str(results)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
