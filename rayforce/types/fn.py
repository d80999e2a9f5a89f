"""Functions of the language as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._ext import core
from .base import RayObj

if TYPE_CHECKING:
    from ..query import Expression


class Fn(RayObj):
    """`Fn("(fn [x] (+ x 1))")`: can be sent, stored, and called in the default engine."""

    __slots__ = ()

    def __init__(self, source: str, /) -> None:
        made = core.default_runtime().evaluate(source, (), None, True, 0)
        if not isinstance(made, Fn):
            raise TypeError(f"{source!r} is no function")
        self._adopt(made)

    def __call__(self, *args: Any) -> Any:
        return core.default_runtime().call(self, args, None, core.convert_flags(False, "symbol"))

    def apply(self, *args: Any) -> Expression:
        """The call as an expression for queries."""
        from ..query import Expression

        return Expression(self, *args)


core.register_class(Fn, 100, 101, 102, 103)
