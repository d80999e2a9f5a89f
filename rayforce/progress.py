"""A bar for replies that take long to come."""

from __future__ import annotations

import sys
from typing import Any


class ProgressBar:
    """tqdm's bar if it is installed, else a line on standard error."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._done = 0
        self._shown = False

    def __call__(self, received: int, total: int) -> None:
        try:
            from tqdm.auto import tqdm  # type: ignore[import-untyped,unused-ignore]
        except ImportError:
            self._shown = True
            sys.stderr.write(f"\r{received / 1e6:.1f} of {total / 1e6:.1f} MB")
            sys.stderr.flush()
            return
        if self._bar is None:
            self._bar = tqdm(total=total, unit="B", unit_scale=True)
        self._bar.update(received - self._done)
        self._done = received

    def close(self) -> None:
        if self._bar is not None:
            self._bar.update(self._bar.total - self._done)
            self._bar.close()
        elif self._shown:
            sys.stderr.write("\n")
