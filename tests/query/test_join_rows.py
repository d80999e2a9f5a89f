"""Joins of random tables with nulls and repeated keys, against the same in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_rows import Row, check, keys, rows_of, small, table, tables, up

import rayforce as rf

LEFT, RIGHT = ("k", "j", "v", "f"), ("k", "j", "x", "y")
ON = [("k",), ("j",), ("k", "j"), ("j", "k")]


def key_of(on: tuple[str, ...]) -> Callable[[Row], Row]:
    places = [LEFT.index(n) for n in on]
    return lambda r: tuple(r[i] for i in places)


def tail(r: Row | None, on: tuple[str, ...]) -> Row:
    """A right row without its keys; of no row the nulls."""
    names = [n for n in RIGHT if n not in on]
    return tuple(("" if n == "k" else None) if r is None else r[RIGHT.index(n)] for n in names)


def equi(left: list[Row], right: list[Row], on: tuple[str, ...], keep: bool) -> list[Row]:
    key, out = key_of(on), []
    for a in left:
        matches = [b for b in reversed(right) if key(a) == key(b)]
        out += [(*a, *tail(b, on)) for b in matches] or ([(*a, *tail(None, on))] if keep else [])
    return out


def full(left: list[Row], right: list[Row], on: tuple[str, ...]) -> list[Row]:
    key, out = key_of(on), equi(left, right, on, True)
    known = {key(a) for a in left}
    for b in right:
        if key(b) not in known:
            of = dict(zip(on, key(b), strict=True))
            own = tuple(of.get(n, "" if n == "k" else None) for n in LEFT)
            out.append((*own, *tail(b, on)))
    return out


def joined(ray: rf.Rayforce, verb: str, left: list[Row], right: list[Row], on: tuple[str, ...]) -> list[Row]:
    """All columns, renamed so that none is called like another."""
    extra = [n for n in RIGHT if n not in on]
    names = [*LEFT, *(f"r{n}" for n in extra)]
    source = f"(xcol ({verb} [{' '.join(on)}] {table(left, LEFT)} {table(right, RIGHT)}) [{' '.join(names)}])"
    return rows_of(ray, source, names, ("k", "rk"))


@pytest.mark.parametrize("on", ON)
@check
@given(tables, tables)
def test_inner_left_full_and_anti(ray: rf.Rayforce, on: tuple[str, ...], left: list[Row], right: list[Row]) -> None:
    assert joined(ray, "inner-join", left, right, on) == equi(left, right, on, False)
    assert joined(ray, "left-join", left, right, on) == equi(left, right, on, True)
    assert joined(ray, "full-join", left, right, on) == full(left, right, on)
    known = {key_of(on)(b) for b in right}
    anti = f"(anti-join [{' '.join(on)}] {table(left, LEFT)} {table(right, RIGHT)})"
    assert rows_of(ray, anti) == [a for a in left if key_of(on)(a) not in known]


# ---- as-of -----------------------------------------------------------------------------------------------------------


def last_before(a: Row, right: list[Row], equal: list[int]) -> Row | None:
    """The row with the greatest time at or before that of a, the last of several; a null is never equal to anything."""
    if a[2] is None or any(a[i] in (None, "") for i in equal):
        return None
    found = [
        (b[2], i) for i, b in enumerate(right) if b[2] is not None and b[2] <= a[2] and all(b[j] == a[j] for j in equal)
    ]
    return right[max(found)[1]] if found else None


@pytest.mark.parametrize("equal", [(), (0,), (1,), (0, 1)])
@check
@given(tables, tables)
def test_asof(ray: rf.Rayforce, equal: tuple[int, ...], left: list[Row], right: list[Row]) -> None:
    names = ("k", "j", "v", "f")
    on = [*(names[i] for i in equal), "v"]
    rest = [i for i, n in enumerate(names) if n not in on]
    columns = [*names, *(f"r{names[i]}" for i in rest)]
    source = f"(xcol (asof-join [{' '.join(on)}] {table(left)} {table(right)}) [{' '.join(columns)}])"
    want = []
    for a in left:
        b = last_before(a, right, list(equal))
        want.append((*a, *(("" if i == 0 else None) if b is None else b[i] for i in rest)))
    assert rows_of(ray, source, columns, ("k", "rk")) == want


# ---- windows ---------------------------------------------------------------------------------------------------------

AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {
    "sum": sum,
    "min": lambda xs: min(xs, default=None),
    "max": lambda xs: max(xs, default=None),
    "first": lambda xs: xs[0] if xs else None,
    "last": lambda xs: xs[-1] if xs else None,
    "avg": lambda xs: sum(xs) / len(xs) if xs else None,
}
intervals = st.tuples(st.integers(-4, 4), st.integers(0, 4))


def window(a: Row, right: list[Row], low: int, high: int, prevailing: bool) -> list[Row]:
    """The rows around a time, which is j: from `low` on or from the row in force then, until `high`."""
    alike = sorted((b for b in right if b[0] == a[0]), key=lambda b: up(b[1]))
    after = [i for i, b in enumerate(alike) if b[1] is not None and b[1] >= low]
    start = after[0] if after else len(alike)
    if prevailing:
        before = [i for i, b in enumerate(alike) if b[1] is None or b[1] <= low]
        start = before[-1] if before else 0
    out = []
    for b in alike[start:]:
        if b[1] is not None and b[1] > high:
            break
        out.append(b)
    return out


@pytest.mark.parametrize("verb", ["window-join", "window-join1"])
@check
@given(st.lists(st.tuples(keys, small, small, st.none(), intervals), max_size=20), tables)
def test_window_joins(ray: rf.Rayforce, verb: str, rows: list[Row], right: list[Row]) -> None:
    left = [r[:4] for r in rows]
    bounds = [(low, low + size) for low, size in (r[4] for r in rows)]
    lows, highs = ("[" + " ".join(str(b[i]) for b in bounds) + "]" for i in (0, 1))
    outputs = " ".join(f"o{name}: ({name} x)" for name in AGGREGATES) + " n: (count x)"
    names = [*(f"o{name}" for name in AGGREGATES), "n"]
    source = f"({verb} [k j] (list {lows} {highs}) {table(left, LEFT)} {table(right, RIGHT)} {{{outputs}}})"
    want = []
    for a, (low, high) in zip(left, bounds, strict=True):
        found = window(a, right, low, high, verb == "window-join")
        cells = [b[2] for b in found if b[2] is not None]
        want.append((*(f(cells) for f in AGGREGATES.values()), len(found)))
    assert rows_of(ray, source, names) == want
