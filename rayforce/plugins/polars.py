"""Tables from polars."""

from __future__ import annotations

from typing import Any

from ..types import Table


def from_polars(df: Any) -> Table:
    """As `Table.from_polars`."""
    return Table.from_polars(df)
