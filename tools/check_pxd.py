"""rayforce.pxd against the public C headers: every function declared there exists with the same argument count."""

from __future__ import annotations

import re
import sys

from csource import CORE, ROOT, code

PXD = ROOT / "rayforce" / "_ext" / "rayforce.pxd"
_CALL = r"\b(ray_\w+)\s*\(((?:[^()]|\([^()]*\))*)\)"


def arity(args: str) -> int:
    args = args.strip()
    if args in ("", "void"):
        return 0
    depth = 0
    count = 1
    for c in args:
        depth += c in "(["
        depth -= c in ")]"
        count += c == "," and depth == 0
    return count


def header_functions() -> dict[str, int]:
    found = {}
    for header in sorted((CORE / "include" / "rayforce").glob("*.h")):
        if header.name == "testing.h":
            continue
        text = re.sub(r"\s+", " ", code(header.read_text()))
        for m in re.finditer(r"RAY_API [^;{]*?" + _CALL + " ?;", text):
            found[m[1]] = arity(m[2])
    return found


def pxd_functions() -> dict[str, int]:
    text = re.sub(r"#[^\n]*", "", PXD.read_text())
    text = re.sub(r"\s+", " ", text)
    return {m[1]: arity(m[2]) for m in re.finditer(_CALL + r" (?:noexcept )?nogil|" + _CALL, text) if m[1]}


def violations() -> list[str]:
    real = header_functions()
    bad = []
    for name, n in pxd_functions().items():
        if name not in real:
            bad.append(f"{PXD.name}: {name} is in no public header")
        elif real[name] != n:
            bad.append(f"{PXD.name}: {name} takes {n} arguments, the header says {real[name]}")
    return bad


def main() -> int:
    bad = violations()
    print("\n".join(bad) or f"pxd: {len(pxd_functions())} declarations equal the headers")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
