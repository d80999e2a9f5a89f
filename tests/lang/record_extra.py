#!/usr/bin/env python3
"""Records cases beside the recorded corpora: reads `id<tab>expression` lines, asks the real server and our engine,
writes extra.jsonl. A case on which the two disagree is kept with our answer and says so.

    tests/lang/record_extra.py --ask PATH < cases
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import differential
import run_corpus

HERE = Path(__file__).resolve().parent


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--ask", type=Path, default=run_corpus.ROOT / "vendor" / "rayforce-c" / "build" / "asan" / "ask")
    ask, rows = run_corpus.Ask(p.parse_args().ask), []
    for line in sys.stdin.read().splitlines():
        name, expr = line.split("\t")
        real = differential.Real()
        theirs = real.ask(expr)
        real.stop()
        case = {"id": name, "expr": expr}
        mine = ask.run(case, "E").decode()
        equal = theirs is not None and differential.equal(theirs, mine)
        rows.append(case | {"wire": theirs if equal else mine} | ({} if equal else {"theirs": theirs or ""}))
        if not equal:
            print(f"{name}: {expr}\n   theirs {theirs}\n   ours   {mine}")
    ask.close()
    (HERE / "extra.jsonl").write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
