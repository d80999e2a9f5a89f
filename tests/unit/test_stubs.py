"""The stub of the extension says what the extension has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

# What cannot be seen at run time (arguments of a C type's __init__, buffers before Python 3.12), and what Cython adds.
ALLOWED = r"""
rayforce\._ext\.core\.\w+\.__init__
rayforce\._ext\.core\.\w+\.__buffer__
rayforce\._ext\.core\.Timestamp\.__rsub__
rayforce\._ext\.core\.(\w+\.)?__(reduce|setstate)_cython__
rayforce\._ext\.core\.__test__
"""


def test_stub_equals_the_extension(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    allowed.write_text(ALLOWED)
    config = Path(__file__).resolve().parents[2] / "pyproject.toml"
    words = ["rayforce._ext.core", "--allowlist", str(allowed), "--ignore-unused-allowlist"]
    words += ["--mypy-config-file", str(config)]
    done = subprocess.run([sys.executable, "-m", "mypy.stubtest", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
