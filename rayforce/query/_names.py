"""Names that are looked up in a table."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from ..errors import RayforceKeyError


def near(name: str, columns: Iterable[str]) -> None:
    """Nothing if a column, or the column before the dot, is called so; else an error that names the closest ones."""
    known = list(columns)
    if name in known or name.partition(".")[0] in known:
        return
    close = get_close_matches(name, known)
    hint = f"; near: {', '.join(close)}" if close else ""
    raise RayforceKeyError(f"the table has no column {name!r}{hint}", code="schema")
