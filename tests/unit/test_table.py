"""Table: made, looked at, cut, printed."""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import rayforce as rf
from rayforce import Table, Vector


@pytest.fixture
def trades() -> Table:
    return Table({"sym": ["AAPL", "MSFT", "AAPL"], "price": np.array([150.0, 300.0, 151.0]), "qty": [100, None, 200]})


def test_shape_and_names(trades: Table) -> None:
    assert trades.columns == ("sym", "price", "qty")
    assert trades.columns() == ["sym", "price", "qty"]
    assert trades.shape == (3, 3)
    assert trades.shape() == (3, 3)
    assert len(trades) == 3
    assert trades.dtypes == {"sym": "sym", "price": "f64", "qty": "i64"}


def test_rows(trades: Table) -> None:
    assert trades[0] == {"sym": "AAPL", "price": 150.0, "qty": 100}
    assert trades[-1]["qty"] == 200
    assert list(trades)[1] == {"sym": "MSFT", "price": 300.0, "qty": None}
    assert list(trades.rows())[1] == ("MSFT", 300.0, None)
    assert list(trades.rows(named=True)) == list(trades)
    assert trades.at_row(0)["sym"] == "AAPL"
    with pytest.raises(IndexError):
        trades[3]


def test_columns(trades: Table) -> None:
    assert trades["price"].to_list() == [150.0, 300.0, 151.0]
    assert trades.at_column("sym")[0] == "AAPL"
    assert trades[["qty", "sym"]].columns == ("qty", "sym")
    with pytest.raises(rf.RayforceKeyError, match="no column 'prize'; near: price"):
        trades["prize"]
    with pytest.raises(KeyError):
        trades[["sym", "x"]]


def test_picking_rows(trades: Table) -> None:
    assert trades[1:]["sym"].to_list() == ["MSFT", "AAPL"]
    assert trades[::-1]["price"].to_list() == [151.0, 300.0, 150.0]
    assert trades[trades["price"] > 150.5]["sym"].to_list() == ["MSFT", "AAPL"]
    assert trades[[2, 0]]["qty"].to_list() == [200, 100]
    assert trades[np.array([True, False, False])].shape == (1, 3)
    assert trades.head(2).shape == trades.tail(2).shape == (2, 3)
    assert trades.tail(1)["qty"].to_list() == [200]
    assert trades.take(1, 1)["sym"].to_list() == ["MSFT"]
    assert trades.take(10, 5).shape == (0, 3)
    with pytest.raises(ValueError):
        trades.take(-1)


def test_other_columns(trades: Table) -> None:
    assert trades.drop("qty").columns == ("sym", "price")
    assert trades.rename({"qty": "n"}).columns == ("sym", "price", "n")
    more = trades.with_columns(qty=[1, 2, 3], total=[1.0, 2.0, 3.0])
    assert more.columns == ("sym", "price", "qty", "total")
    assert more["qty"].to_list() == [1, 2, 3]
    with pytest.raises(KeyError):
        trades.drop("x")
    with pytest.raises(KeyError):
        trades.rename({"x": "y"})


@pytest.mark.parametrize(
    "data",
    [
        {"a": [1, 2], "b": ["x", "y"]},
        [("a", [1, 2]), ("b", ["x", "y"])],
        rf.Dict({"a": [1, 2], "b": ["x", "y"]}),
        {"a": np.array([1, 2]), "b": Vector(["x", "y"])},
        {"a": (x for x in (1, 2)), "b": np.array(["x", "y"])},
        np.array([(1, "x"), (2, "y")], dtype=[("a", "i8"), ("b", "U1")]),
    ],
)
def test_ways_to_make_one(data: Any) -> None:
    t = Table(data)
    assert t.to_dict() == {"a": [1, 2], "b": ["x", "y"]}
    assert t.equals(Table(t))


@pytest.mark.parametrize("data", [5, {"a": 5}, {"a": "abc"}, {5: [1]}, [1, 2], {"a": {"b": 1}}])
def test_what_is_no_table(data: Any) -> None:
    with pytest.raises(rf.ConversionError):
        Table(data)


def test_lengths_must_agree() -> None:
    with pytest.raises(rf.RayforceLengthError):
        Table({"a": [1, 2], "b": [1]})


def test_schema() -> None:
    t = Table.from_dict({"a": [1, 2], "s": ["x", "y"]}, schema={"a": "i16", "s": rf.String})
    assert t.dtypes == {"a": "i16", "s": "str"}
    with pytest.raises(KeyError, match="nosuch"):
        Table.from_dict({"a": [1]}, schema={"nosuch": "i64"})
    assert Table({"s": ["x"]}, strings="string").dtypes == {"s": "str"}


def test_empty_tables_keep_their_types() -> None:
    t = Table({"a": Vector([], dtype="date"), "b": Vector([], dtype="sym")})
    assert t.shape == (0, 2)
    assert t.dtypes == {"a": "date", "b": "sym"}
    assert list(t) == []
    assert t.arrays()["a"].dtype == np.dtype("M8[D]")
    assert Table({}).shape == (0, 0)


def test_arrays(trades: Table) -> None:
    a = trades.arrays()
    assert list(a) == ["sym", "price", "qty"]
    assert a["sym"].tolist() == ["AAPL", "MSFT", "AAPL"]
    assert np.isnan(a["qty"][1])
    assert trades.arrays("qty", nulls="raw")["qty"].dtype == np.int64
    with pytest.raises(rf.ConversionError, match="column 'qty'"):
        trades.arrays(nulls="error")


def test_box(trades: Table, capsys: pytest.CaptureFixture[str]) -> None:
    text = repr(trades)
    assert "AAPL" in text
    assert "price" in text
    assert text.startswith("┌")
    assert str(trades) == text
    long = Table({"a": range(100_000)})
    assert len(repr(long).splitlines()) < 40
    assert "100000 rows" in repr(long)
    trades.show()
    assert "MSFT" in capsys.readouterr().out


def test_pickle_and_equality(trades: Table) -> None:
    again = pickle.loads(pickle.dumps(trades, 5))
    assert again.equals(trades)
    assert again == trades
    assert trades != 5
    assert hash(again) == hash(trades)


def test_through_an_engine(ray: rf.Rayforce, trades: Table) -> None:
    ray["trades"] = trades
    assert ray["trades"].equals(trades)
    assert ray.eval("(count trades)") == 3


def test_nothing_is_lost(trades: Table, steady: Callable[[Callable[[], object]], None]) -> None:
    def job() -> None:
        trades[::-1][[0]]
        trades[1:].to_dict()
        trades[["sym"]].arrays()
        list(trades)
        repr(trades)
        with pytest.raises(rf.RayforceLengthError):
            Table({"a": [1, 2], "b": [1]})
        with pytest.raises(rf.ConversionError):
            Table({"a": [1], "b": [object()], "c": "x"})

    steady(job)


def test_dates_in_columns() -> None:
    t = Table({"d": [dt.date(2024, 1, 1), None]})
    assert t.arrays()["d"].tolist() == [dt.date(2024, 1, 1), None]
