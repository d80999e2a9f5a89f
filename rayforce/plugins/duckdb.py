"""Tables from DuckDB."""

from __future__ import annotations

from typing import Any

from ..types import Table


def from_duckdb(relation: Any) -> Table:
    """As `Table.from_duckdb`."""
    return Table.from_duckdb(relation)
