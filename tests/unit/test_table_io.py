"""Tables out of rows, and to files and back."""

from __future__ import annotations

import datetime as dt
from collections import namedtuple
from pathlib import Path

import pytest

import rayforce as rf
from rayforce import Table, Vector

T = Table(
    {
        "sym": ["a", None, 'x "y", z'],
        "price": [1.5, None, 2.25],
        "qty": [1, None, 3],
        "day": [dt.date(2024, 1, 1), None, None],
    }
)


def test_rows() -> None:
    rows = [("a", 1), ("b", None)]
    assert Table.from_rows(rows).columns == ("column_0", "column_1")
    t = Table.from_rows(rows, schema=["s", "n"])
    assert t.to_dict() == {"s": ["a", "b"], "n": [1, None]}
    assert Table.from_rows(rows, schema={"s": "str", "n": "i16"}).dtypes == {"s": "str", "n": "i16"}
    assert Table.from_rows([{"s": "a"}, {"n": 2, "s": "b"}]).to_dict() == {"s": ["a", "b"], "n": [None, 2]}
    Trade = namedtuple("Trade", "sym qty")
    assert Table.from_rows([Trade("a", 1)]).columns == ("sym", "qty")
    assert Table.from_rows([], schema={"a": "date"}).dtypes == {"a": "date"}
    assert Table.from_rows(iter(t)).equals(t)
    with pytest.raises(rf.ConversionError, match="row 1 has 1 values for 2 columns"):
        Table.from_rows([(1, 2), (3,)])
    with pytest.raises(rf.ConversionError, match="row 0 has 'x'"):
        Table.from_rows([{"x": 1}], schema=["y"])


def test_other_rows_and_columns() -> None:
    assert T.concat(T)["qty"].to_list() == [1, None, 3, 1, None, 3]
    assert T.concat() is T
    with pytest.raises(rf.RayforceError):
        T.concat(Table({"x": [1]}))
    nested = Table({"k": ["a", "b"], "v": [[1, 2], [3]]})
    assert nested.ungroup().to_dict() == {"k": ["a", "a", "b"], "v": [1, 2, 3]}
    assert [c.to_list() for c in Table({"a": [1]}).values()] == [[1]]


def test_describe() -> None:
    d = T.describe()
    assert d["column"].to_list() == ["sym", "price", "qty", "day"]
    assert d["nulls"].to_list() == [1, 1, 1, 2]
    assert d[1]["mean"] == 1.875
    assert d[3]["min"] == d[3]["max"] == "2024-01-01"
    assert Table({}).describe().shape == (0, 8)
    assert Table({"a": Vector([], dtype="i64")}).describe()["rows"].to_list() == [0]


def test_csv(tmp_path: Path) -> None:
    path = str(tmp_path / "t.csv")
    T.write_csv(path)
    assert Path(path).read_text().splitlines()[0] == "sym,price,qty,day"
    assert rf.read_csv(path).equals(T)
    assert rf.read_csv(path, schema={"qty": "i16"}).dtypes["qty"] == "i16"
    assert rf.read_csv(path, schema=["str", "f64", "i32", "date"]).dtypes == {
        "sym": "str",
        "price": "f64",
        "qty": "i32",
        "day": "date",
    }
    assert Table.from_csv([rf.Symbol, rf.F64, rf.I64, rf.Date], path).equals(T)
    with pytest.raises(rf.ConversionError, match="'nosuch'"):
        rf.read_csv(path, schema={"nosuch": "i64"})
    with pytest.raises(OSError):
        rf.read_csv(str(tmp_path / "nosuch.csv"))


def test_what_is_not_of_the_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2.5\n,\n12O,x\n")
    with pytest.raises(rf.RayforceParseError, match=r't\.csv:4:1: "12O" is no I64'):
        rf.read_csv(str(path), schema=["i64", "f64"])
    with pytest.raises(rf.RayforceParseError, match=r't\.csv:4:5: "x" is no F64'):
        rf.read_csv(str(path), schema={"b": "f64"})
    lenient = rf.read_csv(str(path), schema=["i64", "f64"], strict=False)
    assert lenient.equals(Table({"a": [1, None, None], "b": Vector([2.5, None, None], dtype="f64")}))
    assert Table.from_csv([rf.I64, rf.F64], str(path)).equals(lenient)
    assert rf.read_csv(str(path), schema=["i64", "f64"], nulls=("", "12O", "x")).equals(lenient)
    path.write_text('a,b\n1,"2\n')
    with pytest.raises(rf.RayforceParseError, match=r"t\.csv:2:3: a quoted field begins here and does not end"):
        rf.read_csv(str(path))


