"""The golden vectors as lines that the C tests can read, and as seeds for the fuzzer.

Lines of test/unit/wire/vectors.txt: a word for what it is, the dialect, hex without separators.

  value DIALECT HEX [SIGNIFICANT]  a payload of a frame: a value, or bytes that are none
  frame DIALECT HEX                a whole frame as it was on the wire
  hello DIALECT THEN c:HEX s:HEX … who sent what during a greeting
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests" / "wire" / "vectors.jsonl"
CASES = ROOT / "vendor" / "rayforce-c" / "test" / "unit" / "wire" / "vectors.txt"
CORPUS = ROOT / "vendor" / "rayforce-c" / "test" / "corpus" / "decode"

HEADER = 32  # hex digits
LINE = {1: "1.x", 3: "2.x"}
SEED_MAX = 400  # bytes; larger vectors are repetitions that a fuzzer makes by itself


def is_compressed(frame: str) -> bool:
    return bool(int(frame[10:12], 16) & 1)


def lines() -> list[str]:
    out: dict[str, None] = {}
    for row in VECTORS.read_text().splitlines():
        v = json.loads(row)
        line = LINE[v["dialect"]]
        if "handshake" in v:
            then = v.get("then", "open").replace("closed by server", "closed")
            out[" ".join(["hello", line, then, *(f"{who}:{data}" for who, data in v["handshake"])])] = None
            continue
        is_answer = v.get("reply") is not None
        significant = f" {v['significant']}" if "significant" in v else ""
        for key in ("request", "frame"):
            if key in v:
                out[f"frame {line} {v[key]}"] = None
                if len(v[key]) > HEADER and not (v["dialect"] == 3 and is_compressed(v[key])):
                    out[f"value {line} {v[key][HEADER:]}{'' if is_answer else significant}"] = None
        if "payload" in v:
            out[f"value {line} {v['payload']}"] = None
        if v.get("reply"):
            out[f"value {line} {v['reply']}{significant}"] = None
    return list(out)


def seeds(cases: list[str]) -> dict[str, bytes]:
    """Values of one dialect, type and (about) size are kept once: they differ in digits of data."""
    out: dict[str, bytes] = {}
    for case in cases:
        what, line, data, *_ = case.split(" ")
        if what != "value":
            continue
        raw = bytes([0 if line == "2.x" else 1]) + bytes.fromhex(data)
        if len(raw) <= SEED_MAX:
            shape = f"{line[0]}_{raw[1]:02x}_{len(raw) // 2:03}"
            out.setdefault(shape, raw)
    return out


def main() -> int:
    cases = lines()
    CASES.write_text("\n".join(cases) + "\n")
    CORPUS.mkdir(parents=True, exist_ok=True)
    made = seeds(cases)
    for name, data in made.items():
        (CORPUS / f"seed_{name}").write_bytes(data)
    print(f"{len(cases)} cases, {len(made)} seeds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
