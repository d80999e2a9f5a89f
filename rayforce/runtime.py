"""The process's default engine, made on first use, under the names of the official binding."""

from __future__ import annotations

from typing import Any

from . import types  # noqa: F401  values come out as its classes
from ._ext import core

FLAGS = core.convert_flags(False, "symbol")


def eval_str(expr: str, *, raw: bool = False) -> Any:
    """Evaluates source in the default engine; `raw` keeps atoms boxed."""
    return core.default_runtime().evaluate(expr, (), None, raw, FLAGS)


def eval_obj(obj: Any) -> Any:
    """Evaluates a value in the default engine: a `List` is a call, a `Name` is looked up."""
    return core.default_runtime().evaluate(obj, (), None, False, FLAGS)
