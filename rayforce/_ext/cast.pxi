# One type into another: what the language's `as` gives, if nothing is lost by it.


cdef ray_val *cast_vector(ray_val *v, int code) except NULL:
    """A vector of a type, GENERIC for the one it has; what the type cannot hold is an error."""
    cdef int t = ray_type(v)
    cdef Way way
    way.flags, way.borrowed = STRICT, False
    if t == code or (code == GENERIC and 0 < t < RAY_TABLE):
        return ray_retain(v)
    if not 0 <= t < RAY_TABLE:
        raise conversion(f"{type_name(t)} is no vector")
    if t == RAY_LIST:
        return column(to_list(v), code, &way)
    if is_text(t) and is_text(code):
        return strings_of_symbols(v) if t == RAY_SYM else symbols_of_strings(v)
    cdef Value source = wrap_take(ray_retain(v))
    cdef Value out
    if (t == RAY_TIME and code == RAY_TIMESPAN) or (t == RAY_TIMESPAN and code == RAY_TIME):
        return array_in(to_numpy(source), code, None, &way)
    if is_text(t) and code == RAY_GUID:
        return guids_of(to_list(v))
    if is_text(t) and (code == RAY_DATE or code == RAY_TIMESTAMP):
        dated = dates_of(to_list(v), code)
        if dated is not None:
            return ray_retain((<Value>dated).v)
    if t == RAY_SYM:  # the language parses strings only
        source = wrap_take(strings_of_symbols(v))
    out = converted(source, code)
    check_cast(v, out, code)
    return ray_retain(out.v)


cdef object dates_of(list texts, int code):
    """Texts of ISO 8601 as a vector; None if one is not, which the language may still know how to read."""
    cdef Way way
    cdef int64_t i
    cdef list out = []
    way.flags, way.borrowed = STRICT, False
    try:
        read = date.fromisoformat if code == RAY_DATE else Timestamp
        for i in range(len(texts)):
            breathe(i)
            out.append(read(texts[i]) if texts[i] else None)
        return wrap_take(column(out, code, &way))
    except ValueError:
        return None


cdef ray_val *guids_of(list texts) except NULL:
    from uuid import UUID
    cdef Way way
    way.flags, way.borrowed = STRICT, False
    cdef list out = []
    for i, x in enumerate(texts):
        try:
            out.append(UUID(x) if x else None)
        except ValueError:
            raise conversion(f"{x!r:.100} cannot be read as guid", x, "guid", i) from None
    return column(out, RAY_GUID, &way)


cdef bint is_text(int t) noexcept:
    return t == RAY_SYM or t == RAY_STR


cdef Value converted(Value x, int code):
    try:
        out = operate("as", box_value(type_name(-code)), x)
    except errors.QueryError as e:
        raise conversion(e.message, None, type_name(-code)) from None
    if not isinstance(out, Value) or ray_type((<Value>out).v) != code:
        raise conversion(f"no conversion from {type_name(ray_type(x.v))} to {type_name(code)}")
    return out


cdef int check_cast(ray_val *v, Value out, int code) except -1:
    """Text must have been understood, all else must give the same when converted back; floats may be rounded."""
    cdef int t = ray_type(v)
    cdef int64_t n = ray_len(v)
    cdef Value back
    if is_text(code):
        return 0
    if is_text(t) or (t == RAY_F64 and code == RAY_F32):
        np = numpy()
        if is_text(t):
            bad = np.asarray(raw_array(null_mask(out))) & ~np.asarray(raw_array(null_mask(wrap_take(ray_retain(v)))))
        else:
            source = raw_array(wrap_take(ray_retain(v)))
            bad = np.isfinite(source) & (np.abs(source) > np.finfo("f4").max)
        if n and bad.any() and code == RAY_F32:
            raise OverflowError(f"row {int(bad.argmax())}: {at(v, int(bad.argmax()))!r} does not fit f32")
        if n and bad.any():
            raise lost(v, int(bad.argmax()), code)
        return 0
    back = converted(out, t)
    cdef bint same
    with nogil:
        same = ray_equal(back.v, v)
    if same:
        return 0
    for i in range(n):
        breathe(i)
        if at(back.v, i) != at(v, i) and not (is_nan(at(back.v, i)) and is_nan(at(v, i))):
            raise lost(v, i, code)
    raise conversion(f"{type_name(t)} does not survive as {type_name(code)}")


cdef bint is_nan(object x):
    return isinstance(x, float) and x != x


cdef object lost(ray_val *v, int64_t i, int code):
    x = at(v, i)
    if isinstance(x, (int, float)) and x == x and code in INT_RANGE and not INT_RANGE[code][0] <= x <= INT_RANGE[code][1]:
        return OverflowError(f"row {i}: {x!r} does not fit {type_name(-code)}; lossy=True takes what the language makes of it")
    return conversion(f"{x!r:.100} would change as {type_name(-code)}; lossy=True takes what the language makes of it", x,
                      type_name(-code), i)


def cast(Value value not None, int code, bint lossy=False):
    """The vector as another type; lossy: as `(as 'type v)` does, which may wrap, cut off and give nulls."""
    cdef ray_val *v = value.ptr()
    if not lossy:
        return wrap_take(cast_vector(v, code), value.borrowed and ray_type(v) == code)
    return converted(value, code)
