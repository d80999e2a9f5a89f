"""Columns and what is computed from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from .._ext import core
from ..types import Name, String, Vector, dtype_code
from ._names import near
from .operations import AGGREGATES, COMPARISONS, Operation
from .source import text_of, value_of


class Computed:
    """What columns and expressions have in common: operators and methods that make expressions."""

    __hash__ = None  # type: ignore[assignment]

    def tree(self) -> Any:
        raise NotImplementedError

    def names(self) -> Iterator[str]:
        """The columns that are looked at."""
        raise NotImplementedError

    def is_aggregate(self) -> bool:
        return False

    @property
    def source(self) -> str:
        """The text of the language."""
        return text_of(self.tree())

    @property
    def output(self) -> str | None:
        """What a column with this in it is called; None if nothing says."""
        return None

    def message(self) -> Any:
        """The value that is sent."""
        return value_of(self.tree())

    def execute(self, session: Any = None) -> Any:
        """Evaluated in an engine or server, by default in the default engine."""
        message = self.message()
        if session is not None:
            return session.execute(message)
        return core.default_runtime().evaluate(message, (), None, False, core.convert_flags(False, "symbol"))

    def __bool__(self) -> NoReturn:
        raise TypeError("an expression has no truth value; join conditions by & | ~ instead of and, or, not")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.source})"

    def _op(self, op: Operation, *others: Any) -> Expression:
        return Expression(op, self, *others)

    def __add__(self, other: Any) -> Expression:
        return self._op(Operation.ADD, other)

    def __radd__(self, other: Any) -> Expression:
        return Expression(Operation.ADD, other, self)

    def __sub__(self, other: Any) -> Expression:
        return self._op(Operation.SUBTRACT, other)

    def __rsub__(self, other: Any) -> Expression:
        return Expression(Operation.SUBTRACT, other, self)

    def __mul__(self, other: Any) -> Expression:
        return self._op(Operation.MULTIPLY, other)

    def __rmul__(self, other: Any) -> Expression:
        return Expression(Operation.MULTIPLY, other, self)

    def __truediv__(self, other: Any) -> Expression:
        return self._op(Operation.DIVIDE, other)

    def __rtruediv__(self, other: Any) -> Expression:
        return Expression(Operation.DIVIDE, other, self)

    def __floordiv__(self, other: Any) -> Expression:
        return self._op(Operation.DIV_INT, other)

    def __rfloordiv__(self, other: Any) -> Expression:
        return Expression(Operation.DIV_INT, other, self)

    def __mod__(self, other: Any) -> Expression:
        return self._op(Operation.MODULO, other)

    def __rmod__(self, other: Any) -> Expression:
        return Expression(Operation.MODULO, other, self)

    def __pow__(self, other: Any) -> Expression:
        return self._op(Operation.POWER, other)

    def __neg__(self) -> Expression:
        return self._op(Operation.NEGATE)

    def __abs__(self) -> Expression:
        return self._op(Operation.ABS)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return self._op(Operation.EQUALS, other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return self._op(Operation.NOT_EQUALS, other)

    def __lt__(self, other: Any) -> Expression:
        return self._op(Operation.LESS_THAN, other)

    def __le__(self, other: Any) -> Expression:
        return self._op(Operation.LESS_EQUAL, other)

    def __gt__(self, other: Any) -> Expression:
        return self._op(Operation.GREATER_THAN, other)

    def __ge__(self, other: Any) -> Expression:
        return self._op(Operation.GREATER_EQUAL, other)

    def __and__(self, other: Any) -> Expression:
        return self._op(Operation.AND, other)

    def __rand__(self, other: Any) -> Expression:
        return Expression(Operation.AND, other, self)

    def __or__(self, other: Any) -> Expression:
        return self._op(Operation.OR, other)

    def __ror__(self, other: Any) -> Expression:
        return Expression(Operation.OR, other, self)

    def __invert__(self) -> Expression:
        return self._op(Operation.NOT)

    # ---- aggregates

    def count(self) -> Expression:
        return self._op(Operation.COUNT)

    def sum(self) -> Expression:
        return self._op(Operation.SUM)

    def mean(self) -> Expression:
        return self._op(Operation.AVG)

    avg = mean

    def first(self) -> Expression:
        return self._op(Operation.FIRST)

    def last(self) -> Expression:
        return self._op(Operation.LAST)

    def min(self) -> Expression:
        return self._op(Operation.MIN)

    def max(self) -> Expression:
        return self._op(Operation.MAX)

    def median(self) -> Expression:
        return self._op(Operation.MEDIAN)

    def deviation(self) -> Expression:
        """Of a population."""
        return self._op(Operation.DEVIATION)

    def std(self) -> Expression:
        """Of a sample."""
        return self._op(Operation.STD)

    def var(self) -> Expression:
        """Of a sample."""
        return self._op(Operation.VAR)

    def pearson_corr(self, other: Any) -> Expression:
        return self._op(Operation.PEARSON_CORR, other)

    # ---- whole columns

    def distinct(self) -> Expression:
        return self._op(Operation.DISTINCT)

    def top(self, n: int) -> Expression:
        return self._op(Operation.TOP, n)

    def bot(self, n: int) -> Expression:
        return self._op(Operation.BOT, n)

    def rank(self) -> Expression:
        return self._op(Operation.RANK)

    def deltas(self) -> Expression:
        return self._op(Operation.DELTAS)

    def prev(self) -> Expression:
        return self._op(Operation.PREV)

    def next(self) -> Expression:
        return self._op(Operation.NEXT)

    def fills(self) -> Expression:
        return self._op(Operation.FILLS)

    def mavg(self, width: int) -> Expression:
        return Expression(Operation.MAVG, width, self)

    def msum(self, width: int) -> Expression:
        return Expression(Operation.MSUM, width, self)

    def mmin(self, width: int) -> Expression:
        return Expression(Operation.MMIN, width, self)

    def mmax(self, width: int) -> Expression:
        return Expression(Operation.MMAX, width, self)

    # ---- element by element

    def xbar(self, width: Any) -> Expression:
        return self._op(Operation.XBAR, width)

    def round(self) -> Expression:
        return self._op(Operation.ROUND)

    def floor(self) -> Expression:
        return self._op(Operation.FLOOR)

    def ceil(self) -> Expression:
        return self._op(Operation.CEIL)

    def fill_null(self, value: Any) -> Expression:
        return Expression(Operation.FILL, value, self)

    def within(self, low: Any, high: Any) -> Expression:
        """Between both, bounds included?"""
        return self._op(Operation.WITHIN, Vector([low, high]))

    between = within

    def like(self, pattern: str) -> Expression:
        """Does all of the text match? * any characters, ? one, [abc] one of a set."""
        return self._op(Operation.LIKE, String(pattern))

    def isin(self, values: Any) -> Expression:
        return self._op(Operation.IN, values if isinstance(values, Computed | Vector) else Vector(list(values)))

    def is_(self, value: Any) -> Expression:
        return self.is_null() if value is None else self == value

    def is_null(self) -> Expression:
        return self._op(Operation.IS_NULL)

    def shift_tz(self, offset: dt.timedelta | dt.timezone | str) -> Expression:
        """Timestamps by the wall clock of a fixed offset from UTC: a timedelta, a timezone, or `+02:00`."""
        if isinstance(offset, str):
            offset = dt.datetime.strptime(offset, "%z").tzinfo or offset  # type: ignore[assignment]
        if isinstance(offset, dt.tzinfo):
            found = offset.utcoffset(None)
            if found is None:
                raise NotImplementedError(f"{offset} has no fixed offset from UTC")
            offset = found
        if not isinstance(offset, dt.timedelta):
            raise TypeError(f"{offset!r}: expected a timedelta, a timezone, or text like '+02:00'")
        return self._op(Operation.ADD, (offset // dt.timedelta(microseconds=1)) * 1000)

    def cast(self, dtype: Any) -> Expression:
        """As the language's `as` does."""
        return Expression(Operation.CAST, Tree(core.type_name(dtype_code(dtype))), self)

    def where(self, condition: Any) -> Expression:
        """Null where the condition does not hold, so that aggregates leave those rows out."""
        return Expression(Operation.IF, condition, self, None)

    def alias(self, name: str) -> Expression:
        """Called so in the result."""
        out = self if isinstance(self, Expression) else Expression._of(self)
        return out._named(name)


