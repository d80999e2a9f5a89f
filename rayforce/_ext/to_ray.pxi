# Python objects as values of the core: a table by exact type first, then what an object is an instance of.

cdef enum:
    BORROW = 1   # arrays may be looked into instead of copied
    STRINGS = 2  # str in columns becomes STR instead of SYM
    STRICT = 4   # a column of mixed types is an error instead of a list
    ROUND = 8    # times that are finer than the type are rounded

ctypedef struct Way:
    int flags
    bint borrowed  # set when something borrowed went in

cdef int GENERIC = 0  # tags: a positive type code, or one of these
cdef int NOTHING = -1

cdef dict exact_tags = {
    bool: RAY_B8, int: RAY_I64, float: RAY_F64, str: RAY_SYM, bytes: RAY_STR, date: RAY_DATE, datetime: RAY_TIMESTAMP,
    time: RAY_TIME, timedelta: RAY_TIMESPAN, Timestamp: RAY_TIMESTAMP, Timespan: RAY_TIMESPAN, type(None): NOTHING,
    list: GENERIC, tuple: GENERIC, dict: GENERIC,
}
cdef set unquoted_classes = set()
cdef dict user_converters = {}

# numpy: kind and bytes of an element -> type
cdef dict dtype_tags = {
    "b1": RAY_B8, "i1": RAY_I16, "i2": RAY_I16, "i4": RAY_I32, "i8": RAY_I64, "u1": RAY_U8, "u2": RAY_I32,
    "u4": RAY_I64, "u8": RAY_I64, "f2": RAY_F32, "f4": RAY_F32, "f8": RAY_F64,
}
cdef dict INT_RANGE = {
    RAY_B8: (0, 1), RAY_U8: (0, 255), RAY_I16: (-32767, 32767), RAY_I32: (-INT32_MAX, INT32_MAX),
    RAY_I64: (-INT64_MAX, INT64_MAX), RAY_DATE: (-INT32_MAX, INT32_MAX), RAY_TIME: (-INT32_MAX, INT32_MAX),
    RAY_TIMESTAMP: (-INT64_MAX, INT64_MAX), RAY_TIMESPAN: (-INT64_MAX, INT64_MAX),
}


def register_converter(cls, fn):
    """`fn(x)` gives something convertible for each x of exactly this class; None takes the rule away."""
    if fn is None:
        user_converters.pop(cls, None)
    else:
        user_converters[cls] = fn


cdef tuple missing_objects():
    """pandas' two ways to say None, if it is loaded."""
    pandas = sys.modules.get("pandas")
    return getattr(pandas, "NaT", None), getattr(pandas, "NA", None)


cdef int dtype_tag(object dtype) except? -2:
    """The type for a numpy dtype; GENERIC if it takes more than a look at kind and size."""
    cdef str kind = dtype.kind
    if kind == "M":
        return RAY_DATE if numpy().datetime_data(dtype)[0] in {"Y", "M", "W", "D"} else RAY_TIMESTAMP
    if kind == "m":
        return RAY_TIMESPAN if numpy().datetime_data(dtype)[0] in {"us", "ns", "ps", "fs", "as"} else RAY_TIME
    if kind == "V" and dtype.itemsize == 16 and dtype.fields is None:
        return RAY_GUID
    return dtype_tags.get(f"{kind}{dtype.itemsize}", GENERIC)


cdef int tag_of(object x, int flags) except? -2:
    """The atom type that x goes in as; NOTHING for None, GENERIC for what is no atom."""
    found = exact_tags.get(type(x))
    if found is not None:
        return RAY_STR if found == RAY_SYM and flags & STRINGS and type(x) is str else <int>found
    if isinstance(x, Value):
        return GENERIC
    nat, na = missing_objects()
    if x is nat or x is na:
        return NOTHING
    if is_numpy(x):
        if x.ndim != 0:
            return GENERIC
        if x.dtype.kind in "Mm" and numpy().isnat(x) and numpy().datetime_data(x.dtype)[0] == "generic":
            return NOTHING
        if x.dtype.kind in "bifuMm":
            return dtype_tag(x.dtype)
    if isinstance(x, str):
        return RAY_STR if flags & STRINGS else RAY_SYM
    if isinstance(x, int):
        return RAY_I64
    if isinstance(x, float):
        return RAY_F64
    if isinstance(x, datetime):
        return RAY_TIMESTAMP
    if isinstance(x, date):
        return RAY_DATE
    if isinstance(x, timedelta):
        return RAY_TIMESPAN
    if isinstance(x, bytes):
        return RAY_STR
    if "uuid" in sys.modules and isinstance(x, sys.modules["uuid"].UUID):
        return RAY_GUID
    return GENERIC


