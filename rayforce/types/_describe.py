"""What a table's columns hold, in a few numbers."""

from __future__ import annotations

from typing import Any

from .._ext import core
from .vector import Vector

NUMBERS = {1, 2, 3, 4, 5, 6, 7}
TIMES = {8, 9, 10, 16}


def describe(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Columns of the answer by name."""
    rows = [_row(name, column) for name, column in pairs]
    dtypes = ["sym", "sym", "i64", "i64", "f64", "f64", "str", "str"]
    names = ["column", "type", "rows", "nulls", "mean", "std", "min", "max"]
    return {
        name: Vector([row[i] for row in rows], dtype=dtype)
        for i, (name, dtype) in enumerate(zip(names, dtypes, strict=True))
    }


def _row(name: str, column: Any) -> tuple[Any, ...]:
    code, rows, nulls = column.type_code, len(column), core.nulls_of(column)
    mean = std = least = greatest = None
    if nulls < rows:
        if code in NUMBERS:
            mean, std = column.mean(), column.std() if code != 1 else None
        if code in NUMBERS | TIMES or code == 12:
            least, greatest = _text(column.min()), _text(column.max())
    return name, column.ray_name.lower(), rows, nulls, mean, std, least, greatest


def _text(x: Any) -> str:
    return x.isoformat() if hasattr(x, "isoformat") else str(x)
