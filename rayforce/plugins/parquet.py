"""Tables from Parquet."""

from __future__ import annotations

from ..io import load_parquet, read_parquet

__all__ = ["load_parquet", "read_parquet"]
