"""What behaves as in the official binding, and the names that its users know."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import rayforce as rf
from rayforce import compat, plugins
from rayforce.plugins import duckdb as duckdb_plugin
from rayforce.plugins import pandas as pandas_plugin
from rayforce.plugins import parquet, polars, pyarrow

NAMES = {
    "module": """
    B8 F32 F64 GUID I16 I32 I64 U8 Column Date Dict Expression Fn List Null Operation QuotedSymbol
    RayforceArityError RayforceConversionError RayforceDomainError RayforceError RayforceEvaluationError
    RayforceIndexError RayforceInitError RayforceLengthError RayforceLimitError RayforceNYIError
    RayforceOSError RayforceOkError RayforceParseError RayforcePartedTableError
    RayforceQueryCompilationError RayforceTCPError RayforceThreadError RayforceTypeError
    RayforceTypeRegistryError RayforceUserError RayforceValueError String Symbol TCPClient TCPServer
    Table TableColumnInterval Time Timestamp Vector eval_obj eval_str python_to_ray ray_to_python
    version core_version
""",
    "Table": """
    asof_join at_column at_row by cast columns concat describe drop dtypes from_csv from_dict
    from_parted from_splayed head inner_join insert left_join order_by pivot rename save select set_csv
    set_splayed shape sql tail take to_dict to_numpy to_splayed type_code ungroup update upsert values
    where window_join window_join1
""",
    "Vector": """
    and_ apply asc at average bot ceil desc deviation eq except_ filter find first floor fold from_numpy
    iasc idesc in_ last like map max median min ne negate nil not_ or_ pearson_corr pmap rank reverse
    round sect std sum take to_list to_numpy to_python top union within xbar xrank
""",
    "Column": """
    avg bot count deviation distinct first is_ isin last max mean median min pearson_corr shift_tz std
    sum top where
""",
}


def test_names_of_the_official_binding() -> None:
    for place, names in NAMES.items():
        owner = getattr(rf, place, rf)
        assert [n for n in names.split() if not hasattr(owner, n)] == []


def test_atoms_come_boxed() -> None:
    assert compat.eval_str("(+ 1 2)").value == 3
    assert compat.eval_str("true").value is True
    assert compat.eval_str("'a").value == "a"
    assert compat.eval_str("0Nl").value is None
    assert compat.eval_obj(rf.List([rf.Name("+"), 1, 2])).value == 3
    assert isinstance(compat.eval_str("[1 2]"), compat.Vector)


def test_vectors() -> None:
    v = compat.Vector([1, 2, 3], ray_type=rf.I64)
    assert [x.value for x in v] == [1, 2, 3]
    v[0] = 5
    v[-1] = rf.I64(7)
    assert v.to_python() == [5, 2, 7]
    assert (v == compat.Vector([5, 2, 7])) is True
    assert (v == compat.Vector([5, 2])) is False
    assert v[0].value == 5
    assert v[1:].to_python() == [2, 7]
    assert v.sum().value == 14
    assert isinstance(v.reverse(), compat.Vector)
    assert np.asarray(v).tolist() == [5, 2, 7]
    assert compat.Vector(ray_type=rf.I64, length=2).to_python() == [0, 0]
    assert compat.Vector([1, None])[1] == compat.Null()
    with pytest.raises(IndexError):
        v[10] = 1


def test_tables() -> None:
    t = compat.Table({"s": ["a"], "n": [1]})
    assert t.to_numpy().tolist() == [["a", 1]]
    assert t.at_column("n")[0].value == 1
    assert compat.Table.from_arrow(pa.table({"s": ["a"]})).dtypes == {"s": "str"}


def test_clients(server: rf.Server) -> None:
    with compat.TCPClient("127.0.0.1", server.port) as client:
        assert client.execute("(+ 1 2)").value == 3
        assert client.execute("[1 2]")[0].value == 1


def test_plugins(tmp_path: object) -> None:
    import duckdb

    want = {"a": [1, 2]}
    assert pandas_plugin.from_pandas(pd.DataFrame(want)).to_dict() == want
    assert polars.from_polars(pl.DataFrame(want)).to_dict() == want
    assert pyarrow.from_arrow(pa.table(want)).to_dict() == want
    assert pyarrow.from_arrow(pa.array([1, 2])).to_list() == [1, 2]
    assert duckdb_plugin.from_duckdb(duckdb.sql("select unnest([1, 2])::bigint as a")).to_dict() == want
    path = f"{tmp_path}/t.parquet"
    rf.Table(want).write_parquet(path)
    assert parquet.load_parquet(path).to_dict() == want
    assert plugins.__doc__


def test_nothing_optional_is_loaded_before_it_is_needed() -> None:
    program = (
        "import sys, rayforce as rf\nt = rf.Table({'a': [1]})\nt.where(rf.Column('a') > 0).to_dict(), repr(t)\n"
        "print([m for m in ('pandas', 'polars', 'pyarrow', 'duckdb', 'sqlglot', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
