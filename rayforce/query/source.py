"""Trees of queries as text of the language, for people and logs. What is sent is the tree itself."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from .._ext import core
from ..types import Dict, List, Name, String, Table, Vector

TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_.?-]*\Z")
SHOWN = 20


def text_of(x: Any) -> str:
    """`(select {from: trades where: (> price 100)})`."""
    if isinstance(x, Name):
        return str(x)
    if isinstance(x, String | bytes):
        text = x.decode("utf-8", "replace") if isinstance(x, bytes) else str(x)
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(x, str):
        return f"'{x}" if TOKEN.match(x) else f"(as 'SYM {text_of(String(x))})"
    if isinstance(x, dict | Dict):
        return "{" + " ".join(f"{key}: {text_of(value)}" for key, value in x.items()) + "}"
    if isinstance(x, tuple):
        return "(" + " ".join(text_of(item) for item in x) + ")"
    if isinstance(x, Table):
        return f"<table of {len(x)} rows>" if type(x) is Table else str(getattr(x, "name", x))
    if isinstance(x, Vector):
        items = list(x[:SHOWN])
        more = ["..."] if len(x) > SHOWN else []
        words = [str(i) if x.dtype == "sym" and i is not None else text_of(i) for i in items]
        return "[" + " ".join([*words, *more]) + "]"
    if isinstance(x, list | List):
        return "(list " + " ".join(text_of(item) for item in x) + ")"
    if isinstance(x, bool):
        return "true" if x else "false"
    if x is None or isinstance(x, int | float | dt.date | dt.time | dt.timedelta) or hasattr(x, "ray_name"):
        return core.format(core.box_value(x))
    return repr(x)


def value_of(x: Any) -> Any:
    """A tree of tuples, dicts and values as the value that is sent: calls are lists, dicts are dicts."""
    if isinstance(x, tuple):
        return List([value_of(item) for item in x])
    if isinstance(x, dict):
        return Dict({key: value_of(item) for key, item in x.items()})
    if isinstance(x, list | List):  # data, where a list would be a call
        return List([Name("quote"), x])
    return x
