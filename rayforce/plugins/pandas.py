"""Tables from pandas."""

from __future__ import annotations

from typing import Any

from ..types import Table


def from_pandas(df: Any) -> Table:
    """As `Table.from_pandas`."""
    return Table.from_pandas(df)
