# Arrow arrays as columns: offsets, validity and dictionaries honoured; looked into where the storage is the same.


cdef class Imported:
    """An Arrow array that was moved out of its capsule; vectors that look into it keep it."""

    cdef ArrowArray array

    def __dealloc__(self):
        if self.array.release is not NULL:
            self.array.release(&self.array)


cdef void release_import(void *ctx) noexcept nogil:
    if not Py_IsInitialized():
        return
    with gil:
        Py_XDECREF(<PyObject *>ctx)


ctypedef struct Part:  # n elements of an Arrow array, from `at` on in its buffers
    const ArrowSchema *schema
    const ArrowArray *array
    int64_t at
    int64_t n
    const void *valid  # null: all
    int64_t nulls

# format -> (type whose storage it is)
cdef dict ARROW_SAME = {
    b"C": RAY_U8, b"s": RAY_I16, b"i": RAY_I32, b"l": RAY_I64, b"f": RAY_F32, b"g": RAY_F64, b"ttm": RAY_TIME,
    b"tDn": RAY_TIMESPAN, b"w:16": RAY_GUID,
}
cdef dict ARROW_WIDENED = {b"c": RAY_I16, b"S": RAY_I32, b"I": RAY_I64, b"L": RAY_I64, b"e": RAY_F32}
# format -> (type, bytes, multiply, divide, what 1970 is away from 2000 in units of the type)
cdef dict ARROW_TICKS = {
    b"tdD": (RAY_DATE, 4, 1, 1, EPOCH_DAYS), b"tdm": (RAY_DATE, 8, 1, DAY_MS, EPOCH_DAYS),
    b"tts": (RAY_TIME, 4, 1000, 1, 0), b"ttu": (RAY_TIME, 8, 1, 1000, 0), b"ttn": (RAY_TIME, 8, 1, 1_000_000, 0),
    b"tss": (RAY_TIMESTAMP, 8, 1_000_000_000, 1, EPOCH_NS), b"tsm": (RAY_TIMESTAMP, 8, 1_000_000, 1, EPOCH_NS),
    b"tsu": (RAY_TIMESTAMP, 8, 1000, 1, EPOCH_NS), b"tsn": (RAY_TIMESTAMP, 8, 1, 1, EPOCH_NS),
    b"tDs": (RAY_TIMESPAN, 8, 1_000_000_000, 1, 0), b"tDm": (RAY_TIMESPAN, 8, 1_000_000, 1, 0),
    b"tDu": (RAY_TIMESPAN, 8, 1000, 1, 0),
}
cdef dict INDEX_WIDTHS = {b"c": 1, b"C": 1, b"s": 2, b"S": 2, b"i": 4, b"I": 4, b"l": 8, b"L": 8}


cdef Part part_of(const ArrowSchema *s, const ArrowArray *a, int64_t from_, int64_t n):
    """Elements from_ to from_ + n of what the array itself shows."""
    cdef Part p
    p.schema, p.array, p.at, p.n = s, a, a.offset + from_, n
    p.valid = a.buffers[0] if a.n_buffers > 0 and a.null_count != 0 else NULL
    p.nulls = zero_bits(p.valid, p.at, n)
    if p.nulls == 0:
        p.valid = NULL
    return p


cdef ray_val *arrow_column(Part p, Imported owner, Way *way) except NULL:
    Py_EnterRecursiveCall(" while converting nested Arrow arrays")
    try:
        return arrow_column_by_format(p, owner, way)
    finally:
        Py_LeaveRecursiveCall()


cdef ray_val *arrow_column_by_format(Part p, Imported owner, Way *way) except NULL:
    cdef bytes form = p.schema.format
    cdef bytes kind = form[:3] if form[:2] == b"ts" else form
    if p.schema.dictionary is not NULL:
        return arrow_dictionary(p, form, owner, way)
    if form in ARROW_SAME:
        return arrow_same(p, ARROW_SAME[form], owner, way)
    if form in ARROW_WIDENED:
        return arrow_widened(p, ARROW_WIDENED[form], form[0])
    if kind in ARROW_TICKS:
        return arrow_ticks(p, kind, way)
    if form == b"b":
        return arrow_bools(p, way)
    if form in (b"u", b"U", b"z", b"Z", b"vu", b"vz"):
        return arrow_texts(p, form, RAY_SYM if form in (b"u", b"U", b"vu") and not way.flags & STRINGS else RAY_STR)
    if form[:2] == b"w:":
        return arrow_texts(p, form, RAY_STR)
    if form in (b"+l", b"+L", b"+vl", b"+vL") or form[:3] == b"+w:":
        return arrow_lists(p, form, owner, way)
    if form == b"tin":
        return arrow_intervals(p)
    if form[:2] == b"d:":
        return arrow_decimals(p, form)
    if form == b"n" and not way.flags & STRICT:
        return own(ray_list_new(p.n))
    raise conversion(f"Arrow's type with the format {form.decode('utf-8', 'replace')!r} has no column type here")


