"""How a program was started, as `(.sys.args)` gives it."""

from __future__ import annotations

from collections.abc import Sequence

from .types import Dict, List, String, Vector


def user_arguments(words: Sequence[str]) -> dict[str, str]:
    """`--name value` and `-name` of what stands behind `--`; a name without a value has an empty one."""
    pairs: dict[str, str] = {}
    name = None
    for word in words:
        if word.startswith("-") and word.strip("-"):
            name = word.lstrip("-")
            pairs[name] = ""
        elif name is not None:
            pairs[name], name = word, None
    return pairs


def described(
    words: Sequence[str],
    *,
    script: str = "",
    port: int = 0,
    cores: int = 0,
    timeit: bool = False,
    querylog: bool = False,
    interactive: bool = False,
    log: str = "",
) -> Dict:
    """The dict of `(.sys.args)`; `words` are those that are for the script."""
    user = user_arguments(words)
    facts = {
        "file": String(script),
        "port": port,
        "cores": cores,
        "timeit": timeit,
        "querylog": querylog,
        "interactive": interactive,
        "log": String(log),
        "user": _dict(user, list(map(String, user.values()))),
        "source": String(script),
    }
    return _dict(facts, list(facts.values()))


def _dict(names: dict[str, object] | dict[str, str], values: list[object] | list[String]) -> Dict:
    return Dict.from_items(Vector(list(names), dtype="sym"), List(values))
