"""The symbol table of the release library: prefixes by folder, writable globals, what is exported."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from csource import CORE, PREFIX

# Data that may be written while the library runs, each with its reason.
WRITABLE = {
    "base/error.o": {"slot"},  # thread-local
    "base/alloc.o": {
        "live_blocks",
        "live_bytes",
        "peak_bytes",
        "bytes_max",  # the limit of the process
        "keepers",
        "mine",
        "ended",
        "once",
        "at_exit",
        "at_exit_works",  # what each thread keeps
        "big",
    },  # whole pages kept for the next request
    "base/process.o": {"known", "once"},  # its number, forgotten in the child of a fork
    "base/share.o": {"shares", "wanted", "files", "unable", "once"},  # memory that other processes can be given
    "lang/stack.o": {"bounds"},  # thread-local: where this thread's stack ends
    "value/symbol.o": None,  # the process-wide symbol table: any name
}


def objects(build: Path) -> list[Path]:
    return sorted((build / "release").rglob("*.o"))


def symbols(obj: Path) -> list[tuple[str, str]]:
    """(kind letter, name) of all defined symbols; tables of pointers are constants: only the loader writes them."""
    nm = ["nm", "--defined-only", "--format=sysv", str(obj)]
    out = subprocess.run(nm, capture_output=True, text=True, check=True).stdout
    rows = [[cell.strip() for cell in line.split("|")] for line in out.splitlines() if line.count("|") == 6]
    return [
        ({"d": "r", "D": "R"}.get(kind, kind) if ".rel.ro" in section else kind, name)
        for name, _, kind, _, _, _, section in rows
        if kind != "Class"
    ]


def violations(build: Path) -> list[str]:
    bad = []
    for obj in objects(build):
        rel = obj.relative_to(build / "release").as_posix()
        prefix = PREFIX[rel.split("/")[0]]
        for kind, name in symbols(obj):
            plain = re.sub(
                r"\.(resolver|default|avx2|avx512\w*|arch_\w+|constprop|isra|part|cold|lto_priv|\d+).*$", "", name
            )
            if kind.isupper() and not plain.startswith(prefix):
                bad.append(f"{rel}: global {name} does not start with {prefix}")
            if kind in "bBdDC":
                allowed = WRITABLE.get(rel, set())
                if allowed is not None and plain not in allowed:
                    bad.append(f"{rel}: writable data {name}")
    return bad


def main() -> int:
    build = Path(sys.argv[1]) if len(sys.argv) > 1 else CORE / "build"
    bad = violations(build)
    print("\n".join(bad) or f"symbols: {len(objects(build))} objects are clean")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