class Tree(Computed):
    """Part of a tree as it is."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree

    def tree(self) -> Any:
        return self._tree

    def names(self) -> Iterator[str]:
        return iter(())


class Column(Computed):
    """A column by name: `Column("price") * 2`. With a table, the name is looked up there."""

    def __init__(self, name: str, table: Any = None) -> None:
        if not isinstance(name, str) or not name:
            raise TypeError(f"{name!r} is no name of a column")
        if table is not None:
            near(name, table.columns)
        self.name = str(name)

    def tree(self) -> Any:
        return Name(self.name)

    def names(self) -> Iterator[str]:
        yield self.name

    @property
    def output(self) -> str | None:
        return self.name

    def window(self, lower: Any, upper: Any) -> TableColumnInterval:
        """For window joins: from `lower` to `upper` around each value."""
        return TableColumnInterval(self.name, lower, upper)

    def __repr__(self) -> str:
        return f"Column({self.name!r})"


class TableColumnInterval:
    """Around each value of a column of the left table."""

    def __init__(self, name: str, lower: Any, upper: Any) -> None:
        self.name, self.lower, self.upper = name, lower, upper

    def __repr__(self) -> str:
        return f"Column({self.name!r}).window({self.lower!r}, {self.upper!r})"


class Expression(Computed):
    """A verb, or the name of a function, and what it is applied to."""

    def __init__(self, operation: Any, *operands: Any) -> None:
        self.operation = operation
        self.operands = operands
        self._alias: str | None = None

    @classmethod
    def _of(cls, column: Computed) -> Expression:
        return cls(None, column)

    def _named(self, name: str) -> Expression:
        out = Expression(self.operation, *self.operands)
        out._alias = name
        return out

    def tree(self) -> Any:
        if self.operation is None:
            return self.operands[0].tree()
        return (self._head(), *(self._operand(x) for x in self.operands))

    def _head(self) -> Any:
        if isinstance(self.operation, str):  # Operation is one
            return Name(str(self.operation))
        return self.operation

    def _operand(self, x: Any) -> Any:
        if isinstance(x, Computed):
            return x.tree()
        return constant(x, comparing=self.operation in COMPARISONS)

    def names(self) -> Iterator[str]:
        for x in self.operands:
            if isinstance(x, Computed):
                yield from x.names()

    def is_aggregate(self) -> bool:
        if self.operation in AGGREGATES:
            return True
        parts = [x for x in self.operands if isinstance(x, Computed)]
        return bool(parts) and all(x.is_aggregate() for x in parts)

    @property
    def output(self) -> str | None:
        if self._alias is not None:
            return self._alias
        return next((x.output for x in self.operands if isinstance(x, Computed) and x.output), None)


def constant(x: Any, *, comparing: bool = False) -> Any:
    """Data in an expression. A bare symbol could be taken for a column, text cannot; `==` compares both."""
    if isinstance(x, str) and not isinstance(x, String | Name):
        return String(x) if comparing else (Name("as"), "SYM", String(x))
    if isinstance(x, tuple | list):
        return Vector(list(x))
    return x


def conditions(items: Iterable[Any]) -> list[Computed]:
    out = []
    for x in items:
        if not isinstance(x, Computed):
            raise TypeError(f"{x!r} is no condition; compare a column, as in Column('price') > 100")
        out.append(x)
    return out
