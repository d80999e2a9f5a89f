#!/usr/bin/env python3
"""Runs the recorded cases of the language through `ask` and counts what differs.

    make -C vendor/rayforce-c ask
    tests/lang/run_corpus.py [--ask PATH] [--category lex,flow] [--id lex/lex-1] [--show 20] [--text]

Values are compared as decoded structures: attribute bytes do not count, an atom's flag byte counts only in its null
bit, an error only in its class, doubles agree to 1e-9.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# code -> (struct letter, bytes); time-like types are the integers they are stored as
FIXED = {
    1: ("B", 1),
    2: ("B", 1),
    3: ("h", 2),
    4: ("i", 4),
    5: ("q", 8),
    6: ("f", 4),
    7: ("d", 8),
    8: ("i", 4),
    9: ("i", 4),
    10: ("q", 8),
    11: ("16s", 16),
    16: ("q", 8),
}


class Damaged(Exception):
    """Bytes that are no value."""


class Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, n: int) -> bytes:
        if n < 0 or self.at + n > len(self.data):
            raise Damaged(f"{n} bytes wanted at {self.at} of {len(self.data)}")
        self.at += n
        return self.data[self.at - n : self.at]

    def i64(self) -> int:
        return int(struct.unpack("<q", self.take(8))[0])

    def text(self) -> bytes:
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise Damaged("text without an end")
        out = self.take(end - self.at)
        self.take(1)
        return out

    def atom(self, code: int) -> Any:
        null = self.take(1)[0] & 1
        if code == 12:
            return "sym", self.text()
        if code == 13:
            return "str", null, self.take(self.i64())
        letter, width = FIXED[code]
        return code, null, struct.unpack("<" + letter, self.take(width))[0]

    def vector(self, code: int) -> Any:
        self.take(1)
        n = self.i64()
        if code == 12:
            return "SYM", [self.text() for _ in range(n)]
        if code == 13:
            return "STR", [self.take(self.i64()) for _ in range(n)]
        letter, width = FIXED[code]
        return f"V{code}", [struct.unpack_from("<" + letter, self.take(width))[0] for _ in range(n)]

    def value(self) -> Any:
        code = struct.unpack("b", self.take(1))[0]
        if code == 127:
            return "error", self.data[self.at :].split(b"\0")[0]
        if code == 126:
            return ("null",)
        if code in (101, 102, 103):
            return code, self.text()
        if code == 100:
            flags = self.take(1)[0] & 1
            return ("lambda", *(self.value() for _ in range(2 + flags)))
        if code in (98, 99):
            self.take(1)
            return code, self.value(), self.value()
        if code == 0:
            self.take(1)
            return "LIST", [self.value() for _ in range(self.i64())]
        if -code in FIXED or code in (-12, -13):
            return self.atom(-code)
        if code in FIXED or code in (12, 13):
            return self.vector(code)
        raise Damaged(f"type {code}")


def decode(payload: str) -> Any:
    return Reader(bytes.fromhex(payload)).value()


def same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        return a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-300)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


class Ask:
    """One `ask` process, started again when a case kills it."""

    def __init__(self, path: Path, seconds: float = 60.0) -> None:
        self.path, self.dirs, self.seconds = path, tempfile.mkdtemp(prefix="rayforce-corpus-"), seconds
        self.proc: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # A test build refuses single requests for more than this, as a machine without the memory would.
        env = os.environ | {"ASAN_OPTIONS": "allocator_may_return_null=1:max_allocation_size_mb=512"}
        self.proc = subprocess.Popen(
            [self.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env
        )

    def line(self, kind: str, text: str) -> bytes:
        """Raises EOFError when the process ends instead of answering, TimeoutError when it does neither."""
        p = self.proc
        assert p is not None
        assert p.stdin is not None
        assert p.stdout is not None
        text = text.replace("\\", "\\\\").replace("\n", "\\n")
        try:
            p.stdin.write(f"{kind} {text}\n".encode())
            p.stdin.flush()
        except BrokenPipeError:
            pass
        if not select.select([p.stdout], [], [], self.seconds)[0]:
            p.kill()
            raise TimeoutError(text)
        out = p.stdout.readline()
        if not out.endswith(b"\n"):
            raise EOFError
        return out[:-1]

    def run(self, case: dict[str, Any], kind: str) -> bytes:
        if self.proc is None:
            self.start()
        where = tempfile.mkdtemp(dir=self.dirs)
        self.line("R", where)
        for expr in case.get("setup", []):
            self.line("S", expr)
        out = self.line(kind, case["expr"])
        shutil.rmtree(where, ignore_errors=True)
        return out

    def crash(self) -> str:
        p, self.proc = self.proc, None
        assert p is not None
        _, err = p.communicate()
        return f"exit {p.returncode}: {err.decode(errors='replace')[-2000:]}"

    def close(self) -> str:
        """What the process had to say at its end; leaks of test builds are reported there."""
        said = self.crash() if self.proc else "exit 0: "
        shutil.rmtree(self.dirs, ignore_errors=True)
        return "" if said == "exit 0: " else said


def unescape(line: bytes) -> bytes:
    return re.sub(rb"\\(.)", lambda m: b"\n" if m[1] == b"n" else m[1], line)


def check_wire(ask: Ask, case: dict[str, Any]) -> str:
    """Empty: equal."""
    got = ask.run(case, "E").decode()
    try:
        return "" if same(decode(got), decode(case["wire"])) else f"got  {got}\n      want {case['wire']}"
    except Damaged as e:
        return f"got  {got}: {e}"


def check_text(ask: Ask, case: dict[str, Any]) -> str:
    got = unescape(ask.run(case, "T"))
    want = case["text"].encode()
    # print and println write before the value is shown; the recording ends without the last line feed
    return "" if got == want or got.removesuffix(b"\n") == want else f"got  {got!r}\n      want {want!r}"


def cases(files: list[str]) -> Iterator[dict[str, Any]]:
    for name in files:
        for line in (HERE / f"{name}.jsonl").read_text().splitlines():
            yield json.loads(line)


def category_of(case: dict[str, Any]) -> str:
    """`select-12/…` and `select/…` are one category."""
    return str(case["id"]).split("/")[0].rstrip("0123456789").rstrip("-")


def wanted(case: dict[str, Any], args: argparse.Namespace) -> bool:
    if args.id:
        return case["id"] in args.id
    return not args.category or category_of(case) in args.category


def run(args: argparse.Namespace) -> Counter[tuple[str, str, str]]:
    ask, shown = Ask(args.ask), 0
    count: Counter[tuple[str, str, str]] = Counter()
    for case in cases(args.files):
        if not wanted(case, args):
            continue
        checks = {"wire": check_wire} | ({"text": check_text} if case.get("text") is not None and args.text else {})
        for what, check in checks.items():
            try:
                told = check(ask, case)
                verdict = "different" if told else "equal"
            except (EOFError, TimeoutError):
                told, verdict = ask.crash(), "crash"
            count[category_of(case), what, verdict] += 1
            if verdict != "equal" and shown < args.show:
                shown += 1
                setup = "".join(f"      {s}\n" for s in case.get("setup", []))
                print(f"{verdict}: {case['id']} ({what})\n{setup}      {case['expr']}\n      {told}")
    told = ask.close()
    if told:
        count["(end of the process)", "wire", "crash"] += 1
        print(told)
    return count


def report(count: Counter[tuple[str, str, str]]) -> None:
    print(f"{'':14}{'wire: equal':>12}{'different':>11}{'crash':>7}{'text: equal':>14}{'different':>11}{'crash':>7}")
    names = sorted({k[0] for k in count})
    for name in [*names, "all"]:
        row = [sum(v for k, v in count.items() if k[1:] == (w, x) and name in (k[0], "all"))
               for w in ("wire", "text") for x in ("equal", "different", "crash")]  # fmt: skip
        print(f"{name:14}{row[0]:12}{row[1]:11}{row[2]:7}{row[3]:14}{row[4]:11}{row[5]:7}")


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--ask", type=Path, default=ROOT / "vendor" / "rayforce-c" / "build" / "asan" / "ask")
    p.add_argument("--files", type=lambda s: s.split(","), default=["core", "tables"])
    p.add_argument("--category", type=lambda s: set(s.split(",")), default=set())
    p.add_argument("--id", type=lambda s: set(s.split(",")), default=set())
    p.add_argument("--show", type=int, default=0, metavar="N", help="print the first N that differ")
    p.add_argument("--text", action="store_true", help="compare the console's text, too")
    args = p.parse_args()
    count = run(args)
    report(count)
    return 0 if all(k[2] == "equal" for k in count) else 1


if __name__ == "__main__":
    sys.exit(main())
