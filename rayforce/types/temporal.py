"""Dates and times. `Timestamp` and `Timespan` have nanoseconds; `Date` and `Time` are datetime's, with a type."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Self

from .._ext import core
from .._ext.core import Timespan as Timespan
from .._ext.core import Timestamp as Timestamp


class Date(dt.date):
    """A day: `Date(date)`, `Date("2024-01-15")`, `Date(2024, 1, 15)`."""

    type_code: ClassVar[int] = -8
    ray_name: ClassVar[str] = "date"

    def __new__(cls, value: Any, month: Any = None, day: Any = None) -> Self:
        if month is not None or isinstance(value, bytes):
            return super().__new__(cls, value, month, day) if month is not None else super().__new__(cls, value)  # type: ignore[call-arg]
        if isinstance(value, str):
            value = dt.date.fromisoformat(value)
        if isinstance(value, dt.datetime) or not isinstance(value, dt.date):
            raise core.conversion_error(f"cannot make a Date from {value!r}", value, "date")
        return super().__new__(cls, value.year, value.month, value.day)

    @classmethod
    def from_value(cls, value: Any, /) -> Self:
        return cls(value)

    @property
    def value(self) -> dt.date:
        return dt.date(self.year, self.month, self.day)

    def to_python(self) -> dt.date:
        return self.value


class Time(dt.time):
    """A time of day in milliseconds: `Time(time)`, `Time("09:30:00.250")`, `Time(9, 30)`."""

    type_code: ClassVar[int] = -9
    ray_name: ClassVar[str] = "time"

    def __new__(cls, value: Any = 0, *rest: Any, **named: Any) -> Self:
        if isinstance(value, str):
            value = dt.time.fromisoformat(value)
        if isinstance(value, dt.time):
            self = super().__new__(cls, value.hour, value.minute, value.second, value.microsecond, value.tzinfo)
        else:
            self = super().__new__(cls, value, *rest, **named)
        core.check_atom(dt.time(self.hour, self.minute, self.second, self.microsecond, self.tzinfo), 9)
        return self

    @classmethod
    def from_value(cls, value: Any, /) -> Self:
        return cls(value)

    @property
    def value(self) -> dt.time:
        return dt.time(self.hour, self.minute, self.second, self.microsecond)

    def to_python(self) -> dt.time:
        return self.value


core.register_atom(Date, 8)
core.register_atom(Time, 9)
