"""SQL: the answers that DuckDB gives to the same text, or an error that names what there is no equivalent of."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

import rayforce as rf
from rayforce import Table

T = Table(
    {
        "sym": ["a", "b", "a", "c", None],
        "price": [1.5, 2.5, 3.5, 4.5, 5.5],
        "qty": [10, None, 30, 40, 50],
        "big": [1, 2, 3, 4, 5],
    }
)


def answer(query: Any) -> list[tuple[Any, ...]]:
    return [tuple(None if x != x else x for x in row) for row in query.rows()]


@pytest.mark.parametrize(
    "text",
    [
        "select * from t",
        "select sym, price from t where price > 2",
        "select t.sym from t where t.price > 2 and sym = 'a'",
        "select x.price from t as x where not (x.price > 2 or x.sym = 'b')",
        "select sym from t where qty < 35",
        "select sym from t where not qty >= 35",
        "select sym from t where qty <> 10",
        "select sym from t where not (qty = 10)",
        "select sym from t where qty is null",
        "select sym from t where qty is not null and sym is not null",
        "select price from t where sym in ('a', 'c')",
        "select price from t where sym not in ('a', 'c')",
        "select price from t where qty between 10 and 30",
        "select price from t where not qty between 10 and 30",
        "select price from t where sym like 'a%'",
        "select price from t where sym like '%'",
        "select price from t where sym not like 'a%'",
        "select price * 2 as d, -big as n, big + 1 as p, abs(-big) as a from t",
        "select sum(price) as s, avg(price) as m, min(big) as lo, max(big) as hi, count(*) as n, count(qty) from t",
        "select count(distinct sym) as n from t where sym is not null",
        "select sym, sum(price) as s from t where sym is not null group by sym order by sym",
        "select sum(price) as s, sym from t where sym is not null group by sym order by s desc",
        "select sym as k, count(*) as n from t where sym is not null group by sym order by k",
        "select sym, count(*) as n from t where sym is not null group by sym having n > 1",
        "select sym, count(*) as n from t where sym is not null group by sym having count(*) > 1",
        "select price from t order by price desc limit 2",
        "select price from t order by price limit 2 offset 1",
        "select sym, price from t where sym is not null order by sym desc, price desc",
        "select distinct sym from t where sym is not null order by sym",
        "select big, case when price > 3 then 1 when price > 2 then 2 else 3 end as c from t",
        "select cast(big as double) as d from t",
        "select median(price) as m, stddev(price) as s, variance(price) as v from t",
        "select (big + 1) * 2 as x from t where (big) > 2",
        "select price from t where price > 1e0 and true",
    ],
)
def test_what_duckdb_says(text: str) -> None:
    with duckdb.connect() as con:
        con.register("t", T.to_arrow())
        want = con.sql(text).fetchall()
    got = answer(T.sql(text))
    same = [
        tuple(pytest.approx(x) if isinstance(x, float) else int(x) if isinstance(x, bool) else x for x in row)
        for row in want
    ]
    assert got == same


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("select * from t join u on t.a = u.a", "JOIN"),
        ("with c as (select 1) select * from c", "WITH"),
        ("select * from (select 1) as t", "FROM"),
        ("select sym, rank() over (order by price) from t", "WINDOW"),
        ("select price from t union select price from t", "UNION"),
        ("insert into t values (1)", "INSERT"),
        ("delete from t", "DELETE"),
        ("select upper(sym) from t", "UPPER"),
        ("select cast(sym as json) from t", "JSON"),
        ("select price from t where exists (select 1)", "EXISTS"),
        ("select price from t where sym in (select sym from t)", "QUERY"),
        ("select price, sum(qty) as s from t group by sym", "GROUP BY"),
        ("select sym, sum(qty) as s from t group by rollup (sym)", "ROLLUP"),
        ("select price from t order by price + 1", "ORDER BY"),
        ("select *, price from t", r"\*"),
        ("select sum(distinct price) from t", "DISTINCT"),
        ("select price from t; select 1", "2 statements"),
        ("select other.price from t", "another table"),
        ("select price from t where price = null", "IS NULL"),
        ("select price from t where sym like 'a!%' escape '!'", "ESCAPE"),
        ("select case sym when 'a' then 1 end as c from t", "THIS"),
        ("select sum(price) filter (where qty > 1) as s from t", "FILTER"),
        ("select try_cast(sym as double) as s from t", "TRYCAST"),
        ("select price from t limit 1 + 1", "number"),
        ("select price from t qualify price > 1", "QUALIFY"),
        ("select sym, count(*) as n from t group by sym having sum(qty) > 1", "HAVING"),
        ("select price from t where sym like 'a[b]%'", "LIKE"),
    ],
)
def test_what_has_no_equivalent(text: str, word: str) -> None:
    with pytest.raises(NotImplementedError, match=f"(?i){word}"):
        T.sql(text)


def test_what_is_no_sql() -> None:
    with pytest.raises(SyntaxError):
        T.sql("selec from where")
    with pytest.raises(rf.RayforceKeyError, match="near: price"):
        T.sql("select prize from t")


def test_updates(ray: rf.Rayforce) -> None:
    ray["t"] = T
    ref = ray.table("t")
    q = ref.sql("update t set price = price * 2 where sym = 'a'")
    assert ref["price"].to_list()[0] == 1.5
    q.execute()
    assert ref["price"].to_list() == [3.0, 2.5, 7.0, 4.5, 5.5]
    assert ref.sql("select count(*) as n from t")["n"].to_list() == [5]
