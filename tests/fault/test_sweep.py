"""Memory, files and sockets that fail under every public call: a sample; `FAULTS=whole` runs all places."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
STEP = 1 if os.environ.get("FAULTS") == "whole" else 25
COMPILER = shutil.which("cc")


@pytest.mark.timeout(900)
@pytest.mark.skipif(
    COMPILER is None or platform.libc_ver()[0] != "glibc" or "LD_PRELOAD" in os.environ,
    reason="a library of its own is put before the one of the GNU system",
)
def test_every_call_with_everything_failing(tmp_path: Path) -> None:
    shim = tmp_path / "shim.so"
    words = [str(COMPILER), "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", str(HERE / "shim.c")]
    subprocess.run([*words, "-o", str(shim), "-ldl"], check=True)
    paths = [str(HERE.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", str(HERE / "sweep.py"), "--step", str(STEP)],
        env=os.environ | {"LD_PRELOAD": str(shim), "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=850,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
