"""Results and failures as the console prints them."""

from __future__ import annotations

import contextlib
import re
from typing import Any

from .. import errors
from .._ext import core
from ..display import box
from ..types import Table
from . import syntax
from .sessions import Session

_QUOTED = re.compile(r"'([^' ]+)'")
HELPFUL = (errors.RayforceNameError, errors.RayforceKeyError, errors.RayforceValueError)


def text_of(value: Any) -> str | None:
    """A result: a table as a box that fits the terminal, anything else as the language prints it; None for nothing."""
    if value is None:
        return None
    return box(value) if isinstance(value, Table) else core.format(core.box_value(value))


def failure(error: Exception, source: str, session: Session | None = None) -> str:
    """The error, a caret under its place if that is known, and what may have been meant."""
    if not isinstance(error, errors.QueryError):
        return f"error: {error}"
    lines = [f"error: {error.code}: {error.message}", *caret(error, source)]
    if session is not None and isinstance(error, HELPFUL):
        with contextlib.suppress(errors.RayforceError):  # help that fails is no help
            lines += [f"  {line}" for line in session.help_with(error).splitlines()[1:]]
    return "\n".join(lines)


def caret(error: errors.QueryError, source: str) -> list[str]:
    """The line of the source that is meant, and a mark below."""
    place, width = error.position, 1
    named = _QUOTED.search(error.message)
    if place is None and named is not None:
        place, width = syntax.place_of(source, named[1]), len(named[1])
    lines = source.split("\n")
    if place is None or not 0 < place[0] <= len(lines):
        return []
    line, column = lines[place[0] - 1], place[1]
    blank = re.sub(r"[^\t]", " ", line[: column - 1])  # tabs stay, so that the mark stands where the name does
    return [f"  {line}", f"  {blank}{'^' * width}"]
