"""Verbs of the language as methods of vectors, through the default engine.

Where numpy's functions call a method of the same name, the method takes numpy's arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._ext import core

if TYPE_CHECKING:
    from .vector import Vector

# ufunc -> verb; these give vectors, all others arrays
UFUNCS = {
    "add": "+",
    "subtract": "-",
    "multiply": "*",
    "true_divide": "/",
    "divide": "/",
    "floor_divide": "div",
    "remainder": "%",
    "equal": "==",
    "not_equal": "!=",
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
}
AND = "(fn [a b] (and a b))"
OR = "(fn [a b] (or a b))"


def _whole(name: str, axis: Any, dtype: Any, out: Any) -> None:
    """The arguments that numpy passes on ask for nothing but the default."""
    if axis not in (None, 0, -1):
        raise ValueError(f"{name}: a vector has one axis, not {axis!r}")
    if dtype is not None or out is not None:
        raise TypeError(f"{name}: dtype= and out= take an array; use to_numpy()")


def _vector(verb: str, *args: Any) -> Vector:
    out: Vector = core.operate(verb, *args)
    return out


def _picked(out: Any) -> Vector:
    vector: Vector = out
    return vector


class Verbs:
    """What `Vector` does element by element, as a whole, and in order."""

    __slots__ = ()

    def _do(self, verb: str, *more: Any) -> Any:
        return core.operate(verb, self, *more)

    # ---- operators

    def __eq__(self, other: object, /) -> Vector:  # type: ignore[override]
        return _vector("==", self, other)

    def __ne__(self, other: object, /) -> Vector:  # type: ignore[override]
        return _vector("!=", self, other)

    def __lt__(self, other: Any, /) -> Vector:
        return _vector("<", self, other)

    def __le__(self, other: Any, /) -> Vector:
        return _vector("<=", self, other)

    def __gt__(self, other: Any, /) -> Vector:
        return _vector(">", self, other)

    def __ge__(self, other: Any, /) -> Vector:
        return _vector(">=", self, other)

    def __add__(self, other: Any, /) -> Vector:
        return _vector("+", self, other)

    def __radd__(self, other: Any, /) -> Vector:
        return _vector("+", other, self)

    def __sub__(self, other: Any, /) -> Vector:
        return _vector("-", self, other)

    def __rsub__(self, other: Any, /) -> Vector:
        return _vector("-", other, self)

    def __mul__(self, other: Any, /) -> Vector:
        return _vector("*", self, other)

    def __rmul__(self, other: Any, /) -> Vector:
        return _vector("*", other, self)

    def __truediv__(self, other: Any, /) -> Vector:
        return _vector("/", self, other)

    def __rtruediv__(self, other: Any, /) -> Vector:
        return _vector("/", other, self)

    def __floordiv__(self, other: Any, /) -> Vector:
        return _vector("div", self, other)

    def __rfloordiv__(self, other: Any, /) -> Vector:
        return _vector("div", other, self)

    def __mod__(self, other: Any, /) -> Vector:
        return _vector("%", self, other)

    def __rmod__(self, other: Any, /) -> Vector:
        return _vector("%", other, self)

    def __pow__(self, other: Any, /) -> Vector:
        return _vector("pow", self, other)

    def __and__(self, other: Any, /) -> Vector:
        return _vector(AND, self, other)

    def __rand__(self, other: Any, /) -> Vector:
        return _vector(AND, other, self)

    def __or__(self, other: Any, /) -> Vector:
        return _vector(OR, self, other)

    def __ror__(self, other: Any, /) -> Vector:
        return _vector(OR, other, self)

    def __invert__(self) -> Vector:
        return _vector("not", self)

    def __neg__(self) -> Vector:
        return _vector("neg", self)

    def __abs__(self) -> Vector:
        return _vector("abs", self)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **named: Any) -> Any:
        """`array + vector` is the language's sum; what the language has no operator for, numpy does on the arrays."""
        verb = UFUNCS.get(ufunc.__name__)
        if verb is not None and method == "__call__" and not named:
            return core.operate(verb, *inputs)
        arrays = [x.to_numpy() if isinstance(x, Verbs) else x for x in inputs]  # type: ignore[attr-defined]
        return getattr(ufunc, method)(*arrays, **named)

    def eq(self, other: Any, /) -> Vector:
        return _vector("==", self, other)

    def ne(self, other: Any, /) -> Vector:
        return _vector("!=", self, other)

    def and_(self, other: Any, /) -> Vector:
        return _vector(AND, self, other)

    def or_(self, other: Any, /) -> Vector:
        return _vector(OR, self, other)

    def not_(self) -> Vector:
        return _vector("not", self)

    # ---- aggregates: nulls do not count, except for count()

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        _whole("sum", axis, dtype, out)
        return self._do("sum")

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        _whole("mean", axis, dtype, out)
        return self._do("avg")

    avg = average = mean

    def min(self, axis: Any = None, out: Any = None) -> Any:
        _whole("min", axis, None, out)
        return self._do("min")

    def max(self, axis: Any = None, out: Any = None) -> Any:
        _whole("max", axis, None, out)
        return self._do("max")

    def median(self) -> Any:
        return self._do("med")

    def std(self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 1) -> Any:
        """Of a sample; with ddof=0, as numpy.std asks for, of a population."""
        _whole("std", axis, dtype, out)
        return self._do({0: "dev", 1: "stddev"}[_degrees(ddof)])

    def var(self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: int = 1) -> Any:
        """Of a sample; with ddof=0, as numpy.var asks for, of a population."""
        _whole("var", axis, dtype, out)
        return self._do({0: "var_pop", 1: "var"}[_degrees(ddof)])

    def deviation(self) -> Any:
        """Standard deviation of a population, as the language's `dev`."""
        return self._do("dev")

    def count(self) -> int:
        """Elements, nulls included."""
        return core.length(self)  # type: ignore[arg-type]

    def first(self) -> Any:
        return self._do("first")

    def last(self) -> Any:
        return self._do("last")

    def all(self, axis: Any = None, out: Any = None) -> Any:
        _whole("all", axis, None, out)
        return self._do("all")

    def any(self, axis: Any = None, out: Any = None) -> Any:
        _whole("any", axis, None, out)
        return self._do("any")

    def pearson_corr(self, other: Any, /) -> Any:
        return self._do("pearson_corr", other)

    def negate(self) -> Vector:
        return _vector("neg", self)

    def quantile(self, p: float, /) -> Any:
        return self._do("quantile", float(p))

    # ---- order, choice, sets

    def distinct(self) -> Vector:
        return _vector("distinct", self)

    def top(self, n: int, /) -> Vector:
        return _vector("top", self, n)

    def bot(self, n: int, /) -> Vector:
        return _vector("bot", self, n)

    def asc(self) -> Vector:
        return _vector("asc", self)

    def desc(self) -> Vector:
        return _vector("desc", self)

    def iasc(self) -> Vector:
        return _vector("iasc", self)

    def idesc(self) -> Vector:
        return _vector("idesc", self)

    def rank(self) -> Vector:
        return _vector("rank", self)

    def xrank(self, n: int, /) -> Vector:
        return _vector("xrank", n, self)

    def reverse(self) -> Vector:
        return _vector("reverse", self)

    def take(self, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Vector:
        """A number: so many elements, from the start again if need be, negative: from the end; positions: these."""
        _whole("take", axis, None, out)
        if mode != "raise":
            raise ValueError(f"take: mode={mode!r} takes an array; use to_numpy()")
        if hasattr(type(indices), "__index__") and not getattr(indices, "ndim", 0):
            return _vector("take", self, int(indices))
        return _picked(core.item(self, indices))  # type: ignore[arg-type]

    def at(self, key: Any, /) -> Any:
        return self._do("at", key)

    def in_(self, values: Any, /) -> Vector:
        return _vector("in", self, values)

    isin = in_

    def find(self, values: Any, /) -> Any:
        """The first position of each value."""
        return self._do("find", values)

    def filter(self, mask: Any, /) -> Vector:
        return _vector("filter", self, mask)

    def within(self, low: Any, high: Any, /) -> Vector:
        """Which elements lie between both, bounds included?"""
        return _vector("within", self, [low, high])

    def except_(self, values: Any, /) -> Vector:
        return _vector("except", self, values)

    def union(self, values: Any, /) -> Vector:
        return _vector("union", self, values)

    def sect(self, values: Any, /) -> Vector:
        return _vector("sect", self, values)

    # ---- functions of the language applied to the elements: `Fn`, or source

    def map(self, fn: Any, /) -> Any:
        return core.operate("map", _function(fn), self)

    def pmap(self, fn: Any, /) -> Any:
        return core.operate("pmap", _function(fn), self)

    def fold(self, fn: Any, /, *first: Any) -> Any:
        return core.operate("fold", _function(fn), *first, self)

    def scan(self, fn: Any, /) -> Any:
        return core.operate("scan", _function(fn), self)

    def apply(self, fn: Any, other: Any, /) -> Any:
        """Of this and another vector's elements in pairs."""
        return core.operate("apply", _function(fn), self, other)

    # ---- element by element, and from one element to the next

    def ceil(self) -> Vector:
        return _vector("ceil", self)

    def floor(self) -> Vector:
        return _vector("floor", self)

    def round(self, decimals: int = 0, out: Any = None) -> Vector:
        _whole("round", None, None, out)
        if decimals:
            raise ValueError(f"round: decimals={decimals} takes an array; use to_numpy()")
        return _vector("round", self)

    def xbar(self, width: Any, /) -> Vector:
        """Rounded down to multiples."""
        return _vector("xbar", self, width)

    def like(self, pattern: str, /) -> Vector:
        """Which texts match all of a pattern of * ? [abc]?"""
        return _vector("like", self, pattern.encode())

    def nil(self) -> Vector:
        return _vector("nil?", self)

    def deltas(self) -> Vector:
        return _vector("deltas", self)

    def ratios(self) -> Vector:
        return _vector("ratios", self)

    def prev(self) -> Vector:
        """Each element one place later."""
        return _vector("lag", self)

    def next(self) -> Vector:
        """Each element one place earlier."""
        return _vector("lead", self)

    def fills(self) -> Vector:
        return _vector("fills", self)

    def cumsum(self, axis: Any = None, dtype: Any = None, out: Any = None) -> Vector:
        _whole("cumsum", axis, dtype, out)
        return _vector("sums", self)

    def mavg(self, width: int, /) -> Vector:
        return _vector("mavg", width, self)

    def msum(self, width: int, /) -> Vector:
        return _vector("msum", width, self)

    def mmin(self, width: int, /) -> Vector:
        return _vector("mmin", width, self)

    def mmax(self, width: int, /) -> Vector:
        return _vector("mmax", width, self)


def _degrees(ddof: Any) -> int:
    if ddof not in (0, 1):
        raise ValueError(f"ddof={ddof!r}: expected 0 or 1")
    return int(ddof)


def _function(fn: Any) -> Any:
    return core.default_runtime().evaluate(fn, (), None, False, 0) if isinstance(fn, str) else fn
