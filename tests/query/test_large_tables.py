"""The ways that only tables of many rows take, on several threads and in parts, against pandas."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import rayforce as rf

ROWS = 200_000


def trades(seed: int, rows: int = ROWS) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "k": random.integers(0, 500, rows),
            "w": random.integers(0, 1 << 40, rows) // 997,
            "s": random.choice(["AA", "BB", "CC", "DD", "EEEEEEEEEEEE"], rows),
            "v": random.integers(-1000, 1000, rows).astype("float64"),
            "f": random.integers(-4000, 4000, rows) / 4,
        }
    )
    frame.loc[random.random(rows) < 0.1, "f"] = np.nan
    frame.loc[random.random(rows) < 0.05, "v"] = np.nan
    return frame


def bind(ray: rf.Rayforce, name: str, frame: pd.DataFrame) -> None:
    columns: dict[str, Any] = {n: frame[n].to_numpy() for n in frame if n not in "sv"}
    columns |= {n: frame[n].tolist() for n in frame if n == "s"} | {
        n: frame[n].astype("Int64") for n in frame if n == "v"
    }
    ray[name] = rf.Table({n: columns[n] for n in frame})


def answer(ray: rf.Rayforce, source: str) -> dict[str, Any]:
    ray.eval(f"(do (set answer {source}) 0)")
    out = {}
    for name in ray.eval("(key answer)").to_list():
        v = ray.eval(f"(at answer '{name})")
        out[str(name)] = np.array([np.nan if x is None else x for x in v.to_list()])
    return out


def equal(got: dict[str, Any], want: pd.DataFrame) -> None:
    assert list(got) == list(want.columns)
    for name in got:
        if want[name].dtype.kind in "fi":
            np.testing.assert_allclose(got[name].astype("float64"), want[name].astype("float64"), rtol=1e-9, atol=1e-6)
        else:
            assert list(map(str, got[name])) == list(map(str, want[name]))


AGGREGATES = {"sum": "sum", "avg": "mean", "min": "min", "max": "max", "stddev": "std", "var": "var", "med": "median",
              "first": "first", "last": "last"}  # fmt: skip


@pytest.mark.parametrize("by", [["k"], ["s"], ["w"], ["s", "k"], ["s", "k", "w"]])
def test_groups(ray: rf.Rayforce, by: list[str]) -> None:
    """In the order of their first appearance."""
    frame = trades(1)
    bind(ray, "t", frame)
    outputs = " ".join(f"{n}{c}: ({n} {c})" for n in AGGREGATES for c in "vf") + " n: (count v)"
    got = answer(ray, f"(select {{from: t by: [{' '.join(by)}] {outputs}}})")
    groups = frame.groupby(by, sort=False)
    want = {f"{n}{c}": groups[c].agg(p) for n, p in AGGREGATES.items() for c in "vf"}
    want["n"] = groups.size()
    table = pd.DataFrame(want).reset_index()
    sums = [f"sum{c}" for c in "vf"]
    table[sums] = table[sums].fillna(0)
    equal(got, table)


@pytest.mark.parametrize("by", [["k"], ["s"], ["f"], ["s", "v"], ["k", "f", "w"]])
@pytest.mark.parametrize("down", [False, True])
def test_sorts(ray: rf.Rayforce, by: list[str], down: bool) -> None:
    frame = trades(2)
    bind(ray, "t", frame)
    got = answer(ray, f"({'xdesc' if down else 'xasc'} t [{' '.join(by)}])")
    want = frame.sort_values(by, ascending=not down, kind="stable", na_position="last" if down else "first")
    equal(got, want.reset_index(drop=True))


def test_conditions(ray: rf.Rayforce) -> None:
    frame = trades(3)
    bind(ray, "t", frame)
    got = answer(ray, "(select {from: t where: (and (> f 10.5) (or (== s 'AA) (< k 100)) (not (in k [3 7 11])))})")
    keep = (frame.f > 10.5) & ((frame.s == "AA") | (frame.k < 100)) & ~frame.k.isin([3, 7, 11])
    equal(got, frame[keep].reset_index(drop=True))


@pytest.mark.parametrize("on", [["k"], ["s", "k"]])
def test_left_join_of_unique_keys(ray: rf.Rayforce, on: list[str]) -> None:
    frame = trades(4)
    other = trades(5).drop_duplicates(on).rename(columns={"f": "g"})[["s", "k", "v", "g"]].iloc[: 100 * len(on)]
    bind(ray, "t", frame)
    bind(ray, "u", other)
    names = [n for n in other if n not in on]
    renamed = " ".join([*frame.columns, *(f"r{n}" for n in names)])
    got = answer(ray, f"(xcol (left-join [{' '.join(on)}] t u) [{renamed}])")
    want = frame.merge(other.rename(columns={n: f"r{n}" for n in names}), on=on, how="left")
    equal(got, want)


def test_asof_join(ray: rf.Rayforce) -> None:
    frame, other = trades(6), trades(7, 50_000)
    other = other.rename(columns={"f": "g"})[["s", "w", "v", "g"]]
    bind(ray, "t", frame)
    bind(ray, "u", other)
    got = answer(ray, "(xcols (asof-join [s w] t (xcol u [s w q g])) [k w s g])")
    want = pd.merge_asof(
        frame.assign(at=range(len(frame))).sort_values("w", kind="stable"),
        other.sort_values("w", kind="stable"),
        on="w",
        by="s",
    )
    equal(got, want.sort_values("at")[["k", "w", "s", "g"]].reset_index(drop=True))


def test_update_by_group(ray: rf.Rayforce) -> None:
    frame = trades(8)
    bind(ray, "t", frame)
    got = answer(ray, "(xcols (update {from: t by: k a: (avg f) r: (sums v) p: (lag w)}) [a r p])")
    groups = frame.assign(v=frame.v.fillna(0)).groupby("k")
    want = pd.DataFrame({"a": groups.f.transform("mean"), "r": groups.v.cumsum(), "p": groups.w.shift()})
    equal(got, want)


def test_pivot(ray: rf.Rayforce) -> None:
    frame = trades(9)
    bind(ray, "t", frame)
    got = answer(ray, "(pivot t 'k 's 'f max)")
    want = frame.pivot_table(index="k", columns="s", values="f", aggfunc="max", sort=False).reset_index()
    want.columns.name = None
    equal(got, want.set_index("k").loc[list(got["k"].astype(int))].reset_index()[list(got)])


def test_distinct(ray: rf.Rayforce) -> None:
    frame = trades(10)[["s", "k", "v", "f"]]
    bind(ray, "t", frame)
    equal(answer(ray, "(distinct (xcols t [s k]))"), frame[["s", "k"]].drop_duplicates().reset_index(drop=True))
    equal(answer(ray, "(distinct (xcols t [k f]))"), frame[["k", "f"]].drop_duplicates().reset_index(drop=True))
