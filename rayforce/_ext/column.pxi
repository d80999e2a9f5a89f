# Python sequences as columns, typed by all their items: one pass to see what they are, one to store them.

cdef int common_tag(tuple items, int flags) except? -2:
    """The type of a vector that holds all items, GENERIC if there is none."""
    cdef int tag, found = NOTHING
    cdef bint nulls = False
    cdef int64_t i
    last = None  # items mostly have the type of the one before
    for i in range(len(items)):
        breathe(i)
        x = items[i]
        if type(x) is last:
            continue
        tag = tag_of(x, flags)
        last = type(x) if tag > 0 and type(x) in exact_tags else None
        if tag == NOTHING:
            nulls = True
        elif tag == found:
            continue
        elif tag == GENERIC:
            return GENERIC
        elif found == NOTHING:
            found = tag
        elif (tag == RAY_F64 and found == RAY_I64) or (tag == RAY_I64 and found == RAY_F64):
            found = RAY_F64
        else:
            return GENERIC
    if found == NOTHING or (nulls and (found == RAY_B8 or found == RAY_U8)):
        return GENERIC
    return found


cdef object mixed(tuple items, int flags):
    """The error for items that are no column, naming the first one that does not go with those before it."""
    first = None
    for i, x in enumerate(items):
        if x is None:
            continue
        if tag_of(x, flags) == GENERIC:
            return conversion(f"{x!r:.100} of type {type(x).__name__} cannot be an element of a vector", x, None, i)
        if first is not None and common_tag((first, x), flags) == GENERIC:
            return conversion(f"{x!r:.100} does not go with {first!r:.100} above it", x, None, i)
        first = x if first is None else first
    return conversion("a column of nothing but nulls, or of bool with nulls, has no type; give dtype=", None)


cdef ray_val *column(object items, int tag, Way *way) except NULL:
    """A vector of that type; GENERIC: of the type that all items share, or a list."""
    cdef tuple fixed = tuple(items)  # code of the items runs below and may change a list
    cdef ray_val *out
    cdef int64_t i = 0
    if tag == GENERIC:
        tag = common_tag(fixed, way.flags)
        if tag == GENERIC:
            if way.flags & STRICT and len(fixed):
                raise mixed(fixed, way.flags)
            return list_of(fixed, way)
    out = own(ray_strvec_new(len(fixed)) if tag == RAY_STR else ray_vec_new(tag, len(fixed)))
    try:
        if tag == RAY_I64:
            i = store_ints(<int64_t *>ray_data(out), fixed)
        elif tag == RAY_F64:
            i = store_floats(<double *>ray_data(out), fixed)
        elif tag == RAY_SYM:
            i = store_symbols(<int32_t *>ray_data(out), fixed)
        nat, na = missing_objects()
        for i in range(i, len(fixed)):
            breathe(i)
            x = fixed[i]
            store(out, tag, i, None if x is nat or x is na else x)
    except BaseException as e:
        ray_release(out)
        if isinstance(e, errors.ConversionError) and e.row is None:
            raise conversion(e.message, e.value, e.target, i) from None
        if isinstance(e, OverflowError):
            raise OverflowError(f"row {i}: {e}") from None
        raise
    with nogil:
        ray_nulls_scan(out)
    return out


cdef int64_t store_ints(int64_t *p, tuple items) except -1:
    """Stores items up to the first that is no plain int in range, and says which that is."""
    cdef int64_t i
    cdef int overflow = 0
    for i in range(len(items)):
        breathe(i)
        x = items[i]
        if type(x) is not int:
            return i
        p[i] = PyLong_AsLongLongAndOverflow(x, &overflow)
        if overflow or p[i] == INT64_MIN:
            return i
    return len(items)


cdef int64_t store_floats(double *p, tuple items) except -1:
    """The same for floats."""
    cdef int64_t i
    for i in range(len(items)):
        breathe(i)
        x = items[i]
        if type(x) is not float:
            return i
        p[i] = <double>x
    return len(items)


cdef enum:
    RECENT = 512


cdef int64_t store_symbols(int32_t *p, tuple items) except -1:
    """The same for str. The same object again, as columns mostly hold, needs no look into its text."""
    cdef PyObject *seen[RECENT]
    cdef int32_t ids[RECENT]
    cdef int64_t i
    cdef size_t slot
    memset(seen, 0, sizeof(seen))
    for i in range(len(items)):
        breathe(i)
        x = items[i]
        slot = (<size_t><PyObject *>x >> 4) % RECENT
        if seen[slot] != <PyObject *>x:
            if type(x) is not str:
                return i
            ids[slot] = intern(x)
            seen[slot] = <PyObject *>x
        p[i] = ids[slot]
    return len(items)


cdef int store(ray_val *out, int tag, int64_t i, object x) except -1:
    """Writes element i of a fresh vector; STR vectors are appended to."""
    cdef bint null = False
    cdef int64_t n
    cdef bytes raw
    cdef void *p
    if tag == RAY_STR:
        raw = b"" if x is None else text_bytes(x)
        return done(ray_strvec_append(out, raw, len(raw)))
    p = ray_data(out)
    if tag == RAY_SYM:
        (<int32_t *>p)[i] = intern(x)
    elif tag == RAY_F64:
        (<double *>p)[i] = float_value(tag, x)
    elif tag == RAY_F32:
        (<float *>p)[i] = <float>float_value(tag, x)
    elif tag == RAY_GUID:
        raw = bytes(16) if x is None else guid_bytes(x)
        memcpy(<uint8_t *>p + 16 * i, <const char *>raw, 16)
    else:
        n = int_value(tag, x, &null)
        if null and (tag == RAY_B8 or tag == RAY_U8):
            raise conversion(f"{type_name(tag)} has no null", x, type_name(tag))
        store_int(p, ray_type_width(tag), i, n, null)
    return 0


