"""Groups and aggregates over random tables with nulls and repeated keys, against the same in plain Python."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_rows import COLUMNS, Row, check, groups_of, near, present, rows_of, table, tables

import rayforce as rf

Cells = list[Any]


def mean(xs: Cells) -> float | None:
    return sum(xs) / len(xs) if xs else None


def variance(xs: Cells, loses: int) -> float | None:
    if len(xs) <= loses:
        return None
    middle = sum(xs) / len(xs)
    return sum((x - middle) ** 2 for x in xs) / (len(xs) - loses)


def root(x: float | None) -> float | None:
    return None if x is None else math.sqrt(x)


def quantile(xs: Cells, p: float) -> float | None:
    if not xs:
        return None
    xs, at = sorted(xs), p * (len(xs) - 1)
    low = math.floor(at)
    high = min(low + 1, len(xs) - 1)
    return float(xs[low] + (xs[high] - xs[low]) * (at - low))


def mode(xs: Cells) -> Any:
    counts = {x: xs.count(x) for x in xs}  # the first of the most frequent
    return max(counts, key=lambda x: counts[x]) if counts else None


# Of the values that are not null.
ONE: dict[str, Callable[[Cells], Any]] = {
    "sum": sum,
    "prod": lambda xs: math.prod(xs) if xs else None,
    "avg": mean,
    "min": lambda xs: min(xs, default=None),
    "max": lambda xs: max(xs, default=None),
    "first": lambda xs: xs[0] if xs else None,
    "last": lambda xs: xs[-1] if xs else None,
    "med": lambda xs: float(statistics.median(xs)) if xs else None,
    "mode": mode,
    "var_pop": lambda xs: variance(xs, 0),
    "var": lambda xs: variance(xs, 1),
    "dev": lambda xs: root(variance(xs, 0)),
    "dev_pop": lambda xs: root(variance(xs, 0)),
    "stddev_pop": lambda xs: root(variance(xs, 0)),
    "stddev": lambda xs: root(variance(xs, 1)),
    "all": lambda xs: all(x != 0 for x in xs),
    "any": lambda xs: any(x != 0 for x in xs),
}


def covariance(pairs: list[Row], loses: int) -> float | None:
    if len(pairs) <= loses:
        return None
    x, y = (sum(p[i] for p in pairs) / len(pairs) for i in (0, 1))
    return sum((a - x) * (b - y) for a, b in pairs) / (len(pairs) - loses)


def correlation(pairs: list[Row]) -> float | None:
    spread = [variance([p[i] for p in pairs], 0) for i in (0, 1)]
    if not pairs or not spread[0] or not spread[1]:
        return None
    return (covariance(pairs, 0) or 0.0) / math.sqrt(spread[0] * spread[1])


# Of the pairs without a null.
TWO: dict[str, Callable[[list[Row]], Any]] = {
    "wsum": lambda ps: float(sum(w * x for w, x in ps)),
    "wavg": lambda ps: sum(w * x for w, x in ps) / sum(w for w, _ in ps) if sum(w for w, _ in ps) else None,
    "cov": lambda ps: covariance(ps, 0),
    "scov": lambda ps: covariance(ps, 1),
    "pearson_corr": correlation,
}


def typed(name: str, of: str, x: Any) -> Any:
    """What is of the column's type, is so in Python, too."""
    return float(x) if x is not None and of == "f" and not isinstance(x, bool) else x


@pytest.mark.parametrize("of", ["v", "f"])
@pytest.mark.parametrize("name", ONE)
@check
@given(tables)
def test_aggregates_by_group(ray: rf.Rayforce, name: str, of: str, rows: list[Row]) -> None:
    place = COLUMNS.index(of)
    for by, key in (("k", lambda r: r[:1]), ("[k j]", lambda r: r[:2])):
        got = rows_of(ray, f"(select {{from: {table(rows)} by: {by} x: ({name} {of}) n: (count {of})}})",
                      ("k", "j", "x", "n") if by == "[k j]" else ("k", "x", "n"))  # fmt: skip
        want = [(*k, typed(name, of, ONE[name](present(g, place))), len(g)) for k, g in groups_of(rows, key).items()]
        assert near(got, want), (got, want)


@pytest.mark.parametrize("name", TWO)
@check
@given(tables)
def test_aggregates_of_two_columns_by_group(ray: rf.Rayforce, name: str, rows: list[Row]) -> None:
    got = rows_of(ray, f"(select {{from: {table(rows)} by: k x: ({name} j f)}})", ("k", "x"))
    want = []
    for k, g in groups_of(rows, lambda r: r[0]).items():
        pairs = [(r[1], r[3]) for r in g if r[1] is not None and r[3] is not None]
        want.append((k, TWO[name](pairs)))
    assert near(got, want), (got, want)


