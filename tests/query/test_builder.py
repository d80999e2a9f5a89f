"""Queries as objects: what they say, and that both engines answer the same."""

from __future__ import annotations

import datetime as dt
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import rayforce as rf
from rayforce import Column as C
from rayforce import Table, Timestamp, Vector

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "net"))
import peers

TRADES = Table(
    {
        "sym": ["AAPL", "MSFT", "AAPL", "GOOG", None],
        "price": [150.0, 300.0, 151.0, 100.0, 99.0],
        "qty": [100, 50, 200, None, 10],
        "time": [Timestamp.from_ns2000(i * 10**9) for i in (1, 2, 3, 4, 5)],
    }
)
QUOTES = Table(
    {
        "sym": ["AAPL", "MSFT", "AAPL"],
        "time": [Timestamp.from_ns2000(i * 10**9) for i in (0, 1, 2)],
        "bid": [149.0, 299.0, 150.0],
    }
)


@pytest.fixture(params=["memory", "engine", "connection", "real server"], scope="module")
def session(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "memory":
        yield None
    elif request.param == "engine":
        with rf.Rayforce() as engine:
            yield engine
    elif request.param == "connection":
        with rf.Rayforce() as engine, engine.listen(0) as server, rf.hopen("127.0.0.1", server.port) as conn:
            yield conn
    else:
        with peers.server("2.x") as peer, rf.hopen("127.0.0.1", peer.port) as conn:
            yield conn


def table_in(session: Any, name: str, data: Table) -> Any:
    if session is None:
        return data
    session.set(name, data)
    return session.table(name)


@pytest.fixture
def trades(session: Any) -> Any:
    return table_in(session, "trades", TRADES)


@pytest.fixture
def quotes(session: Any) -> Any:
    return table_in(session, "quotes", QUOTES)


def rows(query: Any) -> list[tuple[Any, ...]]:
    return [tuple(None if x != x else x for x in row) for row in query.rows()]


def test_where(trades: Any) -> None:
    assert trades.where(C("price") > 150)["sym"].to_list() == ["MSFT", "AAPL"]
    assert len(trades.where(C("sym") == "AAPL", C("price") > 150)) == 1
    assert trades.where(C("sym").isin(["MSFT", "GOOG"]))["price"].to_list() == [300.0, 100.0]
    assert trades.where(C("sym") == "price").shape == (0, 4)
    assert trades.where((C("price") < 100) | ~(C("price") <= 200))["price"].to_list() == [300.0, 99.0]
    assert trades.where(C("price").within(100.0, 150.0))["sym"].to_list() == ["AAPL", "GOOG"]
    assert trades.where(C("sym").like("A*"))["qty"].to_list() == [100, 200]
    assert trades.where(C("qty").is_null())["sym"].to_list() == ["GOOG"]
    assert trades.where(C("qty").is_(None))["sym"].to_list() == ["GOOG"]
    assert trades.where(C("qty").is_(50))["sym"].to_list() == ["MSFT"]
    assert trades.where(C("time") > Timestamp.from_ns2000(3 * 10**9)).shape == (2, 4)
    assert trades.where(C("price") > C("price").mean())["sym"].to_list() == ["MSFT"]


def test_select(trades: Any) -> None:
    assert trades.select("sym", double=C("price") * 2)[0] == {"sym": "AAPL", "double": 300.0}
    assert trades.select((C("price") - 1).alias("less"))["less"].to_list()[:2] == [149.0, 299.0]
    assert trades.select(C("price").cast("i64"))["price"].to_list()[0] == 150
    assert rows(trades.select(n=C("qty").count(), total=C("qty").sum(), mean=C("price").mean())) == [(5, 360, 160.0)]
    assert trades.select(
        a=1 + C("qty"), b=10 - C("qty"), c=2 / C("price"), d=-C("price"), e=C("qty") % 3, f=C("qty") // 3
    )[0] == {"a": 101, "b": -90, "c": 2 / 150.0, "d": -150.0, "e": 1, "f": 33}
    assert trades.select("sym", kind="x")["kind"].to_list() == ["x"] * 5
    assert trades.select("sym", kind="price")["kind"].to_list() == ["price"] * 5
    assert trades.select(p=C("price").prev(), d=C("price").deltas())["p"].to_list()[1:3] == [150.0, 300.0]
    assert trades.select(r=C("qty").fill_null(0))["r"].to_list()[3] == 0


def test_by(trades: Any) -> None:
    q = trades.select(vwap=(C("price") * C("qty")).sum() / C("qty").sum(), n=C("qty").count()).by("sym")
    assert q.columns == ("sym", "vwap", "n")
    assert rows(q)[0] == ("AAPL", (15000.0 + 30200.0) / 300, 2)
    assert rows(trades.by("sym", bucket=C("qty").xbar(100)).select(n=C("price").count()).where(C("sym") == "AAPL")) == [
        ("AAPL", 100, 1),
        ("AAPL", 200, 1),
    ]
    assert rows(trades.by("sym", "qty").select(m=C("price").max()).limit(1)) == [("AAPL", 100, 150.0)]
    for name, want in {
        "first": 150.0,
        "last": 151.0,
        "min": 150.0,
        "max": 151.0,
        "median": 150.5,
        "deviation": 0.5,
    }.items():
        assert trades.by("sym").select(x=getattr(C("price"), name)())["x"][0] == want


def test_order_and_limit(trades: Any) -> None:
    assert trades.order_by("price")["price"].to_list() == [99.0, 100.0, 150.0, 151.0, 300.0]
    assert trades.order_by("price", desc=True).limit(2)["price"].to_list() == [300.0, 151.0]
    assert trades.order_by(C("sym")).order_by("price", desc=True)["price"].to_list() == [
        99.0,
        151.0,
        150.0,
        100.0,
        300.0,
    ]
    assert trades.limit(2, 1)["sym"].to_list() == ["MSFT", "AAPL"]
    assert trades.limit(100).shape == (5, 4)
    assert trades.select("sym", neg=-C("price")).order_by("neg").limit(1)["neg"].to_list() == [-300.0]
    assert trades.by("sym").select(n=C("qty").count()).order_by("n", desc=True).limit(1)["sym"].to_list() == ["AAPL"]
    assert trades.order_by("price", desc=True).limit(3).where(C("sym") == "AAPL")["price"].to_list() == [151.0, 150.0]
    assert trades.limit(3).limit(2).shape == (2, 4)
    assert trades.limit(3).order_by("price").limit(1)["price"].to_list() == [150.0]
    assert trades.select("sym").distinct()["sym"].to_list() == ["AAPL", "MSFT", "GOOG", None]
    assert trades.select("sym").distinct().limit(1)["sym"].to_list() == ["AAPL"]
    assert trades.by("sym").select(q=C("qty")).ungroup().shape == (5, 2)


def test_queries_of_queries(trades: Any) -> None:
    assert trades.select("sym", price=C("price") * 2).where(C("price") > 500)["price"].to_list() == [600.0]
    assert trades.select("sym").where(C("price") > 200)["sym"].to_list() == ["MSFT"]
    best = trades.by("sym").select(top=C("price").max())
    assert best.where(C("top") > 150)["sym"].to_list() == ["AAPL", "MSFT"]
    joined = trades.inner_join(best, "sym").where(C("price") == C("top"))
    assert joined["price"].to_list() == [300.0, 151.0, 100.0, 99.0]


def test_joins(trades: Any, quotes: Any) -> None:
    latest = quotes.by("sym").select(bid=C("bid").last())
    assert rows(trades.inner_join(latest, "sym").select("sym", "bid")) == [
        ("AAPL", 150.0),
        ("MSFT", 299.0),
        ("AAPL", 150.0),
    ]
    assert rows(trades.left_join(latest, on=["sym"]).select("sym", "bid"))[3:] == [("GOOG", None), (None, None)]
    assert trades.anti_join(latest, "sym").shape == (2, 4)
    assert trades.asof_join(quotes, on=["sym", "time"])["bid"].to_list()[:3] == [149.0, 299.0, 150.0]
    span = 2 * 10**9
    wide = trades.window_join(
        ["sym", "time"], [quotes], C("time").window(-span, 0), lo=C("bid").min(), hi=C("bid").max()
    )
    assert rows(wide.select("lo", "hi"))[2] == (150.0, 150.0) or rows(wide.select("lo", "hi"))[2] == (149.0, 150.0)
    narrow = trades.window_join1(["sym", "time"], quotes, C("time").window(-span, 0), n=C("bid").count())
    assert narrow["n"].to_list()[:4] == [1, 1, 1, 0]
    assert trades.inner_join(QUOTES, "sym").shape[0] == 5


def test_pivot(trades: Any) -> None:
    wide = trades.where(C("qty") > 0).pivot("qty", "sym", "price", "sum")
    assert "AAPL" in wide.columns
    assert trades.pivot(["qty"], "sym", "price", "mean").shape[0] == 5


def test_what_a_result_can_do(trades: Any) -> None:
    q = trades.where(C("price") >= 150.0).select("sym", "price")
    assert repr(q) == repr(q.execute())
    assert [row["sym"] for row in q] == ["AAPL", "MSFT", "AAPL"]
    assert q.to_polars()["price"].to_list() == [150.0, 300.0, 151.0]
    assert pl.DataFrame(q).shape == (3, 2)
    assert q.to_pandas().shape == (3, 2)
    assert q.to_arrow().num_rows == 3
    assert q.arrays()["price"].dtype == np.float64
    assert q.head(1).shape == (1, 2)
    assert q.shape == (3, 2)
    assert q.dtypes == {"sym": "sym", "price": "f64"}
    assert q[1:].shape == (2, 2)
    assert "AAPL" in q._repr_html_()
    assert q.execute().equals(q.execute())


def test_changes_run_when_told_to(session: Any) -> None:
    t = table_in(session, "changed", TRADES)
    q = t.update(price=C("price") * 2, flag=True).where(C("sym") == "AAPL")
    assert "not run" in repr(q)
    assert "update" in q.source
    assert t["price"].to_list()[0] == 150.0
    done = q.execute()
    after = done["price"].to_list()
    assert after == [300.0, 300.0, 302.0, 100.0, 99.0]
    if session is None:
        assert t["price"].to_list()[0] == 150.0
    else:
        assert done is t


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ((("X", 1.0, 5, Timestamp(0)),), {}),
        (({"sym": "X", "price": 1.0, "qty": 5, "time": Timestamp(0)},), {}),
        (("X", 1.0, 5, Timestamp(0)), {}),
        ((["X"], [1.0], [5], [Timestamp(0)]), {}),
        ((), {"sym": ["X"], "price": [1], "qty": [5], "time": [Timestamp(0)]}),
        ((), {"sym": "X", "price": 1.0, "qty": 5, "time": Timestamp(0)}),
        ((Table({"sym": ["X"], "price": [1.0], "qty": [5], "time": [Timestamp(0)]}),), {}),
        ((pl.DataFrame({"sym": ["X"], "price": [1.0], "qty": [5], "time": [dt.datetime(1970, 1, 1)]}),), {}),
        (([("X", 1.0, 5, Timestamp(0))],), {}),
    ],
)
def test_inserts(session: Any, args: Any, named: Any) -> None:
    t = table_in(session, "inserted", TRADES)
    done = t.insert(*args, **named).execute()
    assert len(done) == 6
    assert done[5] == {"sym": "X", "price": 1.0, "qty": 5, "time": Timestamp(0)}


