# Values of the core as Python objects: atoms plain, everything else an instance of its class.

cdef list symbol_texts = []  # one str per symbol id, made when first seen
cdef dict atom_classes = {}  # atom type -> class of the boxed atom; 0 -> a name that is not quoted
cdef object uuid_class = None


cdef double turn_offered = 0  # when, by time.monotonic


cdef inline int breathe(int64_t i) except -1:
    """Called for each element where objects are made: now and then others get their turn, as between two lines of Python."""
    return offer_turn() if i & 8191 == 8191 else 0


cdef int offer_turn() except -1:
    """Who waits for the interpreter asks for it after a switch interval, and begins anew when it is woken in vain: offers
    must lie further apart than that, or nobody ever gets a turn."""
    global turn_offered
    cdef double now = time_module.monotonic()
    if now - turn_offered > sys.getswitchinterval() + 0.001:
        turn_offered = now
        with nogil:
            pass
    return 0


cdef object decode_text(const char *p, size_t n):
    """Bytes that are not UTF-8 survive as surrogates, and go back as the same bytes."""
    return PyUnicode_DecodeUTF8(p, n, "surrogateescape")


cdef object symbol_text(int32_t id):
    """The one str of a symbol; None for the empty symbol, which is the null."""
    if id == 0:
        return None
    cdef size_t n = 0
    cdef const char *p
    cdef object text
    if id < len(symbol_texts):
        text = symbol_texts[id]
        if text is not None:
            return text
    p = ray_sym_text_get(id, &n)
    text = decode_text(p, n)
    if id < 1 << 22:  # past some million symbols the texts are made anew each time
        if id >= len(symbol_texts):
            symbol_texts.extend([None] * (id + 64 - len(symbol_texts)))
        symbol_texts[id] = text
    return text


cdef object uuid_of(const uint8_t *b):
    """None for the all-zero GUID, which is the null."""
    global uuid_class
    if uuid_class is None:
        from uuid import UUID
        uuid_class = UUID
    cdef bytes raw = (<const char *>b)[:16]
    return uuid_class(bytes=raw) if any(raw) else None


cdef object atom(ray_val *v):
    """The plain Python value of an atom."""
    cdef int t = -ray_type(v)
    cdef size_t n = 0
    cdef const char *p
    if t == RAY_STR:
        p = ray_text_get(v, &n)
        return decode_text(p, n)
    if t == RAY_F64 or t == RAY_F32:
        return ray_float_get(v)
    if t == RAY_B8:
        return ray_int_get(v) != 0
    if ray_is_null(v):
        return None
    if t == RAY_SYM:
        return symbol_text(<int32_t>ray_int_get(v))
    if t == RAY_GUID:
        return uuid_of(<const uint8_t *>ray_data(v))
    if t == RAY_DATE:
        return date_of(<int32_t>ray_int_get(v))
    if t == RAY_TIME:
        return time_of(<int32_t>ray_int_get(v))
    if t == RAY_TIMESTAMP:
        return timestamp_of(ray_int_get(v))
    if t == RAY_TIMESPAN:
        return timespan_of(ray_int_get(v))
    return ray_int_get(v)


cdef object box(ray_val *v):
    """An atom as an instance of the class that keeps its type; a null stays a value."""
    cdef int t = -ray_type(v)
    cls = atom_classes.get(0 if t == RAY_SYM and not ray_is_quoted(v) else t)
    if ray_is_null(v) and t != RAY_STR and t != RAY_B8:
        return wrap_take(ray_retain(v))
    return atom(v) if cls is None else cls(atom(v))


cdef object to_python(ray_val *v, bint boxed=False):
    """Borrows v. An error value inside of another value becomes an exception object, not raised."""
    cdef int t = ray_type(v)
    if t < 0:
        return box(v) if boxed else atom(v)
    if t == RAY_NULL:
        return None
    if t == RAY_ERROR:
        return remote_error(v, None, None)
    return wrap_take(ray_retain(v))


cdef object to_python_take(ray_val *v, bint boxed, bint borrowed=False):
    cdef int t = ray_type(v)
    if 0 <= t < RAY_NULL:
        return wrap_take(v, borrowed)
    try:
        return to_python(v, boxed)
    finally:
        ray_release(v)


def plain(Value value not None):
    """The plain Python value: atoms unboxed, containers themselves."""
    cdef ray_val *v = value.ptr()
    cdef int t = ray_type(v)
    cls = value_classes[t & 255]
    if 0 <= t < RAY_NULL and (cls is None or isinstance(value, cls)):
        return value
    return wrap_take(ray_retain(v), value.borrowed) if 0 <= t < RAY_NULL else to_python(v)


cdef object element(int t, const void *p, bint nulls, ray_val *v, int64_t i):
    """The i-th element of a vector or list as plain Python; t, p and nulls are what v says of itself."""
    cdef size_t n = 0
    cdef const char *s
    cdef int64_t x
    cdef int32_t y
    if t == RAY_F64:
        return (<const double *>p)[i]
    if t == RAY_I64 or t == RAY_TIMESTAMP or t == RAY_TIMESPAN:
        x = (<const int64_t *>p)[i]
        if nulls and x == INT64_MIN:
            return None
        return x if t == RAY_I64 else timestamp_of(x) if t == RAY_TIMESTAMP else timespan_of(x)
    if t == RAY_SYM:
        return symbol_text((<const int32_t *>p)[i])
    if t == RAY_STR:
        s = ray_strvec_get(v, i, &n)
        return decode_text(s, n)
    if t == RAY_I32 or t == RAY_DATE or t == RAY_TIME:
        y = (<const int32_t *>p)[i]
        if nulls and y == INT32_MIN:
            return None
        return y if t == RAY_I32 else date_of(y) if t == RAY_DATE else time_of(y)
    if t == RAY_LIST:
        return to_python(ray_list_get(v, i))
    if t == RAY_B8:
        return (<const uint8_t *>p)[i] != 0
    if t == RAY_U8:
        return (<const uint8_t *>p)[i]
    if t == RAY_I16:
        if nulls and (<const int16_t *>p)[i] == INT16_MIN:
            return None
        return (<const int16_t *>p)[i]
    if t == RAY_F32:
        return (<const float *>p)[i]
    if t == RAY_GUID:
        return uuid_of(<const uint8_t *>p + 16 * i)
    raise TypeError(f"{type_name(t)} has no elements")


cdef object at(ray_val *v, int64_t i):
    """Element i, which exists."""
    cdef int t = ray_type(v)
    return element(t, NULL if t == RAY_STR or t == RAY_LIST else ray_data(v), ray_may_have_nulls(v), v, i)


cdef list to_list(ray_val *v):
    cdef int64_t n = ray_len(v)
    cdef int64_t i
    cdef int t = ray_type(v)
    cdef const void *p = NULL if t == RAY_STR or t == RAY_LIST else ray_data(v)
    cdef bint nulls = ray_may_have_nulls(v)
    cdef list out = []
    for i in range(n):
        out.append(element(t, p, nulls, v, i))
        breathe(i)
    return out


def register_atom(cls, int code, *, bint unquoted=False):
    """`cls(x)` boxes atoms of a type, and instances of cls go back as that type."""
    atom_classes[0 if unquoted else code] = cls
    exact_tags[cls] = code
    if unquoted:
        unquoted_classes.add(cls)