cdef void store_int(void *p, int width, int64_t i, int64_t n, bint null) noexcept nogil:
    if width == 8:
        (<int64_t *>p)[i] = INT64_MIN if null else n
    elif width == 4:
        (<int32_t *>p)[i] = INT32_MIN if null else <int32_t>n
    elif width == 2:
        (<int16_t *>p)[i] = INT16_MIN if null else <int16_t>n
    else:
        (<uint8_t *>p)[i] = <uint8_t>n


cdef ray_val *list_of(object items, Way *way) except NULL:
    """A LIST, whatever the items are."""
    cdef tuple fixed = tuple(items)
    cdef ray_val *out = own(ray_list_new(len(fixed)))
    cdef int64_t i
    try:
        for i in range(len(fixed)):
            breathe(i)
            ray_list_set_take(out, i, to_ray(fixed[i], way))
    except BaseException:
        ray_release(out)
        raise
    return out


cdef ray_val *table_of(object names, object columns, Way *way) except NULL:
    """A table of named columns, each a vector, an array or a sequence."""
    cdef ray_val *k
    cdef ray_val *c
    cdef int64_t i
    names, columns = tuple(names), tuple(columns)
    if len(names) != len(columns):
        raise conversion(f"{len(names)} names for {len(columns)} columns")
    for name in names:
        if not isinstance(name, str):
            raise conversion(f"column name {name!r} is not a str", name)
    k = column(names, RAY_SYM, way)
    c = NULL
    try:
        c = own(ray_list_new(len(names)))
        for i, x in enumerate(columns):
            try:
                ray_list_set_take(c, i, column_in(x, way))
            except errors.ConversionError as e:
                raise e.in_column(names[i]) from None
            except OverflowError as e:
                raise OverflowError(f"column {names[i]!r}: {e}") from None
    except BaseException:
        ray_release(k)
        ray_release(c)
        raise
    return own(ray_table_new_take(k, c))


cdef ray_val *column_in(object x, Way *way) except NULL:
    """x as a column of a table: any value with elements; what can be iterated over is."""
    cdef ray_val *v
    if isinstance(x, (str, bytes, dict)) or not (isinstance(x, Value) or hasattr(x, "__array__") or hasattr(x, "__iter__")
                                                 or PyObject_CheckBuffer(x)):
        raise conversion(f"{x!r:.100} of type {type(x).__name__} cannot be a column; expected a sequence", x)
    if isinstance(x, Value) or hasattr(x, "__array__") or PyObject_CheckBuffer(x):
        v = to_ray(x, way)
    else:
        v = column(x, GENERIC, way)
    if not 0 <= ray_type(v) < RAY_TABLE:
        ray_release(v)
        raise conversion(f"{x!r:.100} of type {type(x).__name__} cannot be a column; expected a sequence", x)
    return v


def make_vector(items, int code, *, strings="symbol"):
    """A vector of a type (0: of the type that all items share, which they must)."""
    cdef Way way
    way.flags, way.borrowed = way_flags(True, strings) | STRICT, False
    cdef ray_val *v
    if isinstance(items, (str, bytes, dict)):
        raise conversion(f"{items!r:.100} is not a sequence of elements", items)
    if isinstance(items, Value):
        v = cast_vector((<Value>items).ptr(), code)
        return wrap_take(v, (<Value>items).borrowed)
    if hasattr(items, "__array__"):
        v = array_in(items, code, None, &way)
    elif PyObject_CheckBuffer(items) and not isinstance(items, bytes):
        v = buffer_in(items, code, &way)
    else:
        v = column(items, code, &way)
    if ray_type(v) == RAY_LIST:  # nothing says what an empty sequence would have held
        ray_release(v)
        v = own(ray_vec_new(RAY_I64, 0))
    return wrap_take(v, way.borrowed)


def make_list(items):
    """A LIST of the items, each converted on its own."""
    cdef Way way
    way.flags, way.borrowed = BORROW, False
    cdef ray_val *v = list_of(items, &way)
    return wrap_take(v, way.borrowed)


def make_dict(keys, values):
    cdef Way way
    way.flags, way.borrowed = BORROW, False
    cdef ray_val *k
    cdef ray_val *v
    k = to_ray(keys if isinstance(keys, Value) else list(keys), &way)
    try:
        v = to_ray(values if isinstance(values, Value) else list(values), &way)
    except BaseException:
        ray_release(k)
        raise
    return wrap_take(own(ray_dict_new_take(k, v)), way.borrowed)


def make_table(names, columns, *, strings="symbol"):
    cdef Way way
    way.flags, way.borrowed = way_flags(True, strings), False
    cdef ray_val *v = table_of(names, columns, &way)
    return wrap_take(v, way.borrowed)
