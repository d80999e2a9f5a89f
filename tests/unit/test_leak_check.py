"""The check after every test (tests/conftest.py) finds what is left behind, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import rayforce as rf

CONFTEST = Path(__file__).parents[1] / "conftest.py"
TESTS = """
import asyncio, os
import pytest
import rayforce as rf

kept = []

def test_values_left():
    kept.append([rf.Vector([k, k + 1]) for k in range(100)])

def test_an_engine_left():
    kept.append([rf.Rayforce(threads=1) for _ in range(3)])

def test_a_server_left():
    kept.append(rf.Rayforce(threads=1).listen(0))

def test_a_connection_left(server):
    kept.append(rf.hopen("127.0.0.1", server.port))

def test_a_descriptor_left():
    kept.append(os.open(os.devnull, os.O_RDONLY))

def test_a_loop_left():
    kept.append(asyncio.new_event_loop())

def test_clean_cycles(ray):
    made = [ray, [rf.Vector([k]) for k in range(100)]]
    made.append(made)

def test_clean_symbols():
    rf.Vector([f"new{k}" for k in range(1000)])

def test_clean_server(server, conn):
    assert conn.execute("(count (til 1000000))") == 1000000
"""


def test_what_is_left_is_found(tmp_path: Path) -> None:
    text = CONFTEST.read_text()
    assert "SETTLES = 5.0" in text
    (tmp_path / "conftest.py").write_text(text.replace("SETTLES = 5.0", "SETTLES = 0.5"))
    (tmp_path / "test_them.py").write_text(TESTS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(rf.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    found = set(re.findall(r"^ERROR test_them\.py::test_(\w+)", done.stdout, re.M))
    names = set(re.findall(r"^def test_(\w+)", TESTS, re.M))
    assert found == {name for name in names if name.endswith("_left")}, done.stdout
    assert f"{len(names)} passed, {len(found)} errors" in done.stdout
    assert done.stderr == ""
