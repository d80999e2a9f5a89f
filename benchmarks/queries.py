"""The queries of bench_queries.py, and one engine that answers them: a JSON command a line in, a JSON line out.

    python queries.py ours|peer|duckdb|polars ROWS THREADS

The engines come from environments of their own: two of the packages share their import name.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

# name: keys of the result ("+": its order counts), Rayfall, SQL, and the same in polars (g, v: frames; c: column)
QUERIES: dict[str, tuple[str, str, str, str]] = {
    "q1": (
        "id1",
        "(select {from: g s: (sum v1) by: id1})",
        "SELECT id1, sum(v1) AS s FROM g GROUP BY id1",
        "g.group_by('id1').agg(c.v1.sum().alias('s'))",
    ),
    "q2": (
        "id1 id2",
        "(select {from: g s: (sum v1) by: {id1: id1 id2: id2}})",
        "SELECT id1, id2, sum(v1) AS s FROM g GROUP BY ALL",
        "g.group_by('id1', 'id2').agg(c.v1.sum().alias('s'))",
    ),
    "q3": (
        "id3",
        "(select {from: g s: (sum v1) m: (avg v3) by: id3})",
        "SELECT id3, sum(v1) AS s, avg(v3) AS m FROM g GROUP BY id3",
        "g.group_by('id3').agg(c.v1.sum().alias('s'), c.v3.mean().alias('m'))",
    ),
    "q4": (
        "id4",
        "(select {from: g a: (avg v1) b: (avg v2) d: (avg v3) by: id4})",
        "SELECT id4, avg(v1) AS a, avg(v2) AS b, avg(v3) AS d FROM g GROUP BY id4",
        "g.group_by('id4').agg(c.v1.mean().alias('a'), c.v2.mean().alias('b'), c.v3.mean().alias('d'))",
    ),
    "q5": (
        "id6",
        "(select {from: g a: (sum v1) b: (sum v2) d: (sum v3) by: id6})",
        "SELECT id6, sum(v1) AS a, sum(v2) AS b, sum(v3) AS d FROM g GROUP BY id6",
        "g.group_by('id6').agg(c.v1.sum().alias('a'), c.v2.sum().alias('b'), c.v3.sum().alias('d'))",
    ),
    "q6": (
        "id4 id5",
        "(select {from: g m: (med v3) d: (stddev v3) by: {id4: id4 id5: id5}})",
        "SELECT id4, id5, quantile_cont(v3, 0.5) AS m, stddev(v3) AS d FROM g GROUP BY ALL",
        "g.group_by('id4', 'id5').agg(c.v3.median().alias('m'), c.v3.std().alias('d'))",
    ),
    "q7": (
        "id3",
        "(select {from: g r: (- (max v1) (min v2)) by: id3})",
        "SELECT id3, max(v1) - min(v2) AS r FROM g GROUP BY id3",
        "g.group_by('id3').agg((c.v1.max() - c.v2.min()).alias('r'))",
    ),
    "q8": (
        "id6",
        "(ungroup (select {from: g r: (top v3 2) by: id6}))",
        "SELECT id6, unnest(max(v3, 2)) AS r FROM g GROUP BY id6",
        "g.group_by('id6').agg(c.v3.top_k(2).alias('r')).explode('r')",
    ),
    "q9": (
        "id2 id4",
        "(select {from: g r: (pearson_corr v1 v2) by: {id2: id2 id4: id4}})",
        "SELECT id2, id4, corr(v1, v2) AS r FROM g GROUP BY ALL",
        "g.group_by('id2', 'id4').agg(pl.corr('v1', 'v2').alias('r'))",
    ),
    "q10": (
        "id1 id2 id3 id4 id5 id6",
        "(select {from: g s: (sum v3) n: (count v1) by: {id1: id1 id2: id2 id3: id3 id4: id4 id5: id5 id6: id6}})",
        "SELECT id1, id2, id3, id4, id5, id6, sum(v3) AS s, count(*) AS n FROM g GROUP BY ALL",
        "g.group_by('id1', 'id2', 'id3', 'id4', 'id5', 'id6').agg(c.v3.sum().alias('s'), c.v1.count().alias('n'))",
    ),
    "filter, aggregate": (
        "",
        "(select {from: g where: (and (> v3 50.0) (< v2 8)) s: (sum v1) m: (avg v3)})",
        "SELECT sum(v1) AS s, avg(v3) AS m FROM g WHERE v3 > 50 AND v2 < 8",
        "g.filter((c.v3 > 50) & (c.v2 < 8)).select(c.v1.sum().alias('s'), c.v3.mean().alias('m'))",
    ),
    "filter by symbol": (
        "",
        "(select {from: g where: (== id1 'n42) s: (sum v3) n: (count v3)})",
        "SELECT sum(v3) AS s, count(v3) AS n FROM g WHERE id1 = 'n42'",
        "g.filter(c.id1 == 'n42').select(c.v3.sum().alias('s'), c.v3.count().alias('n'))",
    ),
    "filter rows": (
        "id6",
        "(select {from: g where: (> v3 90.0) id6: id6 v1: v1 v3: v3})",
        "SELECT id6, v1, v3 FROM g WHERE v3 > 90",
        "g.filter(c.v3 > 90).select('id6', 'v1', 'v3')",
    ),
    "distinct": (
        "x",
        "(distinct (at g 'id6))",
        "SELECT DISTINCT id6 AS x FROM g",
        "g.select(c.id6.unique().alias('x'))",
    ),
    "top 100": (
        "",
        "(top (at g 'v3) 100)",
        "SELECT v3 AS x FROM g ORDER BY v3 DESC LIMIT 100",
        "g.select(c.v3.top_k(100).alias('x'))",
    ),
    "sort integers": ("+", "(asc (at v 'i))", "SELECT i AS x FROM v ORDER BY i", "v.select(c.i.sort().alias('x'))"),
    "sort doubles": ("+", "(asc (at v 'a))", "SELECT a AS x FROM v ORDER BY a", "v.select(c.a.sort().alias('x'))"),
    "sort by two": (
        "+",
        "(xasc (select {from: v k: k a: a b: b}) [k a])",
        "SELECT k, a, b FROM v ORDER BY k, a",
        "v.select('k', 'a', 'b').sort('k', 'a')",
    ),
    "a * b + c": ("+", "(+ (* a b) c)", "SELECT a * b + c AS x FROM v", "v.select((c.a * c.b + c.c).alias('x'))"),
    "sum": ("", "(sum a)", "SELECT sum(a) AS x FROM v", "v.select(c.a.sum().alias('x'))"),
    "dot product": ("", "(sum (* a b))", "SELECT sum(a * b) AS x FROM v", "v.select(c.a.dot(c.b).alias('x'))"),
    "moving average": (
        "+",
        "(mavg 20 a)",
        "SELECT avg(a) OVER (ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) AS x FROM v",
        "v.select(c.a.rolling_mean(20, min_samples=1).alias('x'))",
    ),
}


def tables(n: int) -> dict[str, dict[str, Any]]:
    """The same for every engine; a column of names is a pair of codes and names."""
    import numpy as np

    random = np.random.default_rng(108)
    few, many = 100, max(n // 100, 1)

    def names(count: int) -> tuple[Any, list[str]]:
        return random.integers(0, count, n).astype(np.int32), [f"n{i}" for i in range(count)]

    g: dict[str, Any] = {"id1": names(few), "id2": names(few), "id3": names(many)}
    for name, low, high in (("id4", 0, few), ("id5", 0, few), ("id6", 0, many), ("v1", 1, 6), ("v2", 1, 16)):
        g[name] = random.integers(low, high, n)
    g["v3"] = np.round(random.random(n) * 100, 6)
    v = {name: random.random(n) for name in "abc"}
    return {"g": g, "v": {"i": random.integers(0, 1 << 62, n), "k": random.integers(0, 1000, n), **v}}


class Ours:
    def load(self, data: dict[str, dict[str, Any]], threads: int) -> None:
        import rayforce as rf

        self.rf, self.engine = rf, rf.Rayforce(threads=threads)
        for table, columns in data.items():
            made = {}
            for name, x in columns.items():
                if isinstance(x, tuple):
                    self.engine["names"], self.engine["codes"] = rf.Vector(x[1]), rf.Vector(x[0])
                    made[name] = self.engine.eval("(at names codes)")
                else:
                    made[name] = rf.Vector(x)
            self.engine[table] = rf.Table(made)
        self.engine.eval("(do (set a (at v 'a)) (set b (at v 'b)) (set c (at v 'c)) 0)")

    def run(self, query: str) -> Any:
        return self.engine.eval(QUERIES[query][1])

    def columns(self, result: Any) -> dict[str, Any]:
        if not isinstance(result, self.rf.Table):
            return {"x": result.to_numpy() if isinstance(result, self.rf.Vector) else [result]}
        return {name: result[name].to_numpy() for name in result.columns}


class Peer(Ours):
    """The official binding has no way from codes and names to a column but its own language."""

    def load(self, data: dict[str, dict[str, Any]], threads: int) -> None:
        import numpy as np

        import rayforce as rf

        self.rf, self.eval = rf, rf.eval_str
        self.names: dict[str, list[str]] = {}
        for table, columns in data.items():
            made = {}
            for name, x in columns.items():
                if isinstance(x, tuple):
                    self.names[name] = x[1]
                    rf.Table({"n": rf.Vector(items=x[1], ray_type=rf.Symbol)}).save("_n")
                    rf.Table({"i": rf.Vector.from_numpy(x[0].astype(np.int64))}).save("_i")
                    self.eval(f"(do (set names_{name} (at _n 'n)) 1)")
                    made[name] = self.eval(f"(at names_{name} (at _i 'i))")
                else:
                    made[name] = rf.Vector.from_numpy(x)
            rf.Table(made).save(table)
        self.eval("(do (set a (at v 'a)) (set b (at v 'b)) (set c (at v 'c)) 1)")

    def run(self, query: str) -> Any:
        return self.eval(QUERIES[query][1])

    def columns(self, result: Any) -> dict[str, Any]:
        if not isinstance(result, self.rf.Table):
            return {"x": result.to_numpy() if isinstance(result, self.rf.Vector) else [result.value]}
        result.save("_r")
        out = {}
        for name in (c.value for c in result.columns()):
            if name in self.names:
                out[name] = self.eval(f"(find names_{name} (at _r '{name}))").to_numpy()
            else:
                out[name] = self.eval(f"(at _r '{name})").to_numpy()
        return out


class DuckDB:
    def load(self, data: dict[str, dict[str, Any]], threads: int) -> None:
        import duckdb
        import pyarrow as pa

        self.db = duckdb.connect()
        self.db.execute(f"SET threads={threads}")
        for table, columns in data.items():
            frame = pa.table(
                {
                    k: pa.DictionaryArray.from_arrays(*x) if isinstance(x, tuple) else pa.array(x)
                    for k, x in columns.items()
                }
            )
            self.db.register("frame", frame)
            for name, x in columns.items():
                if isinstance(x, tuple):
                    self.db.execute(f"CREATE TYPE {name} AS ENUM ({', '.join(repr(n) for n in x[1])})")
            casts = ", ".join(f"{k}::{k} AS {k}" if isinstance(x, tuple) else k for k, x in columns.items())
            self.db.execute(f"CREATE TABLE {table} AS SELECT {casts} FROM frame")
            self.db.unregister("frame")

    def run(self, query: str) -> Any:
        return self.db.sql(QUERIES[query][2]).to_arrow_table()

    def columns(self, result: Any) -> dict[str, Any]:
        import pyarrow as pa

        out = {}
        for name in result.column_names:
            x = result.column(name)
            if pa.types.is_dictionary(x.type):
                x = x.cast(pa.string())
            elif not pa.types.is_floating(x.type):
                x = x.cast(pa.int64())
            out[name] = x.to_numpy()
        return out


class Polars:
    def load(self, data: dict[str, dict[str, Any]], threads: int) -> None:
        os.environ["POLARS_MAX_THREADS"] = str(threads)
        import polars as pl

        self.frames: dict[str, Any] = {"pl": pl, "c": pl.col}
        for table, columns in data.items():
            made = []
            for name, x in columns.items():
                if isinstance(x, tuple):
                    made.append(pl.Series(name, x[1], dtype=pl.Enum(x[1])).gather(pl.Series(x[0].astype("u4"))))
                else:
                    made.append(pl.Series(name, x))
            self.frames[table] = pl.DataFrame(made).lazy()

    def run(self, query: str) -> Any:
        return eval(QUERIES[query][3], self.frames).collect(engine="streaming")

    def columns(self, result: Any) -> dict[str, Any]:
        strings = result.cast({self.frames["pl"].Enum: self.frames["pl"].String})
        return {name: strings[name].to_numpy() for name in strings.columns}


ENGINES = {"ours": Ours, "peer": Peer, "duckdb": DuckDB, "polars": Polars}


def digest(query: str, columns: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    keys = QUERIES[query][0].split()

    def number(x: Any) -> Any:
        """Names count by the number in them."""
        x = np.atleast_1d(np.asarray(x))
        return np.array([int(s[1:]) for s in x.tolist()]) if x.dtype.kind in "OU" else x

    numbers = {name: number(x) for name, x in columns.items()}
    rows = len(next(iter(numbers.values())))
    weight = np.zeros(rows, np.uint64)
    for name in keys if keys != ["+"] else []:
        weight = (weight ^ numbers[name].astype(np.int64).view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        weight ^= weight >> np.uint64(29)
    share = (np.arange(rows) + 1.0) / rows if keys == ["+"] else (weight >> np.uint64(11)) / 2.0**53
    out: dict[str, Any] = {"rows": rows}
    for name, x in numbers.items():
        x = x.astype(float)
        null = np.isnan(x)
        x = np.where(null, 0.0, x)
        out[name] = [int(null.sum()), float(x.sum()), float((x * share).sum())]
    return out


def main(engine: str, rows: int, threads: int) -> None:
    me: Any = ENGINES[engine]()
    me.load(tables(rows), threads)
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        do, query = json.loads(line)
        start = time.perf_counter()
        result = me.run(query)
        took = time.perf_counter() - start
        print(json.dumps(digest(query, me.columns(result)) if do == "check" else took), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
