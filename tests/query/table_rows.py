"""Random tables as lists of rows in plain Python, their source in the language, and answers as rows again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import rayforce as rf

Row = tuple[Any, ...]
COLUMNS = ("k", "j", "v", "f")  # a symbol, two integers, a double

keys = st.sampled_from(["a", "b", "c", "d", ""])  # "" is the null symbol
small = st.one_of(st.none(), st.integers(-3, 3))
halves = st.one_of(st.none(), st.integers(-20, 20).map(lambda x: x / 2))  # sums of them are exact
tables = st.lists(st.tuples(keys, small, small, halves), max_size=40)
check = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def integer(x: int | None) -> str:
    return "0N" if x is None else str(x)


def real(x: float | None) -> str:
    return "0Nf" if x is None else repr(float(x))


# By the place of a column.
WRITE: tuple[Callable[[Any], str], ...] = (lambda x: f"'{x}", integer, integer, real)
EMPTY = ("(as 'SYM [])", "(as 'I64 [])", "(as 'I64 [])", "(as 'F64 [])")


def column(place: int, cells: list[Any]) -> str:
    return "[" + " ".join(map(WRITE[place], cells)) + "]" if cells else EMPTY[place]


def table(rows: list[Row], names: tuple[str, ...] = COLUMNS) -> str:
    cells = [column(i, [r[i] for r in rows]) for i in range(4)]
    return f"(table [{' '.join(names)}] (list {' '.join(cells)}))"


def plain(x: Any) -> Any:
    """Nulls of every kind as None, but the null symbol as the empty text."""
    if x is None or x != x:
        return None
    return x if isinstance(x, (int, float)) else str(x)


def cells_of(ray: rf.Rayforce, source: str) -> list[Any]:
    return [plain(x) for x in ray.eval(source).to_list()]


def rows_of(
    ray: rf.Rayforce, source: str, names: Iterable[str] = COLUMNS, symbols: tuple[str, ...] = ("k",)
) -> list[Row]:
    """The rows of an answer, cut to these columns; null symbols are empty texts."""
    ray.eval(f"(do (set answer {source}) 0)")
    names = tuple(names)
    got = [cells_of(ray, f"(at answer '{n})") for n in names]
    places = {i for i, n in enumerate(names) if n in symbols}
    return [tuple("" if x is None and i in places else x for i, x in enumerate(r)) for r in zip(*got, strict=True)]


def groups_of(rows: list[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    """In the order of their first appearance."""
    groups: dict[Any, list[Row]] = {}
    for r in rows:
        groups.setdefault(key(r), []).append(r)
    return groups


def present(rows: list[Row], i: int) -> list[Any]:
    return [r[i] for r in rows if r[i] is not None]


def up(x: Any) -> tuple[bool, Any]:
    """What to sort by: nulls are smallest."""
    return (x is not None, 0 if x is None else x)


def near(got: list[Row], want: list[Row]) -> bool:
    """The same rows, floats but for the last digits."""

    def same(a: Any, b: Any) -> bool:
        if isinstance(a, float) and isinstance(b, float):
            return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
        return type(a) is type(b) and a == b

    return len(got) == len(want) and all(
        len(g) == len(w) and all(map(same, g, w)) for g, w in zip(got, want, strict=True)
    )
