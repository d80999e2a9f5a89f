"""Libraries that not everybody has: whoever lacks one is told how to get it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Around an import of a library that belongs to an extra."""
    try:
        yield
    except ModuleNotFoundError as e:
        text = f'{e.msg}; it comes with pip install "rayforce-native[{extra}]"'
        raise ModuleNotFoundError(text, name=e.name, path=e.path) from None
