"""The options of a connection, one row each: what an address may say in text and what a keyword argument must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

from ._reconnect import Reconnect

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

DEFAULT_HOST = "localhost"
DEFAULT_PORT = 5000


class HopenOptions(TypedDict, total=False):
    """What type checkers know of the rows below."""

    connect_timeout: float | None
    keepalive: float | None
    compression: bool | int
    nodelay: bool
    spin: float
    max_message: int | None
    strings: Literal["symbol", "string"]
    timeout_action: Literal["discard", "close"]
    reconnect: bool | Reconnect
    tls: bool | ssl.SSLContext
    slow_query: float | None
    name: str | None


class ConnectionOptions(HopenOptions, total=False):
    """With the one that `hopen` calls otherwise."""

    timeout: float | None


def seconds(text: str) -> float | None:
    return None if text.lower() in {"none", ""} else float(text)


def bytes_of(size: int | str) -> int:
    """A number of bytes: 4_000_000, "4000000", "512K", "512M", "4G", "1T"; powers of 1024."""
    if isinstance(size, bool) or not isinstance(size, int | str):
        raise TypeError(f"{size!r}: expected bytes as a number, or text as '4G'")
    text = str(size).strip().upper().removesuffix("IB").removesuffix("B")
    power = "KMGT".find(text[-1:]) + 1 if text[-1:] else 0
    digits = text[:-1] if power else text
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{size!r}: expected bytes as a number, or text as '4G'")
    return min(int(digits) << 10 * power, 2**62)


def switch(text: str) -> bool:
    return {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}[
        text.lower()
    ]


def switch_or_int(text: str) -> bool | int:
    try:
        return switch(text) if text not in {"0", "1"} else bool(int(text))
    except KeyError:
        return int(text)


def duration(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and value >= 0)


def one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: value in words


# name -> (from text, is it usable?, what is usable, default)
OPTIONS: dict[str, tuple[Callable[[str], Any], Callable[[Any], bool], str, Any]] = {
    "connect_timeout": (seconds, duration, "seconds, or None to wait", 5.0),
    "timeout": (seconds, duration, "seconds, or None to wait", None),
    "keepalive": (seconds, duration, "idle seconds before the first probe, or None", 30.0),
    "compression": (
        switch_or_int,
        lambda v: isinstance(v, int) and v >= 0,
        "True, False or a threshold in bytes",
        False,
    ),
    "nodelay": (switch, lambda v: isinstance(v, bool), "True or False", True),
    "spin": (float, lambda v: duration(v) and v is not None, "microseconds", 0.0),
    "max_message": (
        int,
        lambda v: v is None or (isinstance(v, int) and v > 0),
        "bytes, or None for no limit",
        None,
    ),
    "strings": (str, one_of("symbol", "string"), "'symbol' or 'string'", "symbol"),
    "timeout_action": (str, one_of("discard", "close"), "'discard' or 'close'", "discard"),
    "reconnect": (
        switch,
        lambda v: isinstance(v, bool | Reconnect),
        "True, False or a Reconnect",
        False,
    ),
    "tls": (
        switch,
        lambda v: isinstance(v, bool) or hasattr(v, "wrap_bio"),
        "True, False or an ssl.SSLContext",
        False,
    ),
    "slow_query": (seconds, duration, "seconds, or None", None),
    "name": (str, lambda v: v is None or isinstance(v, str), "text", None),
}


def from_text(name: str, text: str) -> Any:
    """The value of an option of an address."""
    if name not in OPTIONS:
        raise ValueError(f"unknown option {name!r} in the address; known are {', '.join(OPTIONS)}")
    read, usable, wanted, _ = OPTIONS[name]
    try:
        value = read(text)
    except (ValueError, KeyError):
        raise ValueError(f"option {name}={text!r} of the address: expected {wanted}") from None
    if not usable(value):
        raise ValueError(f"option {name}={text!r} of the address: expected {wanted}")
    return value


def check(name: str, value: Any) -> Any:
    """The value of a keyword argument, if it is usable."""
    _, usable, wanted, _ = OPTIONS[name]
    if not usable(value):
        raise ValueError(f"{name}={value!r}: expected {wanted}")
    return value


def settle(given: Mapping[str, Any], address: Mapping[str, Any]) -> dict[str, Any]:
    """Every option: the keyword argument, else the address, else the default."""
    unknown = [name for name in given if name not in OPTIONS]
    if unknown:
        raise TypeError(f"unknown option {unknown[0]!r}; known are {', '.join(OPTIONS)}")
    for name, value in given.items():
        _, usable, wanted, _ = OPTIONS[name]
        if not usable(value):
            raise ValueError(f"option {name}={value!r}: expected {wanted}")
    return {name: given.get(name, address.get(name, row[3])) for name, row in OPTIONS.items()}
