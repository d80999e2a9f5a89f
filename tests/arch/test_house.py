"""The rules of the house: who may include whom, what may be called where, what a name must look like."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import check_layers  # noqa: E402
import check_pxd  # noqa: E402
import check_symbols  # noqa: E402
import csource  # noqa: E402
import gen_errors  # noqa: E402
import gen_names  # noqa: E402

BUILD = csource.CORE / "build"


def elsewhere(pattern: str, home: set[str], **kw: bool) -> list[str]:
    paths = [p for p in csource.sources(".c", ".h", ".def") if p.relative_to(csource.SRC).as_posix() not in home]
    return csource.grep(pattern, paths, **kw)


def test_c_rooms_include_only_lower_rooms() -> None:
    assert check_layers.c_violations() == []


def test_python_modules_import_only_lower_layers() -> None:
    assert check_layers.py_violations() == []


def test_fragments_are_all_included_once() -> None:
    here = sorted(p.name for p in (ROOT / "rayforce" / "_ext").glob("*.pxi"))
    assert sorted(check_layers.pxi_order()) == here


def test_global_symbols_carry_the_prefix_of_their_room_and_nothing_else_is_writable() -> None:
    assert check_symbols.objects(BUILD), "make -C vendor/rayforce-c lib comes first"
    assert check_symbols.violations(BUILD) == []


def test_declarations_equal_the_headers() -> None:
    assert check_pxd.violations() == []


def test_error_classes_equal_the_rows() -> None:
    assert gen_errors.stale() == []


def test_stub_of_the_package_equals_its_table() -> None:
    assert gen_names.stale() == []


@pytest.mark.parametrize(
    ("what", "pattern", "home"),
    [
        (
            "memory",
            r"\b(malloc|calloc|realloc|free|posix_memalign|aligned_alloc|strdup|asprintf)\s*\(",
            {"base/alloc.c"},
        ),
        ("mapping", r"\b(mmap|munmap|mremap)\s*\(", {"base/alloc.c", "base/file.c", "base/share.c"}),
        (
            "files",
            r"\b(open|openat|fopen|rename|fsync|fdatasync|unlink|mkdir|opendir)\s*\(",
            {"base/file.c", "net/sock.c"},
        ),
        (
            "sockets",
            r"\b(socket|connect|accept4?|bind|listen|recv(msg)?|sendto|send(msg)?|setsockopt|getaddrinfo|shutdown)\s*\(",
            {"net/sock.c"},
        ),
        ("polling", r"\b(epoll_\w+|kqueue|kevent|eventfd)\s*\(", {"net/loop_epoll.c", "net/loop_kqueue.c"}),
        ("threads", r"\bpthread_create\s*\(", {"base/pool.c"}),
        ("printing", r"\b(printf|puts|fprintf|fputs|putchar|perror)\s*\(", set()),
        ("ending the process", r"\b(abort|exit|_exit|quick_exit)\s*\(", set()),
    ],
)
def test_each_system_call_has_one_home(what: str, pattern: str, home: set[str]) -> None:
    assert elsewhere(pattern, home) == [], what


def test_dialects_live_in_wire_only() -> None:
    wire = {p.relative_to(csource.SRC).as_posix() for p in (csource.SRC / "wire").iterdir()}
    words = r"(?i)cefadefa|fadeface|dialect_v\d|\brw_v\d|wire_version|greeting\[|\b0x7e\b"
    assert elsewhere(words, wire) == []
    package = [p for p in (ROOT / "rayforce").rglob("*") if p.suffix in {".py", ".pyx", ".pxi", ".pxd"}]
    bytes_words = re.compile(r"(?i)cefadefa|fadeface|struct\.(un)?pack|\\x03\\x00")
    assert [str(p) for p in package if bytes_words.search(p.read_text())] == []


def test_file_names_are_unique_and_sources_hold_no_tests() -> None:
    names = [p.name for p in csource.sources(".c", ".h", ".def") if p.parent.name != "tmpl"]
    assert sorted(names) == sorted(set(names))
    assert [n for n in names if "test" in n] == []


def test_every_larger_source_has_a_test() -> None:
    unit = csource.CORE / "test" / "unit"
    tested = {p.name.removesuffix("_test.c") for p in unit.rglob("*_test.c")}
    reason = (unit / "COVERED.md").read_text()
    missing = [
        p.relative_to(csource.SRC).as_posix()
        for p in csource.sources(".c")
        if len(p.read_text().splitlines()) > 60
        and p.stem not in tested
        and f"`{csource.room(p)}/{p.name}`" not in reason
    ]
    assert missing == []


def test_public_headers_compile_alone() -> None:
    for header in sorted((csource.CORE / "include" / "rayforce").glob("*.h")):
        for compiler in ("gcc -std=c11", "g++ -std=c++17"):
            cmd = [
                *compiler.split(),
                "-Wall",
                "-Wextra",
                "-Werror",
                "-fsyntax-only",
                "-I",
                str(csource.CORE / "include"),
            ]
            lang = "c++" if "++" in compiler else "c"
            subprocess.run([*cmd, "-x", lang, "-"], input=f"#include <rayforce/{header.name}>\n", text=True, check=True)


def test_the_tree_names_no_machine() -> None:
    """Nothing that is tracked holds a path of somebody's machine."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    words = re.compile(r"/(home|root|Users|work)/\w")
    found = [f for f in files if (ROOT / f).is_file() and words.search((ROOT / f).read_text(errors="ignore"))]
    assert found == []


def longest(paths: list[Path], n: int = 10) -> list[tuple[int, str]]:
    return sorted(((len(p.read_text().splitlines()), str(p.relative_to(ROOT))) for p in paths), reverse=True)[:n]


def test_sizes_are_seen(capsys: pytest.CaptureFixture[str]) -> None:
    package = [p for p in (ROOT / "rayforce").rglob("*") if p.suffix in {".py", ".pyx", ".pxi"}]
    rows = longest(csource.sources(".c", ".h")) + longest(package)
    with capsys.disabled():
        print("\nlongest files:", *(f"{n:6} {name}" for n, name in rows), sep="\n")
    assert rows[0][0] < 1500, "a file with no natural end"
