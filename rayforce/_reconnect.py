"""The policy for lost connections."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reconnect:
    """How a lost connection is opened again: at once, then after waits that double, each a little random.

    A request is sent again only if no byte of it was written, or it was said to be `idempotent`.
    """

    attempts: int = 5  # 0: for ever
    delay: float = 0.1
    max_delay: float = 5.0
    jitter: float = 0.2
    on_reconnect: Callable[[Any], Any] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.attempts, bool) or not isinstance(self.attempts, int) or self.attempts < 0:
            raise ValueError(f"attempts={self.attempts!r}: expected a number, or 0 for no limit")
        for name in ("delay", "max_delay", "jitter"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
                raise ValueError(f"{name}={value!r}: expected a number from 0 up")

    def waits(self) -> Iterator[float]:
        """Seconds before each attempt."""
        done, wait = 0, 0.0
        while self.attempts == 0 or done < self.attempts:
            yield wait * (1 + self.jitter * random.uniform(-1, 1))
            wait = min(self.max_delay, wait * 2) if wait else min(self.delay, self.max_delay)
            done += 1


def policy(value: bool | Reconnect) -> Reconnect | None:
    return value if isinstance(value, Reconnect) else Reconnect() if value else None