def test_upserts(session: Any) -> None:
    t = table_in(session, "upserted", Table({"k": ["a", "b"], "v": [1, 2]}))
    done = t.upsert(("b", 20), ("c", 30), key_columns=1).execute()
    assert done.to_dict() == {"k": ["a", "b", "c"], "v": [1, 20, 30]}
    with pytest.raises(ValueError):
        t.upsert(("b", 20), key_columns=0)


def test_references(session: Any, trades: Any) -> None:
    if session is None:
        return
    assert trades.count() == len(trades) == 5
    assert trades.schema() == {"sym": "sym", "price": "f64", "qty": "i64", "time": "timestamp"}
    assert trades.columns == ("sym", "price", "qty", "time")
    assert trades.fetch().equals(TRADES)
    assert trades.fetch(limit=2).shape == (2, 4)
    assert trades["price"].to_list() == TRADES["price"].to_list()
    assert trades.head(2).shape == (2, 4)
    assert "trades" in repr(trades)
    assert "trades" in session.tables()
    t = table_in(session, "appended", TRADES)
    assert t.append(("X", 1.0, 5, Timestamp(0))) == 1
    assert t.append(TRADES) == 5
    assert t.append(TRADES.to_pandas()) == 5
    assert t.count() == 16
    assert session.execute(t.where(C("sym") == "X")).shape == (1, 4)
    with pytest.raises(TypeError, match="fetch"):
        pickle.dumps(t)