# ---- numbers and times ---------------------------------------------------------------------------------------------


cdef ray_val *arrow_same(Part p, int tag, Imported owner, Way *way) except NULL:
    """The storage is ours: looked into if every null, if there are any, is stored as ours is."""
    cdef int width = ray_type_width(tag)
    cdef const uint8_t *data
    cdef ray_val *v
    if p.nulls and tag == RAY_U8:
        return arrow_widened(p, RAY_I16, b"C"[0])
    if p.n == 0:
        return own(ray_vec_new(tag, 0))
    data = <const uint8_t *>p.array.buffers[1] + p.at * width
    if way.flags & BORROW and <size_t>data % (8 if width == 16 else width) == 0 and nulls_are_stored(p, tag, data):
        Py_INCREF(owner)
        v = own(ray_vec_external(tag, <void *>data, p.n, release_import, <PyObject *>owner))
        with nogil:
            ray_nulls_scan(v)
        way.borrowed = True
    else:
        v = own(ray_vec_new(tag, p.n))
        with nogil:
            memcpy(ray_data(v), data, p.n * width)
            ray_nulls_scan(v)
    if p.nulls == 0:
        return without_sentinels(v) if tag <= RAY_I64 else v
    return with_nulls(v, p)


cdef bint nulls_are_stored(Part p, int tag, const void *data) noexcept:
    cdef int64_t i
    if p.nulls == 0:
        return True
    cdef bint stored = True
    with nogil:
        for i in range(p.n):
            if not bit(p.valid, p.at + i) and not is_sentinel(tag, data, i):
                stored = False
                break
    return stored


cdef bint is_sentinel(int tag, const void *data, int64_t i) noexcept nogil:
    cdef double f
    cdef const uint64_t *g
    if tag == RAY_I64 or tag == RAY_TIMESTAMP or tag == RAY_TIMESPAN:
        return (<const int64_t *>data)[i] == INT64_MIN
    if tag == RAY_I32 or tag == RAY_DATE or tag == RAY_TIME:
        return (<const int32_t *>data)[i] == INT32_MIN
    if tag == RAY_I16:
        return (<const int16_t *>data)[i] == INT16_MIN
    if tag == RAY_GUID:
        g = <const uint64_t *>data
        return g[2 * i] == 0 and g[2 * i + 1] == 0
    f = (<const double *>data)[i] if tag == RAY_F64 else (<const float *>data)[i]
    return isnan(f)


cdef void put_sentinel(int tag, void *data, int64_t i) noexcept nogil:
    if tag == RAY_F64:
        (<double *>data)[i] = NAN
    elif tag == RAY_F32:
        (<float *>data)[i] = <float>NAN
    elif tag == RAY_GUID:
        memset(<uint8_t *>data + 16 * i, 0, 16)
    else:
        store_int(data, ray_type_width(tag), i, 0, True)


cdef ray_val *with_nulls(ray_val *v, Part p) except NULL:
    """Writes the nulls that are not there yet; a number that looks like one is an error. Consumes v."""
    cdef int64_t i, bad = -1
    cdef int tag = ray_type(v)
    cdef bint strict = RAY_I16 <= tag <= RAY_I64
    cdef void *data = ray_data(v)
    with nogil:
        for i in range(p.n):
            if p.valid is NULL or bit(p.valid, p.at + i):
                if strict and is_sentinel(tag, data, i):
                    bad = i
                    break
            elif not is_sentinel(tag, data, i):
                put_sentinel(tag, data, i)
        ray_nulls_scan(v)
    if bad >= 0:
        lowest = {RAY_I16: INT16_MIN, RAY_I32: INT32_MIN}.get(tag, INT64_MIN)
        ray_release(v)
        raise conversion(f"{lowest} is how {type_name(tag)} stores a null", lowest, type_name(tag), bad)
    return v


