"""Pivots, ungroup and dicts of groups of random tables, against the same in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_rows import COLUMNS, Row, cells_of, check, groups_of, halves, keys, present, rows_of, small, table, tables

import rayforce as rf

FUNCTIONS: dict[str, Callable[[list[Row]], Any]] = {
    "sum": lambda g: sum(present(g, 2)),
    "count": len,
    "min": lambda g: min(present(g, 2), default=None),
    "max": lambda g: max(present(g, 2), default=None),
    "first": lambda g: next(iter(present(g, 2)), None),
    "last": lambda g: next(iter(present(g, 2)[::-1]), None),
    "avg": lambda g: sum(present(g, 2)) / len(present(g, 2)) if present(g, 2) else None,
    "(fn [x] (+ 1 (count x)))": lambda g: 1 + len(g),
}


@pytest.mark.parametrize("function", FUNCTIONS)
@check
@given(st.lists(st.tuples(keys, small, small, halves), max_size=40), st.booleans())
def test_pivot(ray: rf.Rayforce, function: str, rows: list[Row], two: bool) -> None:
    """Rows without a value to name their column are left out."""
    left = [r for r in rows if r[1] is not None]
    columns = list(dict.fromkeys(r[1] for r in left))
    index = (lambda r: (r[0], r[3])) if two else (lambda r: (r[0],))
    names = ("k", "f") if two else ("k",)
    source = f"(pivot {table(rows)} [{' '.join(names)}] 'j 'v {function})"
    got = rows_of(ray, source, (*names, *map(str, columns))) if rows else []
    want = []
    for key, group in groups_of(left, index).items():
        cells = groups_of(group, lambda r: r[1])
        want.append((*key, *(FUNCTIONS[function](cells[c]) if c in cells else None for c in columns)))
    assert got == want


@check
@given(tables)
def test_ungroup_takes_back_what_by_did(ray: rf.Rayforce, rows: list[Row]) -> None:
    got = rows_of(ray, f"(ungroup (select {{from: {table(rows)} by: k v: v f: f}}))", ("k", "v", "f"))
    assert got == [(k, r[2], r[3]) for k, g in groups_of(rows, lambda r: r[0]).items() for r in g]


@check
@given(tables)
def test_xgroup(ray: rf.Rayforce, rows: list[Row]) -> None:
    ray.eval(f"(do (set d (xgroup {table(rows)} 'j)) 0)")
    groups = list(groups_of(rows, lambda r: r[1]).items())
    assert cells_of(ray, "(key d)") == [j for j, _ in groups]
    for i, (_, group) in enumerate(groups):
        assert rows_of(ray, f"(at (value d) {i})") == group


@check
@given(st.lists(st.tuples(keys, small, small, halves), max_size=20, unique_by=lambda r: r[1]))
def test_xkey(ray: rf.Rayforce, rows: list[Row]) -> None:
    ray.eval(f"(do (set d (xkey {table(rows)} 'j)) 0)")
    assert cells_of(ray, "(key d)") == [r[1] for r in rows]
    for i, r in enumerate(rows):
        ray.eval(f"(do (set row (at (value d) {i})) 0)")
        assert cells_of(ray, "(list (at row 'v) (at row 'f))") == [r[2], r[3]]


@check
@given(tables, tables)
def test_concat_takes_columns_by_name(ray: rf.Rayforce, rows: list[Row], more: list[Row]) -> None:
    turned = f"(xcols {table(more)} [f v j k])"
    assert rows_of(ray, f"(concat {table(rows)} {turned})", COLUMNS) == rows + more
    assert rows_of(ray, f"(union-all {table(rows)} {table(more)})") == rows + more
    assert rows_of(ray, f"(raze (list {table(rows)} {table(more)}))") == rows + more
