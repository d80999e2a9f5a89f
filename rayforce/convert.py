"""Python objects to values and back, and the register for classes of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._ext import core
from .types import RayObj


def python_to_ray(value: Any, *, strings: str = "symbol") -> RayObj:
    """The value that an object goes in as; atoms stay boxed."""
    out = core.box_value(value, strings=strings)
    assert isinstance(out, RayObj)
    return out


def ray_to_python(value: Any) -> Any:
    """The plain Python value."""
    return core.plain(value) if isinstance(value, core.Value) else value


def register(cls: type, convert: Callable[[Any], Any] | None, /) -> None:
    """Objects of exactly this class go in as what `convert` makes of them; None takes the rule away."""
    core.register_converter(cls, convert)