cdef ray_val *arrow_widened(Part p, int tag, char form) except NULL:
    cdef const void *src = p.array.buffers[1] if p.n else NULL
    cdef ray_val *v = own(ray_vec_new(tag, p.n))
    cdef int64_t i, bad = -1
    cdef void *out = ray_data(v)
    with nogil:
        if form == b"c"[0]:
            for i in range(p.n):
                (<int16_t *>out)[i] = (<const int8_t *>src)[p.at + i]
        elif form == b"C"[0]:
            for i in range(p.n):
                (<int16_t *>out)[i] = (<const uint8_t *>src)[p.at + i]
        elif form == b"S"[0]:
            for i in range(p.n):
                (<int32_t *>out)[i] = (<const uint16_t *>src)[p.at + i]
        elif form == b"I"[0]:
            for i in range(p.n):
                (<int64_t *>out)[i] = (<const uint32_t *>src)[p.at + i]
        elif form == b"e"[0]:
            for i in range(p.n):
                (<float *>out)[i] = half_float((<const uint16_t *>src)[p.at + i])
        else:
            for i in range(p.n):
                (<int64_t *>out)[i] = (<const int64_t *>src)[p.at + i]
                if (<int64_t *>out)[i] < 0 and (p.valid is NULL or bit(p.valid, p.at + i)):
                    bad = i
                    break
    if bad >= 0:
        ray_release(v)
        raise OverflowError(f"row {bad}: {(<const uint64_t *>src)[p.at + bad]} does not fit i64")
    return with_nulls(v, p)


cdef float half_float(uint16_t h) noexcept nogil:
    cdef uint32_t sign = (<uint32_t>h & 0x8000) << 16
    cdef int e = (h >> 10) & 31
    cdef uint32_t m = h & 1023
    cdef uint32_t bits_
    cdef float f
    if e == 0:
        f = <float>m * <float>5.9604644775390625e-08
        return -f if sign else f
    bits_ = sign | ((<uint32_t>(e + 112) if e != 31 else 255u) << 23) | (m << 13)
    memcpy(&f, &bits_, 4)
    return f


