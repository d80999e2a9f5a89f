"""Everything that is compared with the official binding, one part after another: `make bench`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTS = ["bench_client.py", "bench_engine.py", "bench_convert.py"]


def main() -> int:
    for part in PARTS:
        print(f"== {part}", flush=True)
        done = subprocess.run([sys.executable, str(HERE / part), *sys.argv[1:]], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