def test_conditional_sums(trades: Any) -> None:
    q = trades.select(n=C("qty").where(C("price") > 150).sum())
    assert q["n"].to_list() == [250]


# ---- without an engine


def test_source() -> None:
    t = Table("trades")
    assert isinstance(t, rf.TableRef)
    q = t.where(C("sym") == 'a"b', C("price") > 1).select(n=C("qty").sum()).by("sym", k=C("time").xbar(60)).limit(5, 10)
    assert q.source == (
        '(select {from: trades where: (and (== sym "a\\"b") (> price 1)) by: {sym: sym k: (xbar time 60)} '
        "n: (sum qty) take: [10 5]})"
    )
    assert rf.eval_obj(rf.List([rf.Name("parse"), rf.String(q.source)])) is not None
    assert TRADES.where(C("price") > 1).source == "(select {from: <table of 5 rows> where: (> price 1)})"
    assert t.order_by("a", "b").source == "(select {from: trades asc: [a b]})"
    assert t.update(x=1).source == "(update {from: 'trades x: 1})"
    assert "the default engine" in q.explain()
    assert C("price").source == "price"
    assert (C("a") + 1).alias("b").source == "(+ a 1)"
    saved = q.ipcsave("kept")
    assert saved.source.startswith("(set kept (select")


