"""Tables and vectors from Arrow."""

from __future__ import annotations

from typing import Any

from ..types import Table, Vector


def from_arrow(obj: Any, *, strings: str = "symbol") -> Table | Vector:
    """Record batches, tables and streams of them as a table, arrays as a vector."""
    if hasattr(obj, "column_names") or hasattr(obj, "schema"):
        return Table.from_arrow(obj, strings=strings)
    return Vector.from_arrow(obj, strings=strings)