def test_csv_of_other_kinds(tmp_path: Path) -> None:
    path = str(tmp_path / "t.csv")
    T.write_csv(path, separator=";", header=False)
    assert Path(path).read_text().splitlines()[0] == "a;1.5;1;2024-01-01"
    t = rf.read_csv(path, separator=";", header=False)
    assert t.columns == ("column_0", "column_1", "column_2", "column_3")
    assert t.rename(dict(zip(t.columns, T.columns, strict=True))).equals(T)
    T.set_csv(path, "\t")
    assert rf.read_csv(path, separator="\t").equals(T)
    Path(path).write_text("a,b\n1,NA\n-,2\n")
    assert rf.read_csv(path, nulls=("NA", "-")).to_dict() == {"a": [1, None], "b": [None, 2]}
    for bad in ("", ";;"):
        with pytest.raises(ValueError):
            rf.read_csv(path, separator=bad)
        with pytest.raises(ValueError):
            T.write_csv(path, separator=bad)


def test_splayed(tmp_path: Path) -> None:
    path = str(tmp_path / "t")
    T.set_splayed(path)
    assert Table.from_splayed(path).equals(T)
    T.to_splayed(path, str(tmp_path / ".sym"))
    assert Table.from_splayed(path, str(tmp_path / ".sym")).equals(T)


def test_parted(tmp_path: Path) -> None:
    for day in ("2024.01.01", "2024.01.02"):
        T.drop("day").set_splayed(str(tmp_path / day / "trades"), str(tmp_path / ".sym"))
    t = Table.from_parted(str(tmp_path), "trades")
    assert t.columns == ("date", "sym", "price", "qty")
    assert len(t) == 6


def test_parquet(tmp_path: Path) -> None:
    path = str(tmp_path / "t.parquet")
    T.write_parquet(path, compression="none")
    assert rf.read_parquet(path).equals(T)
    assert rf.load_parquet(path).equals(T)
    assert rf.read_parquet(path, columns=["qty"]).columns == ("qty",)


def test_save(ray: rf.Rayforce) -> None:
    T.save("saved_table")
    assert rf.eval_str("(count saved_table)") == 3
    rf.eval_str("(del saved_table)")
    T.save("t", session=ray)
    assert ray["t"].equals(T)


def test_arrays_of_two_dimensions() -> None:
    import numpy as np

    a = Table({"a": [1, 2], "b": [1.5, 2.5]}).to_numpy()
    assert a.tolist() == [[1.0, 1.5], [2.0, 2.5]]
    assert Table({"a": [1, 2], "b": [3, 4]}).to_numpy().dtype == np.int64
    with pytest.raises(rf.ConversionError, match="dtype=object"):
        T.to_numpy()
    assert T.to_numpy(dtype=object)[0].tolist() == ["a", 1.5, 1, dt.date(2024, 1, 1)]
    with pytest.raises(rf.ConversionError, match="would change"):
        Table({"a": [2**53 + 1], "b": [1.5]}).to_numpy()
    assert Table({}).to_numpy().shape == (0, 0)
    records = Table({"a": [1], "s": ["x"]}).to_records()
    assert records[0]["s"] == "x"
    assert Table(records).to_dict() == {"a": [1], "s": ["x"]}


def test_pandas_index() -> None:
    import pandas as pd

    t = Table({"k": ["a", "b"], "v": [1, 2]})
    frame = t.to_pandas(index="k")
    assert frame.index.name == "k"
    assert Table.from_pandas(frame).columns == ("v",)
    assert Table.from_pandas(frame, index=True).equals(t)
    assert t.to_pandas(categories=False)["k"].dtype == object
    assert pd.DataFrame.from_arrow(t).shape == (2, 2)
    doubled = Table([("a", [1]), ("a", [2])])
    assert doubled.to_pandas().shape == (1, 2)
    with pytest.raises(ValueError, match="types"):
        t.to_pandas(types="arow")  # type: ignore[arg-type]
    with pytest.raises(rf.ConversionError):
        Table.from_pandas(t)
