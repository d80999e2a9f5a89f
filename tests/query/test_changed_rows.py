"""Changes of random tables with nulls and repeated keys, against the same in plain Python."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_rows import COLUMNS, Row, check, groups_of, present, rows_of, table, tables

import rayforce as rf


@check
@given(tables, st.integers(-3, 3))
def test_update_where(ray: rf.Rayforce, rows: list[Row], x: int) -> None:
    """A null is smaller than every number."""
    got = rows_of(ray, f"(update {{from: {table(rows)} v: (+ v 1) where: (< j {x})}})")
    want = [(k, j, v + 1 if v is not None and (j is None or j < x) else v, f) for k, j, v, f in rows]
    assert got == want


@check
@given(tables)
def test_update_by(ray: rf.Rayforce, rows: list[Row]) -> None:
    got = rows_of(ray, f"(update {{from: {table(rows)} t: (sum v) p: (lag v) by: k}})", (*COLUMNS, "t", "p"))
    groups, want = groups_of(rows, lambda r: r[0]), []
    before: dict[str, Any] = {}
    for r in rows:
        want.append((*r, sum(present(groups[r[0]], 2)), before.get(r[0])))
        before[r[0]] = r[2]
    assert got == want


@check
@given(tables, st.integers(-3, 3))
def test_delete(ray: rf.Rayforce, rows: list[Row], x: int) -> None:
    got = rows_of(ray, f"(delete {{from: {table(rows)} where: (<= v {x})}})")
    assert got == [r for r in rows if r[2] is not None and r[2] > x]


@check
@given(tables, tables, st.booleans())
def test_insert(ray: rf.Rayforce, rows: list[Row], more: list[Row], in_place: bool) -> None:
    ray.eval(f"(do (set t {table(rows)}) (set u t) 0)")
    if in_place:
        ray.eval(f"(do (insert 't {table(more)}) 0)")
        assert rows_of(ray, "t") == rows + more
    else:
        assert rows_of(ray, f"(insert t {table(more)})") == rows + more
    assert rows_of(ray, "u") == rows


@check
@given(tables, tables, st.sampled_from([1, 2]), st.booleans())
def test_upsert(ray: rf.Rayforce, rows: list[Row], more: list[Row], n: int, in_place: bool) -> None:
    want = list(rows)
    for r in more:
        at = next((i for i, w in enumerate(want) if w[:n] == r[:n]), None)
        if at is None:
            want.append(r)
        else:
            want[at] = r
    ray.eval(f"(do (set t {table(rows)}) (set u t) 0)")
    if in_place:
        ray.eval(f"(do (upsert 't {n} {table(more)}) 0)")
        assert rows_of(ray, "t") == want
    else:
        assert rows_of(ray, f"(upsert t {n} {table(more)})") == want
    assert rows_of(ray, "u") == rows


@pytest.mark.parametrize("statement", ["(insert 't (list 'x 1))", '(update {from: \'t v: "text"})', "(upsert 't 9 t)"])
def test_what_fails_changes_nothing(ray: rf.Rayforce, statement: str) -> None:
    rows: list[Row] = [("a", 1, 2, 0.5)]
    ray.eval(f"(do (set t {table(rows)}) 0)")
    with pytest.raises(rf.RayforceError):
        ray.eval(statement)
    assert rows_of(ray, "t") == rows