def test_saved_results(ray: rf.Rayforce) -> None:
    ray["t"] = TRADES
    ray.execute(ray.table("t").where(C("price") > 150).ipcsave("dear"))
    assert ray.table("dear").count() == 2


def test_text_is_never_code(ray: rf.Rayforce) -> None:
    ray["t"] = Table({"sym": ["(exit 1)", '"', "price", "x"], "price": [1.0, 2.0, 3.0, 4.0]})
    t = ray.table("t")
    for name in ("(exit 1)", '"', "price"):
        assert t.where(C("sym") == name).shape == (1, 2)
        assert t.where(C("sym").isin([name])).shape == (1, 2)
    odd = Table({"a b": [1, 2], "(x)": [3, 4]})
    ray["odd"] = odd
    assert ray.table("odd").select("a b", y=C("(x)") + 1).to_dict() == {"a b": [1, 2], "y": [4, 5]}
    with pytest.raises(ValueError):
        ray.table("t; (exit)")


def test_names_are_checked_where_the_schema_is_known() -> None:
    for make in (
        lambda: TRADES.where(C("prize") > 1),
        lambda: TRADES.select("prize"),
        lambda: TRADES.select(x=C("prize") * 2),
        lambda: TRADES.update(x=C("prize") * 2),
        lambda: TRADES.inner_join(QUOTES, "prize"),
        lambda: C("prize", TRADES),
        lambda: TRADES.insert(prize=1),
    ):
        with pytest.raises(rf.RayforceKeyError, match="no column 'prize'; near: price"):
            make()


def test_mistakes() -> None:
    with pytest.raises(TypeError, match="truth value"):
        not C("a")
    with pytest.raises(TypeError, match="truth value"):
        bool(C("a") == 1)
    with pytest.raises(TypeError, match="no condition"):
        TRADES.where("price > 1")
    with pytest.raises(TypeError):
        TRADES.update()
    with pytest.raises(TypeError):
        TRADES.insert()
    with pytest.raises(TypeError):
        TRADES.insert(1, x=2)
    with pytest.raises(ValueError, match="clause"):
        TRADES.select(**{"from": C("price")})
    with pytest.raises(ValueError):
        TRADES.limit(-1)
    with pytest.raises(TypeError):
        C("")
    with pytest.raises(TypeError):
        TRADES.window_join(["sym", "time"], QUOTES, 5, x=C("bid").max())
    with pytest.raises(TypeError):
        TRADES.where(C("price") > 1).update(x=1).execute()
    assert C("time").shift_tz("+02:00").source == "(+ time 7200000000000)"
    assert C("time").shift_tz(dt.timedelta(hours=-1)).source == "(+ time -3600000000000)"
    with pytest.raises(TypeError):
        C("time").shift_tz(5)  # type: ignore[arg-type]


def test_tables_of_two_sessions(ray: rf.Rayforce) -> None:
    with rf.Rayforce() as other:
        ray["a"] = TRADES
        other["b"] = QUOTES
        with pytest.raises(rf.RayforceQueryCompilationError, match="two sessions"):
            ray.table("a").inner_join(other.table("b"), "sym").execute()
        assert ray.table("a").inner_join(other.table("b").fetch(), "sym").shape[0] == 5


def test_expressions_alone() -> None:
    rf.eval_str("(set w [1 2 3])")
    assert C("w").sum().execute() == 6
    assert (C("w") * 2).execute().to_list() == [2, 4, 6]
    assert rf.Expression("+", Vector([1, 2]), 1).execute().to_list() == [2, 3]
    assert rf.Expression(rf.Fn("(fn [x] (* x 3))"), 5).execute() == 15
    assert rf.eval_obj(C("w").max()) == 3
    rf.eval_str("(del w)")
    assert rf.Fn("(fn [x] (* x 2))").apply(C("price")).source.endswith("price)")
    assert TRADES.select(p=rf.Fn("(fn [x] (* x 2.0))").apply(C("price")))["p"].to_list()[0] == 300.0


def test_queries_are_sent_as_they_are(session: Any, trades: Any) -> None:
    if session is None:
        return
    q = Table("trades").where(C("price") > 200).select("sym")
    assert session.execute(q)["sym"].to_list() == ["MSFT"]
