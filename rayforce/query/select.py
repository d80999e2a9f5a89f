"""Queries that read: select, joins, pivot."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Self

from ..types import Name, Vector
from ._names import near
from .base import Query, known_columns, session_of, tree_of
from .column import Column, Computed, TableColumnInterval, conditions, constant

CLAUSES = frozenset({"from", "where", "by", "asc", "desc", "take"})


class SelectQuery(Query):
    """`table.where(...).select(...).by(...).order_by(...).limit(...)`, in any order."""

    def __init__(self, table: Any) -> None:
        self.table = table
        self._where: list[Computed] = []
        self._outputs: dict[str, Any] = {}
        self._keys: dict[str, Any] = {}
        self._order: list[tuple[str, bool]] = []
        self._take: tuple[int, int] | None = None
        self._around: str | None = None

    @property
    def session(self) -> Any:
        return session_of(self.table)

    def _again(self, *, on_rows: bool) -> Self:
        """A copy to add to; over the result of this one if its rows are settled already."""
        settled = self._around is not None or (on_rows and (self._take is not None or bool(self._order)))
        return type(self)(self) if settled else self._copied()

    def _copied(self) -> Self:
        out = copy.copy(self)
        out._where, out._order = list(self._where), list(self._order)
        out._outputs, out._keys = dict(self._outputs), dict(self._keys)
        return out

    def _checked(self, x: Computed) -> Computed:
        known = known_columns(self.table)
        if known is not None:
            for name in x.names():
                if name not in self._outputs and name not in self._keys:
                    near(name, known)
        return x

    def _named(self, columns: tuple[Any, ...], computed: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for x in columns:
            column = Column(x) if isinstance(x, str) else x
            if not isinstance(column, Computed):
                raise TypeError(f"{x!r} is no column; expected a name, a Column or an expression with an alias")
            name = column.output
            if name is None:
                raise TypeError(f"{column!r} needs a name: .alias('name'), or name=...")
            out[name] = self._checked(column)
        for name, x in computed.items():
            out[name] = self._checked(x) if isinstance(x, Computed) else x
        for name in out:
            if name in CLAUSES:
                raise ValueError(f"a column cannot be called {name!r} here, that is a clause; rename it")
        return out

    def select(self, *columns: Any, **computed: Any) -> Self:
        """These columns, and computed ones."""
        out = self._again(on_rows=True)
        out._outputs.update(out._named(columns, computed))
        return out

    def where(self, *items: Any) -> Self:
        """Rows for which all conditions hold: of what comes in, or of the result where they look at something computed
        or come after limit() or order_by()."""
        computed = {n for n, x in (self._outputs | self._keys).items() if not (isinstance(x, Column) and x.name == n)}
        late = any(name in computed for x in conditions(items) for name in x.names())
        out = type(self)(self) if late else self._again(on_rows=True)
        out._where += [out._checked(x) for x in conditions(items)]
        return out

    def by(self, *columns: Any, **computed: Any) -> Self:
        """A row for each group."""
        out = self._again(on_rows=True)
        out._keys.update(out._named(columns, computed))
        return out

    def order_by(self, *columns: Any, desc: bool = False) -> Self:
        """Sorted by columns of the result, the first one being the major key."""
        out = type(self)(self) if self._take is not None or self._around is not None else self._copied()
        for x in columns:
            name = x.name if isinstance(x, Column) else x
            if not isinstance(name, str):
                raise TypeError(f"{x!r}: rows are sorted by columns of the result; give it a name in select()")
            out._order.append((name, desc))
        return out

    def limit(self, n: int, offset: int = 0) -> Self:
        """At most n rows, from an offset on."""
        for x in (n, offset):
            if isinstance(x, bool) or not isinstance(x, int) or x < 0:
                raise ValueError(f"limit({n!r}, {offset!r}): expected numbers from 0 up")
        out = type(self)(self) if self._take is not None or self._around is not None else self._copied()
        out._take = (n, offset)
        return out

    def distinct(self) -> Self:
        """Each row once."""
        return self._wrapped("distinct")

    def ungroup(self) -> Self:
        """Columns of lists as rows."""
        return self._wrapped("ungroup")

    def _wrapped(self, verb: str) -> Self:
        out = type(self)(self) if self._around is not None else self._copied()
        out._around = verb
        return out

    def tree(self) -> Any:
        inner = self._select()
        return inner if self._around is None else (Name(self._around), inner)

    def _select(self) -> Any:
        clauses: dict[str, Any] = {"from": tree_of(self.table)}
        if self._where:
            parts = [x.tree() for x in self._where]
            clauses["where"] = parts[0] if len(parts) == 1 else (Name("and"), *parts)
        if self._keys:
            clauses["by"] = _keys(self._keys)
        outputs = {name: _output(x) for name, x in self._outputs.items()}
        order = _order(self._order)
        late = (
            self._order
            and not self._keys
            and any(name in outputs and outputs[name] != Name(name) for name, _ in self._order)
        )
        clauses |= outputs
        if late:  # of the result, where the clause would sort what comes in
            clauses = {"from": (Name("select"), clauses)}
        clauses |= order
        if self._take is not None:
            n, offset = self._take
            clauses["take"] = Vector([offset, n]) if offset else n
        if len(clauses) == 1 and self._around is not None:
            return clauses["from"]
        return (Name("select"), clauses)


def _output(x: Any) -> Any:
    return x.tree() if isinstance(x, Computed) else constant(x)


def _keys(keys: dict[str, Any]) -> Any:
    trees = {name: _output(x) for name, x in keys.items()}
    if all(tree == Name(name) and isinstance(tree, Name) for name, tree in trees.items()):
        names = list(trees)
        return Name(names[0]) if len(names) == 1 else Vector(names)
    return trees


def _order(order: list[tuple[str, bool]]) -> dict[str, Any]:
    """Clauses for runs of columns in one direction; a direction has one clause."""
    out: dict[str, list[str]] = {}
    for name, desc in order:
        word = "desc" if desc else "asc"
        if word in out and next(reversed(out)) != word:
            raise NotImplementedError("order_by: asc, desc and asc again; sort twice, the minor key first")
        out.setdefault(word, []).append(name)
    return {word: Name(names[0]) if len(names) == 1 else Vector(names) for word, names in out.items()}


def key_names(on: Any, known: list[Any]) -> list[str]:
    """Names to join on, which the tables have as far as that is known."""
    names = [on] if isinstance(on, str) else list(on)
    if not names or not all(isinstance(n, str) for n in names):
        raise TypeError(f"on={on!r}: expected a name or a list of names")
    for table in known:
        columns = known_columns(table)
        for name in names if columns is not None else ():
            near(name, columns or ())
    return names


class JoinQuery(Query):
    """Two tables by their keys."""

    def __init__(self, verb: str, left: Any, right: Any, on: Any) -> None:
        self.verb, self.left, self.right = verb, left, right
        self.on = key_names(on, [left, right])

    @property
    def session(self) -> Any:
        return session_of(self.left, self.right)

    def tree(self) -> Any:
        return (Name(self.verb), Vector(self.on), tree_of(self.left), tree_of(self.right))


class WindowJoinQuery(Query):
    """Aggregates of right rows around each left row."""

    def __init__(
        self, verb: str, left: Any, right: Any, on: list[str], interval: Any, aggregations: Mapping[str, Any]
    ) -> None:
        if isinstance(right, list | tuple):
            if len(right) != 1:
                raise NotImplementedError(f"{verb} with {len(right)} tables; join one after the other")
            right = right[0]
        if not isinstance(interval, TableColumnInterval):
            raise TypeError(f"interval={interval!r}: expected Column('time').window(from, to)")
        self.verb, self.left, self.right, self.interval = verb, left, right, interval
        self.on = key_names(on, [left, right])
        self.aggregations = dict(aggregations)
        for name, x in self.aggregations.items():
            if not isinstance(x, Computed):
                raise TypeError(f"{name}={x!r}: expected an aggregate of a column, as in Column('price').max()")

    @property
    def session(self) -> Any:
        return session_of(self.left, self.right)

    def tree(self) -> Any:
        left = tree_of(self.left)
        bounds = Vector([self.interval.lower, self.interval.upper])
        around = (Name("map-left"), Name("+"), bounds, (Name("at"), left, self.interval.name))
        outputs = {name: x.tree() for name, x in self.aggregations.items()}
        return (Name(self.verb), Vector(self.on), around, left, tree_of(self.right), outputs)


class PivotQuery(Query):
    """Long to wide."""

    def __init__(self, table: Any, index: Any, columns: str, values: str, aggfunc: str) -> None:
        self.table = table
        self.index = key_names(index, [table])
        key_names([columns, values], [table])
        self.pivoted, self.values_of, self.aggfunc = columns, values, aggfunc

    @property
    def session(self) -> Any:
        return session_of(self.table)

    def tree(self) -> Any:
        index = Vector(self.index)
        verb = {"mean": "avg", "median": "med"}.get(self.aggfunc, self.aggfunc)
        return (Name("pivot"), tree_of(self.table), index, self.pivoted, self.values_of, Name(verb))