cdef int64_t int_value(int tag, object x, bint *null) except? -1:
    """What is stored for x as a type of the integer and temporal families; sets null for a null."""
    null[0] = False
    if x is None:
        null[0] = True
        return 0
    ns = None
    if tag == RAY_TIMESTAMP:
        ns = ns1970_of(x)
        if ns is None and isinstance(x, date) and not isinstance(x, datetime):
            ns = Timestamp(x).ns
        if ns is not None:
            return checked_ns(ns - EPOCH_NS, x, "timestamp")
    elif tag == RAY_TIMESPAN:
        ns = ns_of_delta(x)
        if ns is not None:
            return checked_ns(ns, x, "timespan")
    elif tag == RAY_DATE:
        if isinstance(x, date) and not isinstance(x, datetime):
            return days_of(x)
        if is_numpy(x) and x.dtype.kind == "M" and not numpy().isnat(x):
            day = x.astype("M8[D]")
            if day != x:
                raise conversion(f"{x!r} is finer than the days of DATE", x, "date")
            return checked_int(RAY_DATE, int(day.astype("i8")) - EPOCH_DAYS, x)
    elif tag == RAY_TIME:
        if isinstance(x, time):
            return ms_of_time(x)
        ns = ns_of_delta(x)
        if ns is not None:
            if ns % 1_000_000:
                raise conversion(f"{x!r} is finer than the milliseconds of TIME", x, "time")
            return checked_int(RAY_TIME, ns // 1_000_000, x)
    if is_numpy(x) and x.dtype.kind in "Mm" and numpy().isnat(x):
        null[0] = True
        return 0
    if is_numpy(x) and x.dtype.kind == "b":
        x = bool(x)
    if not hasattr(type(x), "__index__"):
        raise conversion(f"cannot store {x!r} as {type_name(-tag)}", x, type_name(-tag))
    return checked_int(tag, PyNumber_Index(x), x)


cdef int64_t checked_int(int tag, object n, object x) except? -1:
    lo, hi = INT_RANGE[tag]
    if not lo <= n <= hi:
        raise OverflowError(f"{x!r} does not fit {type_name(-tag)}, which holds {lo} to {hi}")
    return n


cdef double float_value(int tag, object x) except? -1.0:
    if x is None:
        return float("nan")
    cdef double f
    if isinstance(x, int) and not isinstance(x, bool):
        f = <double>x
        if int(f) != x:
            raise conversion(f"{x} would change as a float", x, type_name(-tag))
        return f
    if not hasattr(type(x), "__float__") or isinstance(x, (bool, str, bytes)):
        raise conversion(f"cannot store {x!r} as {type_name(-tag)}", x, type_name(-tag))
    f = x
    if tag == RAY_F32 and isinf(<float>f) and not isinf(f):
        raise OverflowError(f"{x!r} does not fit f32")
    return f


cdef object text_bytes(object x):
    """The UTF-8 bytes of a str or bytes; surrogates that stand for other bytes turn back into them."""
    if isinstance(x, bytes):
        return bytes(x)
    if isinstance(x, str):
        return x.encode("utf-8", "surrogateescape")
    raise conversion(f"cannot store {x!r} as text", x, "str")


cdef int32_t intern(object x) except -1:
    """The id of a symbol; None is the empty one."""
    if x is None:
        return 0
    cdef bytes raw
    cdef Py_ssize_t n = 0
    cdef const char *p
    if type(x) is str and PyUnicode_IS_COMPACT_ASCII(x):
        p = PyUnicode_AsUTF8AndSize(x, &n)
    else:
        raw = text_bytes(x)
        p, n = raw, len(raw)
    cdef int32_t id = ray_sym_intern(p, n)
    if id < 0:
        err = slot_error()
        if isinstance(x, (str, bytes)) and (b"\0" if isinstance(x, bytes) else "\0") in x:
            raise conversion("a symbol cannot hold a NUL character; use String(...)", x, "sym")
        raise err
    return id


cdef ray_val *guid_atom(object x) except NULL:
    if x is None:
        return own(ray_null_of_new(RAY_GUID))
    cdef bytes raw = guid_bytes(x)
    return own(ray_guid_new(<const uint8_t *><const char *>raw))


cdef bytes guid_bytes(object x):
    raw = getattr(x, "bytes", None)
    if not isinstance(raw, bytes) or len(raw) != 16:
        raise conversion(f"cannot store {x!r} as guid", x, "guid")
    return raw


cdef ray_val *atom_of(int tag, object x) except NULL:
    """An atom of that type, or an error: nothing wraps, nothing is rounded."""
    cdef bint null = False
    cdef int64_t i
    cdef bytes raw
    if tag == RAY_F64 or tag == RAY_F32:
        return own(ray_null_of_new(tag) if x is None else ray_float_new(tag, float_value(tag, x)))
    if tag == RAY_SYM:
        if x is not None:
            intern(x)  # says what is wrong with the text
        raw = b"" if x is None else text_bytes(x)
        return own(ray_sym_new(raw, len(raw), type(x) not in unquoted_classes))
    if tag == RAY_STR:
        if x is None:
            return own(ray_null_of_new(RAY_STR))
        raw = text_bytes(x)
        return own(ray_str_new(raw, len(raw)))
    if tag == RAY_GUID:
        return guid_atom(x)
    i = int_value(tag, x, &null)
    return own(ray_null_of_new(tag) if null else ray_int_new(tag, i))


cdef ray_val *to_ray(object x, Way *way) except NULL:
    """The value for x; the caller owns it."""
    cdef int tag
    if isinstance(x, Value):
        return value_in(<Value>x, way)
    tag = tag_of(x, way.flags & ~STRINGS)  # the rule about text is for columns
    if tag == NOTHING:
        return ray_retain(ray_null_get())
    if tag != GENERIC:
        return atom_of(tag, x)
    fn = user_converters.get(type(x))
    Py_EnterRecursiveCall(" while converting a nested object")
    try:
        return to_ray(fn(x), way) if fn is not None else container_in(x, way)
    finally:
        Py_LeaveRecursiveCall()


cdef ray_val *container_in(object x, Way *way) except NULL:
    if isinstance(x, (list, tuple)):
        return column(x, GENERIC, way)
    if isinstance(x, dict):
        return dict_in(x, way)
    if isinstance(x, range):
        return column(list(x), RAY_I64, way)
    if hasattr(x, "__array__"):
        return array_in(x, GENERIC, None, way)
    if PyObject_CheckBuffer(x):
        return buffer_in(x, GENERIC, way)
    raise conversion(f"cannot convert {x!r:.100} of type {type(x).__name__} to a value", x)


cdef ray_val *dict_in(dict x, Way *way) except NULL:
    """Keys as a column; values as a list, as in the language, so that each keeps its type."""
    cdef ray_val *k = column(list(x), GENERIC, way)
    cdef ray_val *v
    try:
        v = list_of(list(x.values()), way)
    except BaseException:
        ray_release(k)
        raise
    return own(ray_dict_new_take(k, v))


cdef ray_val *value_in(Value x, Way *way) except NULL:
    """The value itself; a copy if it looks into memory that others may write to and that is not wanted."""
    cdef ray_val *v = x.ptr()
    if x.borrowed and not way.flags & BORROW:
        return snapshot(v)
    way.borrowed = way.borrowed or x.borrowed
    return ray_retain(v)


cdef ray_val *snapshot(ray_val *v) except NULL:
    """A deep copy in memory of our own."""
    cdef int t = ray_type(v)
    cdef int64_t i, n = ray_len(v)
    cdef size_t size
    cdef ray_val *out
    cdef ray_val *names
    if t == RAY_TABLE:
        names = ray_retain(ray_table_names_get(v))
        try:
            out = snapshot(ray_table_columns_get(v))
        except BaseException:
            ray_release(names)
            raise
        return own(ray_table_new_take(names, out))
    if t == RAY_DICT:
        names = snapshot(ray_dict_keys_get(v))
        try:
            out = snapshot(ray_dict_values_get(v))
        except BaseException:
            ray_release(names)
            raise
        return own(ray_dict_new_take(names, out))
    if t == RAY_LIST:
        out = own(ray_list_new(n))
        try:
            for i in range(n):
                ray_list_set_take(out, i, snapshot(ray_list_get(v, i)))
        except BaseException:
            ray_release(out)
            raise
        return out
    if not 0 < t < RAY_SYM and t != RAY_TIMESPAN:
        return ray_retain(v)
    out = own(ray_vec_new(t, n))
    size = <size_t>n * ray_type_width(t)
    with nogil:
        if size:
            memcpy(ray_data(out), ray_data(v), size)
        if ray_may_have_nulls(v):
            ray_nulls_scan(out)
    return out


cdef int way_flags(bint borrow, object strings) except -1:
    if strings not in ("symbol", "string"):
        raise ValueError(f"strings={strings!r}: expected 'symbol' or 'string'")
    return (BORROW if borrow else 0) | (STRINGS if strings == "string" else 0)


cdef Value value_of(object x, bint borrow=True, object strings="symbol"):
    """x as an object that owns its value; atoms boxed."""
    cdef Way way
    way.flags, way.borrowed = way_flags(borrow, strings), False
    cdef ray_val *v = to_ray(x, &way)
    return wrap_take(v, way.borrowed)


def box_value(x, *, strings="symbol"):
    """Any Python object as a Value; atoms keep a type."""
    return value_of(x, True, strings)


def check_atom(x, int code):
    """The plain Python value that x has as an atom of a type: what it is stored as, and read back."""
    return to_python_take(atom_of(code, x), False)