cdef ray_val *arrow_ticks(Part p, bytes kind, Way *way) except NULL:
    """Days, milliseconds or nanoseconds since 2000 from whatever Arrow counts; what is finer than ours is an error."""
    tag_, width_, mul_, div_, offset_ = ARROW_TICKS[kind]
    cdef int tag = tag_, width = width_
    cdef int64_t mul = mul_, div = div_, offset = offset_
    limit = INT32_MAX if tag == RAY_DATE or tag == RAY_TIME else INT64_MAX
    cdef int64_t lo = max(-((limit - offset_) * div_ // mul_), -INT64_MAX)
    cdef int64_t hi = min((limit + offset_) * div_ // mul_, INT64_MAX)
    cdef const void *src = p.array.buffers[1] if p.n else NULL
    cdef ray_val *v = own(ray_vec_new(tag, p.n))
    cdef void *out = ray_data(v)
    cdef int64_t i, x, q, bad = -1
    cdef int stored = ray_type_width(tag)
    cdef bint rounded = way.flags & ROUND
    with nogil:
        for i in range(p.n):
            if p.valid is not NULL and not bit(p.valid, p.at + i):
                store_int(out, stored, i, 0, True)
                continue
            x = (<const int64_t *>src)[p.at + i] if width == 8 else (<const int32_t *>src)[p.at + i]
            if x < lo or x > hi or (div > 1 and x % div and not rounded):
                bad = i
                break
            q = <int64_t>(<uint64_t>x * <uint64_t>mul) if div == 1 else nearest(x, div)
            store_int(out, stored, i, <int64_t>(<uint64_t>q - <uint64_t>offset), False)
        if bad < 0:
            ray_nulls_scan(v)
    if bad >= 0:
        ray_release(v)
        why = "is outside its range" if x < lo or x > hi else "is finer than its unit; round=True rounds"
        raise conversion(f"{x} of Arrow's {kind.decode()} cannot be a {type_name(-tag)}: it {why}", x, type_name(-tag), bad)
    return v


cdef int64_t nearest(int64_t x, int64_t div) noexcept nogil:
    """x / div to the nearest, halves away from zero."""
    cdef int64_t q = x // div, rest = x % div
    if rest > div // 2 or (rest == div // 2 and div % 2 == 0 and rest):
        return q + 1
    if -rest > div // 2 or (-rest == div // 2 and div % 2 == 0 and rest):
        return q - 1
    return q


cdef int64_t DIGITS_15 = 1_000_000_000_000_000


cdef ray_val *arrow_decimals(Part p, bytes form) except NULL:
    """Decimals of up to 15 digits as the doubles that print as they do; without a fraction: as I64."""
    parts = form[2:].split(b",")
    if len(parts) > 2 and parts[2] != b"128":
        raise conversion(f"decimals of {parts[2].decode()} bits have no column type here; cast them to float first")
    cdef int scale = int(parts[1])
    cdef const int64_t *words = <const int64_t *>p.array.buffers[1] if p.n else NULL
    cdef ray_val *v
    cdef int64_t i, low = 0, high = 0, bad = -1
    if not 0 <= scale <= 22:
        raise conversion(f"decimals with the scale {scale} have no column type here; cast them to float first")
    cdef double unit = 10.0 ** scale
    v = own(ray_vec_new(RAY_I64 if scale == 0 else RAY_F64, p.n))
    with nogil:
        for i in range(p.n):
            if p.valid is not NULL and not bit(p.valid, p.at + i):
                put_sentinel(RAY_F64 if scale else RAY_I64, ray_data(v), i)
                continue
            low, high = words[2 * (p.at + i)], words[2 * (p.at + i) + 1]
            if high != (-1 if low < 0 else 0) or (scale and not -DIGITS_15 < low < DIGITS_15) or low == INT64_MIN:
                bad = i
                break
            if scale == 0:
                (<int64_t *>ray_data(v))[i] = low
            else:
                (<double *>ray_data(v))[i] = <double>low / unit
        if bad < 0:
            ray_nulls_scan(v)
    if bad >= 0:
        ray_release(v)
        raise conversion(f"{<object>high * 2**64 + <uint64_t>low} / 10^{scale} has too many "
                         f"digits for {'f64' if scale else 'i64'}", None, None, bad)
    return v


cdef ray_val *arrow_intervals(Part p) except NULL:
    """Days and nanoseconds; months have no fixed length."""
    cdef const int32_t *words = <const int32_t *>p.array.buffers[1] if p.n else NULL
    cdef const int32_t *one
    cdef ray_val *v = own(ray_vec_new(RAY_TIMESPAN, p.n))
    cdef int64_t *out = <int64_t *>ray_data(v)
    cdef int64_t i, ns = 0, bad = -1
    with nogil:
        for i in range(p.n):
            if p.valid is not NULL and not bit(p.valid, p.at + i):
                out[i] = INT64_MIN
                continue
            one = words + 4 * (p.at + i)
            memcpy(&ns, one + 2, 8)
            if one[0] or not sum_of_days(one[1], ns, out + i):
                bad = i
                break
        if bad < 0:
            ray_nulls_scan(v)
    if bad >= 0:
        ray_release(v)
        if one[0]:
            raise conversion(f"an interval of {one[0]} months has no fixed length", None, "timespan", bad)
        raise conversion(f"{one[1]} days and {ns} ns are outside the range of timespan", None, "timespan", bad)
    return v


cdef bint sum_of_days(int32_t days, int64_t ns, int64_t *out) noexcept nogil:
    """days and ns as nanoseconds; False: that is more than 64 bits hold, or how a null is stored."""
    cdef int64_t whole = ns // DAY_NS + days, rest = ns % DAY_NS, sign
    if whole and rest and (whole < 0) != (rest < 0):
        sign = -1 if whole < 0 else 1
        whole -= sign
        rest += sign * DAY_NS
    if not -(INT64_MAX // DAY_NS) <= whole <= INT64_MAX // DAY_NS:
        return False
    if (rest if rest > 0 else -rest) > INT64_MAX - DAY_NS * (whole if whole > 0 else -whole):
        return False
    out[0] = whole * DAY_NS + rest
    return True


cdef ray_val *arrow_bools(Part p, Way *way) except NULL:
    cdef const void *src = p.array.buffers[1] if p.n else NULL
    cdef int64_t i
    cdef int r = 0
    cdef ray_val *v
    cdef ray_val *one
    if p.nulls:
        if way.flags & STRICT:
            raise conversion("B8 has no null", None, "b8")
        v = own(ray_list_new(p.n))
        with nogil:
            for i in range(p.n):
                if bit(p.valid, p.at + i):
                    one = ray_int_new(RAY_B8, bit(src, p.at + i))
                    if one is NULL:
                        r = -1
                        break
                    ray_list_set_take(v, i, one)
        return filled(v, r)
    v = own(ray_vec_new(RAY_B8, p.n))
    with nogil:
        for i in range(p.n):
            (<uint8_t *>ray_data(v))[i] = bit(src, p.at + i)
    return v


# ---- texts ---------------------------------------------------------------------------------------------------------


cdef const char *arrow_text(const ArrowArray *a, char form, int64_t i, size_t *n) noexcept nogil:
    """Element i of strings: u U (offsets of 4 and 8 bytes), v (views); `u`, `U`, `v` also stand for bytes."""
    cdef const int32_t *view
    cdef int64_t start
    if form == b"u"[0]:
        start = (<const int32_t *>a.buffers[1])[i]
        n[0] = (<const int32_t *>a.buffers[1])[i + 1] - start
        return <const char *>a.buffers[2] + start
    if form == b"U"[0]:
        start = (<const int64_t *>a.buffers[1])[i]
        n[0] = (<const int64_t *>a.buffers[1])[i + 1] - start
        return <const char *>a.buffers[2] + start
    view = <const int32_t *>a.buffers[1] + 4 * i
    n[0] = view[0]
    return <const char *>(view + 1) if view[0] <= 12 else <const char *>a.buffers[2 + view[2]] + view[3]


cdef ray_val *arrow_texts(Part p, bytes form, int tag) except NULL:
    cdef char kind = {b"u": b"u", b"z": b"u", b"U": b"U", b"Z": b"U", b"vu": b"v", b"vz": b"v"}.get(form, b"w")[0]
    cdef size_t width = int(form[2:]) if kind == b"w"[0] else 0
    cdef ray_val *v = own(ray_vec_new(RAY_SYM, p.n) if tag == RAY_SYM else ray_strvec_new(p.n))
    cdef int64_t i, bad = -1
    cdef size_t n = 0, last_n = 0
    cdef const char *s
    cdef const char *last = NULL
    cdef int32_t id = 0
    with nogil:
        for i in range(p.n):
            if p.valid is not NULL and not bit(p.valid, p.at + i):
                s, n = b"", 0
            elif kind == b"w"[0]:
                s, n = <const char *>p.array.buffers[1] + (p.at + i) * width, width
            else:
                s = arrow_text(p.array, kind, p.at + i, &n)
            if tag == RAY_STR:
                if ray_strvec_append(v, s, n) < 0:
                    bad = i
                    break
                continue
            if last is NULL or n != last_n or memcmp(s, last, n):  # the one before again: nothing to look up
                id = ray_sym_intern(s, n) if n else 0
                last, last_n = s, n
            if id < 0:
                bad = i
                break
            (<int32_t *>ray_data(v))[i] = id
        if bad < 0:
            ray_nulls_scan(v)
    if bad >= 0:
        ray_release(v)
        raise symbol_error(s[:n], bad) if tag == RAY_SYM else slot_error()
    return v


cdef int64_t index_at(const void *p, int width, bint unsigned_, int64_t i) noexcept nogil:
    if width == 1:
        return (<const uint8_t *>p)[i] if unsigned_ else (<const int8_t *>p)[i]
    if width == 2:
        return (<const uint16_t *>p)[i] if unsigned_ else (<const int16_t *>p)[i]
    if width == 4:
        return (<const uint32_t *>p)[i] if unsigned_ else (<const int32_t *>p)[i]
    return (<const int64_t *>p)[i]


cdef ray_val *arrow_dictionary(Part p, bytes form, Imported owner, Way *way) except NULL:
    """Each value of the dictionary is converted once."""
    cdef const ArrowArray *d = p.array.dictionary
    if form not in INDEX_WIDTHS:
        raise conversion(f"a dictionary with indices of the format {form.decode()!r}")
    cdef Part words = part_of(p.schema.dictionary, d, 0, d.length)
    cdef int width = INDEX_WIDTHS[form]
    cdef bint unsigned_ = form.isupper()
    cdef Value values = wrap_take(arrow_column(words, owner, way), way.borrowed)
    cdef int64_t i, x, k = ray_len(values.v), bad = -1
    cdef int t = ray_type(values.v)
    cdef const void *src = p.array.buffers[1] if p.n else NULL
    cdef int64_t *pos
    cdef ray_val *out
    if t == RAY_LIST:
        raise conversion("a dictionary of lists or nulls has no column type here")
    if p.nulls and (t == RAY_B8 or t == RAY_U8):
        raise conversion(f"{type_name(t)} has no null", None, type_name(t))
    pos = <int64_t *>zeroed(8 * p.n)
    try:
        with nogil:
            for i in range(p.n):
                if p.valid is not NULL and not bit(p.valid, p.at + i):
                    pos[i] = -1
                    continue
                x = index_at(src, width, unsigned_, p.at + i)
                if x < 0 or x >= k:
                    bad = i
                    break
                pos[i] = x
        if bad >= 0:
            raise conversion(f"index {x} is outside of a dictionary of {k} values", x, None, bad)
        if t == RAY_STR:
            out = own(ray_strvec_new(p.n))
        else:
            out = own(ray_vec_new(t, p.n))
        try:
            picked(values.v, pos, p.n, out)
        except BaseException:
            ray_release(out)
            raise
        return out
    finally:
        PyMem_RawFree(pos)


cdef int picked(ray_val *v, const int64_t *pos, int64_t n, ray_val *out) except -1:
    """Elements at positions, a null where there is -1."""
    cdef int64_t i
    cdef int t = ray_type(v), width = ray_type_width(t), r = 0
    cdef const uint8_t *src
    if t == RAY_STR:
        with nogil:
            r = append_texts(out, v, pos, n)
        return done(r)
    src = <const uint8_t *>ray_data(v)
    with nogil:
        for i in range(n):
            if pos[i] < 0:
                if t == RAY_SYM:
                    (<int32_t *>ray_data(out))[i] = 0
                else:
                    put_sentinel(t, ray_data(out), i)
            elif width == 4:
                (<int32_t *>ray_data(out))[i] = (<const int32_t *>src)[pos[i]]
            else:
                memcpy(<uint8_t *>ray_data(out) + i * width, src + pos[i] * width, width)
        ray_nulls_scan(out)
    return 0


# ---- lists ---------------------------------------------------------------------------------------------------------


cdef ray_val *arrow_lists(Part p, bytes form, Imported owner, Way *way) except NULL:
    """A LIST whose cells are views into one converted vector."""
    cdef const ArrowArray *child = p.array.children[0]
    cdef Value items = wrap_take(
        arrow_column(part_of(p.schema.children[0], child, 0, child.length), owner, way), way.borrowed)
    cdef ray_val *v = own(ray_list_new(p.n))
    cdef int64_t i, start = 0, n = int(form[3:]) if form[:3] == b"+w:" else 0
    cdef char kind = form[1], letter = form[2] if len(form) > 2 else 0
    cdef ray_val *cell
    cdef int r = 0
    with nogil:
        for i in range(p.n):
            if p.valid is not NULL and not bit(p.valid, p.at + i):
                continue
            if kind == b"w"[0]:
                start = (p.at + i) * n
            elif kind == b"l"[0]:
                start = (<const int32_t *>p.array.buffers[1])[p.at + i]
                n = (<const int32_t *>p.array.buffers[1])[p.at + i + 1] - start
            elif kind == b"L"[0]:
                start = (<const int64_t *>p.array.buffers[1])[p.at + i]
                n = (<const int64_t *>p.array.buffers[1])[p.at + i + 1] - start
            elif letter == b"l"[0]:
                start = (<const int32_t *>p.array.buffers[1])[p.at + i]
                n = (<const int32_t *>p.array.buffers[2])[p.at + i]
            else:
                start = (<const int64_t *>p.array.buffers[1])[p.at + i]
                n = (<const int64_t *>p.array.buffers[2])[p.at + i]
            cell = ray_vec_slice(items.v, start, n)
            if cell is NULL:
                r = -1
                break
            ray_list_set_take(v, i, cell)
    return filled(v, r)


# ---- capsules ------------------------------------------------------------------------------------------------------


cdef class Batches:
    """What a stream gave: its schema, and the arrays that were moved out of it."""

    cdef object keep  # the capsule of the schema
    cdef ArrowSchema stream_schema
    cdef const ArrowSchema *schema
    cdef list arrays

    def __dealloc__(self):
        if self.stream_schema.release is not NULL:
            self.stream_schema.release(&self.stream_schema)


cdef Imported moved(ArrowArray *a):
    cdef Imported out = Imported.__new__(Imported)
    if a.release is NULL:
        raise conversion("this Arrow array was consumed already")
    out.array = a[0]
    a.release = NULL
    return out


cdef Batches batches_of(object x):
    """From anything with __arrow_c_stream__ or __arrow_c_array__, or such capsules."""
    cdef Batches out = Batches.__new__(Batches)
    cdef ArrowArrayStream *stream
    out.arrays = []
    if hasattr(x, "__arrow_c_stream__"):
        x = x.__arrow_c_stream__()
    elif hasattr(x, "__arrow_c_array__"):
        x = x.__arrow_c_array__()
    if isinstance(x, tuple) and len(x) == 2 and PyCapsule_IsValid(x[0], b"arrow_schema"):
        out.keep = x[0]
        out.schema = <const ArrowSchema *>PyCapsule_GetPointer(x[0], b"arrow_schema")
        out.arrays.append(moved(<ArrowArray *>PyCapsule_GetPointer(x[1], b"arrow_array")))
        return out
    if not PyCapsule_IsValid(x, b"arrow_array_stream"):
        raise conversion(f"{type(x).__name__} is nothing of Arrow's: it lacks __arrow_c_stream__ and __arrow_c_array__", x)
    stream = <ArrowArrayStream *>PyCapsule_GetPointer(x, b"arrow_array_stream")
    if stream.release is NULL:
        raise conversion("this Arrow stream was consumed already")
    try:
        read_stream(stream, out)
    finally:
        with nogil:
            stream.release(stream)
    return out


cdef int read_stream(ArrowArrayStream *stream, Batches out) except -1:
    cdef Imported one
    cdef int r
    with nogil:
        r = stream.get_schema(stream, &out.stream_schema)
    stream_done(stream, r)
    out.schema = &out.stream_schema
    while True:
        one = Imported.__new__(Imported)
        with nogil:
            r = stream.get_next(stream, &one.array)
        stream_done(stream, r)
        if one.array.release is NULL:
            return 0
        out.arrays.append(one)


cdef int stream_done(ArrowArrayStream *stream, int r) except -1:
    cdef const char *text
    if error_pending() is not NULL:
        return -1
    if r:
        text = stream.get_last_error(stream)
        raise conversion(f"the Arrow stream failed: {text_of(text) or f'error {r}'}")
    return 0


cdef ray_val *column_of_batches(Batches all, int64_t child, Way *way) except NULL:
    """The elements of all batches as one column; child: of a struct, -1: the arrays themselves."""
    cdef list parts = []
    cdef Imported one
    cdef const ArrowSchema *s = all.schema if child < 0 else all.schema.children[child]
    cdef const ArrowArray *a
    cdef int64_t skip
    for one in all.arrays:
        a = &one.array
        skip = 0
        if child >= 0:
            skip = a.offset
            a = a.children[child]
        if one.array.length or len(all.arrays) == 1:
            parts.append(wrap_take(arrow_column(part_of(s, a, skip, one.array.length), one, way), way.borrowed))
    if not parts:
        return arrow_empty(s, way)
    if {(<Value>x).type_code for x in parts} == {RAY_U8, RAY_I16}:  # only some of the batches have nulls
        parts = [wrap_take(cast_vector((<Value>x).v, RAY_I16)) for x in parts]
    return joined(parts)


cdef ray_val *arrow_empty(const ArrowSchema *s, Way *way) except NULL:
    """No element of the type that the schema says."""
    cdef ArrowArray none
    cdef ArrowArray *child = &none
    cdef Imported nobody = Imported.__new__(Imported)
    memset(&none, 0, sizeof(none))
    none.dictionary = &none
    none.children = &child
    if s.dictionary is not NULL and s.dictionary.dictionary is not NULL:
        raise conversion("a dictionary of a dictionary has no column type here")
    return arrow_column(part_of(s, &none, 0, 0), nobody, way)


cdef ray_val *joined(list parts) except NULL:
    """One vector or list behind the other; they are of one type, or become a list."""
    cdef Value first = parts[0]
    cdef Value one
    cdef int t = ray_type(first.v), r = 0
    cdef int64_t n = 0, at_ = 0
    cdef ray_val *out
    cdef ray_val *v
    if len(parts) == 1:
        return ray_retain(first.v)
    for one in parts:
        n += ray_len(one.v)
        if ray_type(one.v) != t:
            t = RAY_LIST
    out = own(ray_list_new(n) if t == RAY_LIST else ray_strvec_new(n) if t == RAY_STR else ray_vec_new(t, n))
    for one in parts:
        v = one.v
        with nogil:
            r = copy_boxed(out, at_, v) if t == RAY_LIST else copy_elements(out, at_, v)
        at_ += ray_len(v)
        if r < 0:
            return filled(out, r)
    for one in parts:
        if t != RAY_LIST and ray_may_have_nulls(one.v):
            with nogil:
                ray_nulls_scan(out)
            break
    return out


cdef int copy_boxed(ray_val *out, int64_t at_, ray_val *v) noexcept nogil:
    """All elements of a vector or list, each as a value."""
    cdef ray_val *x
    cdef int64_t i
    for i in range(ray_len(v)):
        x = ray_at(v, i)
        if x is NULL:
            return -1
        ray_list_set_take(out, at_ + i, x)
    return 0


def join_vectors(parts):
    """Vectors of one type, one behind the other."""
    cdef list all = list(parts)
    for x in all:
        if not isinstance(x, Elements):
            raise TypeError(f"expected vectors, got {type(x).__name__}")
        if ray_type((<Value>x).ptr()) != ray_type((<Value>all[0]).ptr()):
            raise conversion(f"vectors of {x.ray_name} and {all[0].ray_name}; cast one of them")
    if not all:
        raise ValueError("nothing to join")
    return wrap_take(joined(all), any(x.borrowed for x in all if isinstance(x, Value)) if len(all) == 1 else False)


cdef ray_val *arrow_vector(object x, Way *way) except NULL:
    cdef Batches all = batches_of(x)
    cdef ray_val *v = column_of_batches(all, -1, way)
    return v


def vector_from_arrow(x, *, strings="symbol", bint round=False):
    """A vector from an array or a stream of arrays."""
    cdef Way way
    way.flags, way.borrowed = way_flags(True, strings) | STRICT | (ROUND if round else 0), False
    return wrap_take(arrow_vector(x, &way), way.borrowed)


def table_from_arrow(x, *, strings="symbol", bint round=False):
    """A table from a stream of record batches, or one batch."""
    cdef Way way
    cdef Batches all = batches_of(x)
    cdef int64_t i
    cdef ray_val *columns
    cdef ray_val *names
    cdef Imported one
    way.flags, way.borrowed = way_flags(True, strings) | (ROUND if round else 0), False
    cdef bytes form = all.schema.format
    if form != b"+s":
        raise conversion("an Arrow array is no table; use Vector.from_arrow")
    for one in all.arrays:
        if one.array.null_count > 0:
            raise conversion("rows that are null as a whole have no form in a table")
    titles = [(all.schema.children[i].name or b"").decode() for i in range(all.schema.n_children)]
    names = column(titles, RAY_SYM, &way)
    columns = NULL
    try:
        columns = own(ray_list_new(len(titles)))
        for i, title in enumerate(titles):
            try:
                ray_list_set_take(columns, i, column_of_batches(all, i, &way))
            except errors.ConversionError as e:
                raise e.in_column(title) from None
            except OverflowError as e:
                raise OverflowError(f"column {title!r}: {e}") from None
    except BaseException:
        ray_release(names)
        ray_release(columns)
        raise
    return wrap_take(own(ray_table_new_take(names, columns)), way.borrowed)
