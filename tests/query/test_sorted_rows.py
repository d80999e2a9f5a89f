"""Sorts, distinct rows, takes and windows of random tables, against the same in plain Python."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_rows import COLUMNS, Row, check, groups_of, rows_of, table, tables, up

import rayforce as rf

orders = st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=3, unique=True)


def in_order(rows: list[Row], names: list[str], down: bool) -> list[Row]:
    """Stable, also downwards; the first name is the major one."""
    places = [COLUMNS.index(n) for n in names]
    return sorted(rows, key=lambda r: tuple(up(r[i]) for i in places), reverse=down)


@check
@given(tables, orders)
def test_xasc_and_xdesc(ray: rf.Rayforce, rows: list[Row], names: list[str]) -> None:
    for verb, down in (("xasc", False), ("xdesc", True)):
        assert rows_of(ray, f"({verb} {table(rows)} [{' '.join(names)}])") == in_order(rows, names, down)


@check
@given(tables, orders, st.lists(st.booleans(), min_size=3, max_size=3), st.integers(-8, 8))
def test_clauses_sort_each_in_its_direction(
    ray: rf.Rayforce, rows: list[Row], names: list[str], down: list[bool], n: int
) -> None:
    want = list(rows)
    for name, falling in reversed(list(zip(names, down, strict=False))):
        want = in_order(want, [name], falling)
    clauses = " ".join(f"{'desc' if d else 'asc'}: {name}" for name, d in zip(names, down, strict=False))
    assert rows_of(ray, f"(select {{from: {table(rows)} {clauses}}})") == want
    taken = want[:n] if n >= 0 else want[n:]
    assert rows_of(ray, f"(select {{from: {table(rows)} {clauses} take: {n}}})") == taken


@check
@given(tables, st.sampled_from(["k", "j", "v", "f"]))
def test_the_order_of_a_column(ray: rf.Rayforce, rows: list[Row], name: str) -> None:
    place = COLUMNS.index(name)
    numbers = [r[place] for r in rows]
    rising = sorted(range(len(rows)), key=lambda i: up(numbers[i]))
    falling = sorted(range(len(rows)), key=lambda i: up(numbers[i]), reverse=True)
    assert ray.eval(f"(iasc (at {table(rows)} '{name}))").to_list() == rising
    assert ray.eval(f"(idesc (at {table(rows)} '{name}))").to_list() == falling


@check
@given(tables, st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=4, unique=True))
def test_distinct_rows(ray: rf.Rayforce, rows: list[Row], names: list[str]) -> None:
    places = [COLUMNS.index(n) for n in names]
    want = list(dict.fromkeys(tuple(r[i] for i in places) for r in rows))
    assert rows_of(ray, f"(distinct (xcols {table(rows)} [{' '.join(names)}]))", names) == want


FRAMES: dict[str, Any] = {"'whole": None, "'running": 0, "1": 1, "3": 3}


@pytest.mark.parametrize("frame", FRAMES)
@check
@given(tables)
def test_windows(ray: rf.Rayforce, frame: str, rows: list[Row]) -> None:
    """Aggregates over a frame of each row's partition, in the order of v."""
    outputs = "s: (sum j) n: (count j) lo: (min f) hi: (max f) at: (first j) end: (last j)"
    source = f"(window {{from: {table(rows)} part: [k] order: [v] frame: {frame} funcs: {{{outputs}}}}})"
    want: list[Any] = [None] * len(rows)
    for group in groups_of([(*r, i) for i, r in enumerate(rows)], lambda r: r[0]).values():
        group = sorted(group, key=lambda r: up(r[2]))
        for at, r in enumerate(group):
            size = FRAMES[frame]
            seen = group if size is None else group[: at + 1] if size == 0 else group[max(0, at + 1 - size) : at + 1]
            fs = [x[3] for x in seen if x[3] is not None]
            total = sum(x[1] for x in seen if x[1] is not None)
            ends = (min(fs, default=None), max(fs, default=None))
            want[r[4]] = (total, len(seen), *ends, seen[0][1], seen[-1][1])
    assert rows_of(ray, source, ("s", "n", "lo", "hi", "at", "end")) == want
