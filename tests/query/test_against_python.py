"""Statements over random tables with nulls and repeated keys, against the same in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rayforce as rf

Row = tuple[Any, ...]
COLUMNS = ("k", "j", "v", "f")

keys = st.sampled_from(["a", "b", "c", "d", ""])  # "" is the null symbol
small = st.one_of(st.none(), st.integers(-3, 3))
halves = st.one_of(st.none(), st.integers(-20, 20).map(lambda x: x / 2))  # sums of them are exact
tables = st.lists(st.tuples(keys, small, small, halves), max_size=40)
check = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def integer(x: int | None) -> str:
    return "0N" if x is None else str(x)


def real(x: float | None) -> str:
    return "0Nf" if x is None else repr(float(x))


WRITE: dict[str, Callable[[Any], str]] = {"k": lambda x: f"'{x}", "j": integer, "v": integer, "f": real}
EMPTY = {"k": "(as 'SYM [])", "j": "(as 'I64 [])", "v": "(as 'I64 [])", "f": "(as 'F64 [])"}


def column(name: str, cells: list[Any]) -> str:
    return "[" + " ".join(map(WRITE[name], cells)) + "]" if cells else EMPTY[name]


def table(rows: list[Row]) -> str:
    cells = [column(name, [r[i] for r in rows]) for i, name in enumerate(COLUMNS)]
    return f"(table [{' '.join(COLUMNS)}] (list {' '.join(cells)}))"


def plain(x: Any) -> Any:
    """Nulls of every kind as None, but the null symbol as the empty text."""
    if x is None or x != x:
        return None
    return x if isinstance(x, (int, float)) else str(x)


def rows_of(ray: rf.Rayforce, source: str, names: tuple[str, ...] = COLUMNS) -> list[Row]:
    ray.eval(f"(do (set answer {source}) 0)")
    got = [[plain(x) for x in ray.eval(f"(at answer '{n})").to_list()] for n in names]
    symbols = {i for i, n in enumerate(names) if n == "k"}
    return [tuple("" if x is None and i in symbols else x for i, x in enumerate(r)) for r in zip(*got, strict=True)]


def groups_of(rows: list[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = {}
    for r in rows:
        groups.setdefault(key(r), []).append(r)
    return groups


def present(rows: list[Row], i: int) -> list[Any]:
    return [r[i] for r in rows if r[i] is not None]


def smallest(xs: list[Any]) -> Any:
    return min(xs, default=None)


@check
@given(tables)
def test_group_by(ray: rf.Rayforce, rows: list[Row]) -> None:
    got = rows_of(
        ray, f"(select {{from: {table(rows)} by: [k j] s: (sum v) n: (count v) lo: (min f) at: (first v)}})",
        ("k", "j", "s", "n", "lo", "at"),
    )  # fmt: skip
    want = [
        (k, j, sum(present(g, 2)), len(g), smallest(present(g, 3)), next(iter(present(g, 2)), None))
        for (k, j), g in groups_of(rows, lambda r: r[:2]).items()
    ]
    assert got == want


@check
@given(tables, st.integers(-3, 3))
def test_where_and_aggregates(ray: rf.Rayforce, rows: list[Row], x: int) -> None:
    left = [r for r in rows if r[1] is not None and r[1] > x]
    assert rows_of(ray, f"(select {{from: {table(rows)} where: (> j {x})}})") == left
    outputs = "s: (sum v) t: (sum f) n: (count v) lo: (min v)"
    got = rows_of(ray, f"(select {{from: {table(rows)} where: (> j {x}) {outputs}}})", ("s", "t", "n", "lo"))
    want = [(sum(present(left, 2)), sum(present(left, 3)), len(left), smallest(present(left, 2)))]
    assert got == (want if rows else [])


@check
@given(tables, st.integers(0, 8))
def test_order_and_take(ray: rf.Rayforce, rows: list[Row], n: int) -> None:
    def up(r: Row) -> tuple[bool, int]:
        return (r[1] is not None, r[1] or 0)

    assert rows_of(ray, f"(select {{from: {table(rows)} asc: j take: {n}}})") == sorted(rows, key=up)[:n]
    down = sorted(rows, key=lambda r: (r[1] is None, -(r[1] or 0)))
    assert rows_of(ray, f"(select {{from: {table(rows)} desc: j take: {n}}})") == down[:n]


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


@check
@given(st.lists(st.tuples(keys, st.integers(-3, 3), small, halves), min_size=1, max_size=40))
def test_pivot(ray: rf.Rayforce, rows: list[Row]) -> None:
    columns = list(dict.fromkeys(r[1] for r in rows))
    got = rows_of(ray, f"(pivot {table(rows)} 'k 'j 'v sum)", ("k", *map(str, columns)))
    want = []
    for k, group in groups_of(rows, lambda r: r[0]).items():
        cells = groups_of(group, lambda r: r[1])
        want.append((k, *(sum(present(cells[c], 2)) if c in cells else None for c in columns)))
    assert got == want


@check
@given(tables)
def test_ungroup_takes_back_what_by_did(ray: rf.Rayforce, rows: list[Row]) -> None:
    got = rows_of(ray, f"(ungroup (select {{from: {table(rows)} by: k v: v}}))", ("k", "v"))
    assert got == [(k, r[2]) for k, g in groups_of(rows, lambda r: r[0]).items() for r in g]


@pytest.mark.parametrize("statement", ["(insert 't (list 'x 1))", '(update {from: \'t v: "text"})', "(upsert 't 9 t)"])
def test_what_fails_changes_nothing(ray: rf.Rayforce, statement: str) -> None:
    rows: list[Row] = [("a", 1, 2, 0.5)]
    ray.eval(f"(do (set t {table(rows)}) 0)")
    with pytest.raises(rf.RayforceError):
        ray.eval(statement)
    assert rows_of(ray, "t") == rows
