# Days, milliseconds and nanoseconds of the core against the classes of datetime, and the two classes with nanoseconds.

cdef int64_t DAY_NS = 86_400_000_000_000
cdef int64_t EPOCH_DAYS = 10957                      # 2000-01-01 in days since 1970-01-01
cdef int64_t EPOCH_NS = 946_684_800_000_000_000      # the same in nanoseconds
cdef int64_t DAY_MS = 86_400_000
cdef object UTC = None                               # datetime.timezone.utc, when first needed


cdef object utc():
    global UTC
    if UTC is None:
        from datetime import timezone
        UTC = timezone.utc
    return UTC


cdef int64_t floor_div(int64_t a, int64_t b) noexcept:
    cdef int64_t q = a // b
    return q - 1 if a % b != 0 and (a < 0) != (b < 0) else q


cdef int64_t days_from_civil(int64_t y, int m, int d) noexcept:
    """Days since 1970-01-01 of a proleptic Gregorian date."""
    if m <= 2:
        y -= 1
    cdef int64_t era = floor_div(y, 400)
    cdef int64_t yoe = y - era * 400
    cdef int64_t doy = (153 * (m + (-3 if m > 2 else 9)) + 2) // 5 + d - 1
    return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468


cdef void civil_from_days(int64_t z, int64_t *y, int *m, int *d) noexcept:
    z += 719468
    cdef int64_t era = floor_div(z, 146097)
    cdef int64_t doe = z - era * 146097
    cdef int64_t yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    cdef int64_t doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    cdef int64_t mp = (5 * doy + 2) // 153
    d[0] = <int>(doy - (153 * mp + 2) // 5 + 1)
    m[0] = <int>(mp + 3 if mp < 10 else mp - 9)
    y[0] = yoe + era * 400 + (1 if m[0] <= 2 else 0)


cdef object date_of(int32_t days):
    cdef int64_t y = 0
    cdef int m = 0, d = 0
    civil_from_days(days + EPOCH_DAYS, &y, &m, &d)
    if not 1 <= y <= 9999:
        raise conversion(f"day {days} is in the year {y}, which datetime.date cannot hold; use .raw or to_numpy()", days, "date")
    return date_new(<int>y, m, d)


cdef int64_t days_of(object x) except? -1:
    return days_from_civil(PyDateTime_GET_YEAR(x), PyDateTime_GET_MONTH(x), PyDateTime_GET_DAY(x)) - EPOCH_DAYS


cdef object time_of(int32_t ms):
    """A time of day; outside a day a timedelta."""
    if ms < 0 or ms >= DAY_MS:
        return timedelta(milliseconds=ms)
    return time_new(ms // 3_600_000, ms // 60_000 % 60, ms // 1000 % 60, ms % 1000 * 1000, None)


cdef int64_t ms_of_time(object x) except? -1:
    if x.tzinfo is not None:
        raise conversion(f"{x!r} has a time zone, TIME has none", x, "time")
    cdef int us = PyDateTime_TIME_GET_MICROSECOND(x)
    if us % 1000:
        raise conversion(f"{x!r} is finer than the milliseconds of TIME", x, "time")
    return (PyDateTime_TIME_GET_HOUR(x) * 3600 + PyDateTime_TIME_GET_MINUTE(x) * 60 + PyDateTime_TIME_GET_SECOND(x)) * 1000 + us // 1000


cdef object us_of_delta(object x):
    """Microseconds, any size."""
    cdef int64_t seconds = <int64_t>PyDateTime_DELTA_GET_DAYS(x) * 86400 + PyDateTime_DELTA_GET_SECONDS(x)
    return <object>seconds * 1_000_000 + PyDateTime_DELTA_GET_MICROSECONDS(x)


cdef int64_t ms_of_delta(object x) except? -1:
    us = us_of_delta(x)
    if us % 1000:
        raise conversion(f"{x!r} is finer than the milliseconds of TIME", x, "time")
    return us // 1000


cdef int64_t checked_ns(object ns, object x, str target) except? -1:
    """A Python int of nanoseconds as stored; INT64_MIN means null."""
    if not -INT64_MAX <= ns <= INT64_MAX:
        raise conversion(f"{x!r} is outside the range of {target}", x, target)
    return ns


cdef object ns1970_of_datetime(object x):
    """Nanoseconds since 1970 of a datetime; one without time zone is UTC."""
    cdef object stamp = getattr(x, "to_datetime64", None)
    if stamp is not None:  # pandas: a datetime with nanoseconds
        return ns_of_numpy(stamp())
    offset = x.utcoffset()
    cdef int64_t days = days_from_civil(PyDateTime_GET_YEAR(x), PyDateTime_GET_MONTH(x), PyDateTime_GET_DAY(x))
    cdef int64_t seconds = (PyDateTime_DATE_GET_HOUR(x) * 3600 + PyDateTime_DATE_GET_MINUTE(x) * 60 + PyDateTime_DATE_GET_SECOND(x))
    us = (days * 86400 + seconds) * 1_000_000 + PyDateTime_DATE_GET_MICROSECOND(x)
    if offset is not None:
        us -= us_of_delta(offset)
    return us * 1000


# Units of datetime64 and timedelta64 in nanoseconds, as (multiply, divide); years and months have no fixed length.
cdef dict NUMPY_UNITS = {
    "W": (7 * 86_400_000_000_000, 1), "D": (86_400_000_000_000, 1), "h": (3_600_000_000_000, 1),
    "m": (60_000_000_000, 1), "s": (1_000_000_000, 1), "ms": (1_000_000, 1), "us": (1000, 1), "ns": (1, 1),
    "ps": (1, 1000), "fs": (1, 1_000_000), "as": (1, 1_000_000_000),
}


cdef tuple numpy_unit(object dtype):
    """(multiply, divide) that turn a count of a time dtype into nanoseconds."""
    unit, count = numpy().datetime_data(dtype)
    if unit not in NUMPY_UNITS:
        raise conversion(f"{dtype} has no unit of fixed length")
    mul, div = NUMPY_UNITS[unit]
    return mul * count, div


cdef object ns_of_numpy(object x):
    """Nanoseconds of a datetime64 (since 1970) or timedelta64; None for NaT."""
    if numpy().isnat(x):
        return None
    if x.dtype.kind == "M" and numpy().datetime_data(x.dtype)[0] in {"Y", "M"}:
        x = x.astype("M8[D]")
    mul, div = numpy_unit(x.dtype)
    ns = int(x.astype("i8")) * mul
    if ns % div:
        raise conversion(f"{x!r} is finer than nanoseconds", x)
    return ns // div


cdef object numpy_module = None


cdef object numpy():
    """numpy, imported when something first needs it."""
    global numpy_module
    if numpy_module is None:
        import numpy as found
        numpy_module = found
    return numpy_module


cdef str clock_text(int64_t ns):
    """hh:mm:ss and, if there are any, nine digits of a second."""
    cdef int64_t s = ns // 1_000_000_000
    text = f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}"
    return text + f".{ns % 1_000_000_000:09d}" if ns % 1_000_000_000 else text


cdef object ns_of_delta(object x):
    """Nanoseconds of a Timespan, timedelta, or timedelta64; None if x is none of these."""
    if isinstance(x, Timespan):
        return (<Timespan>x).ns
    if isinstance(x, timedelta):
        return us_of_delta(x) * 1000
    if is_numpy(x) and x.dtype.kind == "m":
        return ns_of_numpy(x)
    return None


cdef object ns1970_of(object x):
    """Nanoseconds since 1970 of anything that is an instant; None if x is none."""
    if isinstance(x, Timestamp):
        return (<Timestamp>x).ns
    if isinstance(x, datetime):
        return ns1970_of_datetime(x)
    if is_numpy(x) and x.dtype.kind == "M":
        return ns_of_numpy(x)
    return None


cdef bint is_numpy(object x):
    """Is x a scalar or array of numpy? Never imports it."""
    return hasattr(x, "dtype") and "numpy" in sys.modules and isinstance(x, (numpy().generic, numpy().ndarray))


cdef bint compare_ints(object a, object b, int op):
    if op == Py_EQ:
        return a == b
    if op == Py_NE:
        return a != b
    if op == Py_LT:
        return a < b
    if op == Py_LE:
        return a <= b
    if op == Py_GT:
        return a > b
    return a >= b


cdef class Timestamp:
    """A UTC instant with nanoseconds: ordered, hashable, equal to datetimes and datetime64 of the same instant.

    Made from nanoseconds since 1970, ISO text, a datetime (UTC if it has no time zone), a date, or a datetime64.
    """

    cdef readonly object ns  # since 1970-01-01 UTC; past 64 bits at the very end of the range
    type_code = -RAY_TIMESTAMP
    ray_name = "timestamp"

    def __init__(self, value, /):
        if isinstance(value, str):
            ns = ns_of_iso(value)
        elif isinstance(value, bool):
            raise conversion(f"{value!r} is not an instant", value, "timestamp")
        elif isinstance(value, int):
            ns = value
        elif isinstance(value, date) and not isinstance(value, datetime):
            ns = (days_of(value) + EPOCH_DAYS) * DAY_NS if 1600 < value.year < 2400 else None
            if ns is None:
                raise conversion(f"{value!r} is outside the range of timestamp", value, "timestamp")
        else:
            ns = ns1970_of(value)
            if ns is None:
                raise conversion(f"cannot make a Timestamp from {value!r}", value, "timestamp")
        checked_ns(ns - EPOCH_NS, value, "timestamp")
        self.ns = ns

    @classmethod
    def now(cls):
        return cls(time_module.time_ns())

    @classmethod
    def from_ns2000(cls, ns, /):
        return cls(ns + EPOCH_NS)

    @classmethod
    def from_value(cls, value, /):
        return cls(value)

    @property
    def ns2000(self):
        """Nanoseconds since 2000-01-01, as stored."""
        return self.ns - EPOCH_NS

    @property
    def value(self):
        return self

    def to_python(self):
        return self

    def to_datetime(self, tz=...):
        """A datetime in a time zone (UTC), None for one without; what is finer than a microsecond is dropped."""
        us = self.ns // 1000
        zone = utc() if tz is ... else tz
        moment = datetime(1970, 1, 1, tzinfo=utc()) + timedelta(microseconds=us)
        return moment.replace(tzinfo=None) if zone is None else moment.astimezone(zone)

    def to_numpy(self):
        return numpy().datetime64(self.ns, "ns")

    def isoformat(self):
        cdef int64_t y = 0
        cdef int m = 0, d = 0
        civil_from_days(self.ns // DAY_NS, &y, &m, &d)
        return f"{y:04d}-{m:02d}-{d:02d}T{clock_text(self.ns % DAY_NS)}"

    def __add__(self, other):
        step = other if isinstance(other, int) and not isinstance(other, bool) else ns_of_delta(other)
        return NotImplemented if step is None else Timestamp(self.ns + step)

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        step = other if isinstance(other, int) and not isinstance(other, bool) else ns_of_delta(other)
        if step is not None:
            return Timestamp(self.ns - step)
        there = ns1970_of(other)
        return NotImplemented if there is None else Timespan(self.ns - there)

    def __richcmp__(self, other, int op):
        there = ns1970_of(other)
        if there is None:
            return NotImplemented
        return compare_ints(self.ns, there, op)

    def __hash__(self):
        # Equal to the hash of a datetime of the same instant, where there is one.
        if self.ns % 1000 == 0:
            return hash(self.to_datetime())
        return hash(("Timestamp", self.ns))

    def __reduce__(self):
        return Timestamp, (self.ns,)

    def __str__(self):
        return self.isoformat()

    def __repr__(self):
        return f"Timestamp('{self.isoformat()}')"


cdef class Timespan:
    """A duration in nanoseconds: ordered, hashable, equal to timedeltas and timedelta64 of the same length."""

    cdef readonly object ns
    type_code = -RAY_TIMESPAN
    ray_name = "timespan"

    def __init__(self, value, /):
        ns = value if isinstance(value, int) and not isinstance(value, bool) else ns_of_delta(value)
        if ns is None:
            raise conversion(f"cannot make a Timespan from {value!r}", value, "timespan")
        checked_ns(ns, value, "timespan")
        self.ns = ns

    @classmethod
    def from_value(cls, value, /):
        return cls(value)

    @property
    def value(self):
        return self

    def to_python(self):
        return self

    def to_timedelta(self):
        """A timedelta; what is finer than a microsecond is dropped."""
        return timedelta(microseconds=self.ns // 1000)

    def to_numpy(self):
        return numpy().timedelta64(self.ns, "ns")

    def total_seconds(self):
        return self.ns / 1_000_000_000

    def __add__(self, other):
        step = ns_of_delta(other)
        return NotImplemented if step is None else Timespan(self.ns + step)

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        step = ns_of_delta(other)
        return NotImplemented if step is None else Timespan(self.ns - step)

    def __rsub__(self, other):
        step = ns_of_delta(other)
        return NotImplemented if step is None else Timespan(step - self.ns)

    def __neg__(self):
        return Timespan(-self.ns)

    def __abs__(self):
        return Timespan(abs(self.ns))

    def __richcmp__(self, other, int op):
        there = ns_of_delta(other)
        if there is None:
            return NotImplemented
        return compare_ints(self.ns, there, op)

    def __hash__(self):
        if self.ns % 1000 == 0:
            return hash(self.to_timedelta())
        return hash(("Timespan", self.ns))

    def __reduce__(self):
        return Timespan, (self.ns,)

    def __str__(self):
        size = abs(self.ns)
        return f"{'-' if self.ns < 0 else ''}{size // DAY_NS}D{clock_text(size % DAY_NS)}"

    def __repr__(self):
        return f"Timespan('{self}')"


cdef Timestamp timestamp_of(int64_t ns2000):
    cdef Timestamp t = Timestamp.__new__(Timestamp)
    t.ns = <object>ns2000 + EPOCH_NS
    return t


cdef Timespan timespan_of(int64_t ns):
    cdef Timespan t = Timespan.__new__(Timespan)
    t.ns = ns
    return t


cdef object ns_of_iso(str text):
    """Nanoseconds since 1970 of ISO text with up to nine digits of a second and an optional offset."""
    head, dot, tail = text.partition(".")
    digits = ""
    if dot:
        n = 0
        while n < len(tail) and tail[n] in "0123456789":
            n += 1
        digits, zone = tail[:n], tail[n:]
        if not 1 <= n <= 9:
            raise conversion(f"{text!r}: expected one to nine digits after the point", text, "timestamp")
        head += zone
    try:
        moment = datetime.fromisoformat(head.strip())
    except ValueError as e:
        raise conversion(f"{text!r} is not an ISO date and time: {e}", text, "timestamp") from None
    return ns1970_of_datetime(moment) + int((digits + "000000000")[:9])
