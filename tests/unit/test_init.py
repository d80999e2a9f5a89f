"""The package itself: everything is there, nothing is loaded before it is used, one version."""

from __future__ import annotations

import subprocess
import sys

import pytest

import rayforce as rf
from rayforce._ext import core


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("name", rf.__all__)
def test_public_names_are_there(name: str) -> None:
    getattr(rf, name)
    assert name in dir(rf)


def test_modules_and_unknown_names() -> None:
    assert rf.errors.Timeout is rf.Timeout
    with pytest.raises(AttributeError, match="no attribute 'nosuch'"):
        rf.nosuch


def test_one_version() -> None:
    assert rf.__version__ == rf.version == rf.core_version == core.version()


def test_import_loads_neither_numpy_nor_the_extension() -> None:
    loaded = run("import sys, rayforce; print([m for m in sys.modules if m.startswith(('numpy', 'rayforce.'))])")
    assert loaded == "['rayforce._version']"


def test_numpy_is_loaded_on_first_use_only() -> None:
    code = (
        "import sys, rayforce as rf\n"
        "r = rf.Rayforce(); t = rf.Table({'a': [1, 2], 'b': ['x', None]}); v = r.eval('[1 2 3]')\n"
        "repr(t), list(t), v[1:], v[::-1], v[[0, 2]], rf.Dict({'a': 1}), memoryview(v)\n"
        "print('numpy' in sys.modules); v.to_numpy(); print('numpy' in sys.modules)"
    )
    assert run(code).split() == ["False", "True"]


def test_aliases_of_the_rust_crate() -> None:
    assert rf.RayVector is rf.Vector
    assert rf.RayTable is rf.Table
    assert rf.QuotedSymbol is rf.Symbol
    assert rf.RayI64 is rf.I64
    assert rf.Null is None


def test_what_is_not_installed_is_named_with_its_extra() -> None:
    code = (
        "import sys, rayforce as rf\n"
        "for name in ('pandas', 'polars', 'pyarrow', 'duckdb', 'sqlglot'): sys.modules[name] = None\n"
        "t = rf.Table({'a': [1]})\n"
        "jobs = {'pandas': t.to_pandas, 'polars': t.to_polars, 'arrow': t.to_arrow, 'duckdb': t.to_duckdb,\n"
        "        'sql': lambda: t.sql('select a from t')}\n"
        "for extra, job in jobs.items():\n"
        "    try: job(); print('no error')\n"
        "    except ModuleNotFoundError as e: print(f'rayforce-native[{extra}]' in str(e))"
    )
    assert run(code).split() == ["True"] * 5
