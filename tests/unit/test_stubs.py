"""The stub of the extension says what the extension has, and the package has what type checkers are told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# What cannot be seen at run time (arguments of a C type's __init__, buffers before Python 3.12), what Cython adds, and
# aliases of several literals, which are no unions at run time; and a class of Pygments, which has no types.
ALLOWED = r"""
rayforce\._ext\.core\.\w+\.__init__
rayforce\._ext\.core\.\w+\.__buffer__
rayforce\._ext\.core\.Timestamp\.__rsub__
rayforce\._ext\.core\.(\w+\.)?__(reduce|setstate)_cython__
rayforce\._ext\.core\.__test__
rayforce\.engine\.Vectors
rayforce\.live\.Overflow
rayforce\.types\.vector\.Nulls
rayforce\.console\.lexer\.RayfallLexer
"""


@pytest.mark.timeout(900)  # mypy reads every library that is installed
def test_types_are_those_of_the_running_package(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    allowed.write_text(ALLOWED)
    config = Path(__file__).resolve().parents[2] / "pyproject.toml"
    words = ["rayforce", "--allowlist", str(allowed), "--ignore-unused-allowlist"]
    words += ["--ignore-missing-stub", "--mypy-config-file", str(config)]
    done = subprocess.run([sys.executable, "-m", "mypy.stubtest", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