@check
@given(tables, st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]))
def test_quantiles_by_group(ray: rf.Rayforce, rows: list[Row], p: float) -> None:
    outputs = f"q: (quantile f {p}) c: (percentile f {100 * p}) d: (count (distinct v)) t: (top v 2) b: (bot v 2)"
    got = rows_of(ray, f"(select {{from: {table(rows)} by: k {outputs}}})", ("k", "q", "c", "d"))
    want = []
    for k, g in groups_of(rows, lambda r: r[0]).items():
        q = quantile(present(g, 3), p)
        want.append((k, q, q, len({r[2] for r in g})))
    assert near(got, want), (got, want)
    largest = [[int(x) for x in cell] for cell in ray.eval("(at answer 't)")]
    smallest = [[int(x) for x in cell] for cell in ray.eval("(at answer 'b)")]
    groups = groups_of(rows, lambda r: r[0]).values()
    assert largest == [sorted(present(g, 2), reverse=True)[:2] for g in groups]
    assert smallest == [sorted(present(g, 2))[:2] for g in groups]


@pytest.mark.parametrize("name", ONE)
@check
@given(tables, st.integers(-3, 3))
def test_aggregates_of_what_a_condition_leaves(ray: rf.Rayforce, name: str, rows: list[Row], x: int) -> None:
    left = [r for r in rows if r[1] is not None and r[1] > x]
    got = rows_of(ray, f"(select {{from: {table(rows)} where: (> j {x}) a: ({name} v) b: ({name} f)}})", ("a", "b"))
    want = [tuple(typed(name, of, ONE[name](present(left, i))) for of, i in (("v", 2), ("f", 3)))]
    assert near(got, want if rows else []), (got, want)


@check
@given(tables)
def test_expressions_over_aggregates(ray: rf.Rayforce, rows: list[Row]) -> None:
    outputs = "a: (- (max v) (min v)) b: (+ a (count v)) c: (/ (sum f) (count f)) d: (sum (* v 2))"
    got = rows_of(ray, f"(select {{from: {table(rows)} by: k {outputs}}})", ("k", "a", "b", "c", "d"))
    want = []
    for k, g in groups_of(rows, lambda r: r[0]).items():
        vs = present(g, 2)
        a = max(vs) - min(vs) if vs else None
        want.append((k, a, None if a is None else a + len(g), sum(present(g, 3)) / len(g), 2 * sum(vs)))
    assert near(got, want), (got, want)


@check
@given(tables)
def test_computed_keys(ray: rf.Rayforce, rows: list[Row]) -> None:
    got = rows_of(ray, f"(select {{from: {table(rows)} by: {{g: (> v 0) h: (+ j 1)}} n: (count v)}})", ("g", "h", "n"))
    groups = groups_of(rows, lambda r: (r[2] is not None and r[2] > 0, None if r[1] is None else r[1] + 1))
    assert got == [(*key, len(g)) for key, g in groups.items()]


@check
@given(tables)
def test_rows_of_groups(ray: rf.Rayforce, rows: list[Row]) -> None:
    """Columns, running functions and rows beside an aggregate of their group: one list a group."""
    outputs = "a: v b: (sums v) c: (- f (avg f)) d: (reverse v)"
    ray.eval(f"(do (set answer (select {{from: {table(rows)} by: k {outputs}}})) 0)")
    groups = list(groups_of(rows, lambda r: r[0]).values())

    def cells(name: str) -> list[list[Any]]:
        return [[None if x is None or x != x else x for x in c.to_list()] for c in ray.eval(f"(at answer '{name})")]

    assert cells("a") == [[r[2] for r in g] for g in groups]
    assert cells("d") == [[r[2] for r in reversed(g)] for g in groups]
    for name, index in (("b", 2), ("c", 3)):
        for got, g in zip(cells(name), groups, strict=True):
            total, want = 0, []
            middle = mean(present(g, 3))
            for r in g:
                total += r[2] or 0
                want.append(total if index == 2 else None if r[3] is None or middle is None else r[3] - middle)
            assert near([tuple(got)], [tuple(want)]), (name, got, want)


@check
@given(tables)
def test_the_first_row_of_each_group(ray: rf.Rayforce, rows: list[Row]) -> None:
    got = rows_of(ray, f"(select {{from: {table(rows)} by: j}})", ("j", "k", "v", "f"))
    want = [(j, g[0][0], g[0][2], g[0][3]) for j, g in groups_of(rows, lambda r: r[1]).items()]
    assert got == want
