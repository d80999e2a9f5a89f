# numpy arrays into columns: contiguous native arrays of a storage type as they are, the rest converted or refused.

# type -> kind and bytes of its storage
cdef dict STORAGE = {
    RAY_B8: "b1", RAY_U8: "u1", RAY_I16: "i2", RAY_I32: "i4", RAY_I64: "i8", RAY_F32: "f4", RAY_F64: "f8",
    RAY_DATE: "i4", RAY_TIME: "i4", RAY_TIMESTAMP: "i8", RAY_TIMESPAN: "i8", RAY_GUID: "V16", RAY_SYM: "i4",
}


cdef ray_val *array_in(object x, int tag, object mask, Way *way) except NULL:
    """A one-dimensional array as a vector of a type, GENERIC for the one that goes with its dtype."""
    np = numpy()
    arr = x
    if not isinstance(x, np.ndarray):
        if mask is None and is_column_of_frames(x):
            return foreign_in(x, tag, way)
        arr = np.asarray(x)
    if isinstance(arr, np.ma.MaskedArray):
        if mask is None and arr.mask is not np.ma.nomask:
            mask = np.ma.getmaskarray(arr)
        arr = np.asarray(arr.data)
    if arr.ndim == 0:
        return to_ray(arr[()], way) if arr.dtype.kind != "O" else to_ray(arr.item(), way)
    if arr.ndim != 1:
        raise conversion(f"an array of {arr.ndim} dimensions is no vector; give its rows or columns one by one")
    if mask is not None:
        mask = np.ascontiguousarray(mask, dtype=bool)
        if mask.shape != arr.shape:
            raise conversion(f"the mask has {mask.shape} elements, the array {arr.shape}")
        if not mask.any():
            mask = None
    if not arr.dtype.isnative:
        arr = arr.astype(arr.dtype.newbyteorder("="))
    kind = arr.dtype.kind
    if kind in "OUST":
        return texts_in(arr, tag, mask, way)
    cdef int want = tag if tag != GENERIC else dtype_tag(arr.dtype)
    if want == RAY_U8 and tag == GENERIC and mask is not None:
        want = RAY_I16  # U8 has no null
    if want == GENERIC or want not in STORAGE or want == RAY_SYM or (want == RAY_GUID) != (kind == "V"):
        raise conversion(f"no conversion from dtype {arr.dtype} to {type_name(want) if tag else 'any type'}")
    if kind in "Mm":
        return times_in(arr, want, mask, x, way)
    if f"{kind}{arr.dtype.itemsize}" != STORAGE[want]:
        arr, mask = numbers_in(arr, want, mask)
    return stored_in(arr, want, mask, want <= RAY_I64, x, way)


cdef ray_val *stored_in(object arr, int tag, object mask, bint strict, object origin, Way *way) except NULL:
    """An array in the storage of its type. `strict`: what looks like a null is an error. `origin`: the caller's."""
    cdef ray_val *v
    flags = arr.flags
    if mask is None:
        if way.flags & BORROW and flags.c_contiguous and flags.aligned:
            v = borrow(arr, tag)
            # What was converted on the way is an array of ours.
            way.borrowed = way.borrowed or not isinstance(origin, numpy().ndarray) or numpy().may_share_memory(arr, origin)
        else:
            v = copy_bytes(numpy().ascontiguousarray(arr), tag)
        return without_sentinels(v) if strict else v
    if tag == RAY_B8 and not way.flags & STRICT:
        return list_of([None if m else x for x, m in zip(arr.tolist(), mask.tolist())], way)
    if tag == RAY_B8 or tag == RAY_U8:
        raise conversion(f"{type_name(tag)} has no null, but the mask asks for some", None, type_name(tag), int(mask.argmax()))
    if strict:
        clear = arr[~mask]
        if clear.dtype.kind == "i" and (clear == numpy().iinfo(clear.dtype).min).any():
            row = int(((arr == numpy().iinfo(arr.dtype).min) & ~mask).argmax())
            raise conversion(f"{arr[row]} is how {type_name(tag)} stores a null", int(arr[row]), type_name(tag), row)
    v = copy_bytes(numpy().ascontiguousarray(arr), tag)
    try:
        put_nulls(v, mask)
    except BaseException:
        ray_release(v)
        raise
    return v


cdef int put_nulls(ray_val *v, object mask) except -1:
    """Writes the null of v's type where the mask is set; v is fresh."""
    cdef Py_buffer view
    cdef int t = ray_type(v)
    cdef int width = ray_type_width(t)
    cdef uint8_t null[16]
    cdef ray_val *one = ray_null_of_new(t)
    cdef int64_t i
    own(one)
    memcpy(null, ray_data(one), width)
    ray_release(one)
    PyObject_GetBuffer(mask, &view, PyBUF_SIMPLE)
    cdef uint8_t *p = <uint8_t *>ray_data(v)
    with nogil:
        for i in range(view.len):
            if (<uint8_t *>view.buf)[i]:
                memcpy(p + i * width, null, width)
        ray_nulls_scan(v)
    PyBuffer_Release(&view)
    return 0


cdef tuple numbers_in(object arr, int want, object mask):
    """Numbers in the storage of another type, if each keeps its value; (array, mask of nulls)."""
    np = numpy()
    kind = arr.dtype.kind
    target = np.dtype(STORAGE[want].replace("b1", "?"))
    name = type_name(-want)
    alive = True if mask is None else ~mask
    with np.errstate(all="ignore"):
        if want == RAY_F32 or want == RAY_F64:
            out = arr.astype(target)
            bad = alive & (np.isinf(out) & ~np.isinf(arr) if kind == "f" else out.astype(arr.dtype) != arr)
            if kind == "f" and bad.any():
                raise OverflowError(f"row {int(bad.argmax())}: {arr[int(bad.argmax())]} does not fit {name}")
            refuse_rows(arr, bad, f"would change as {name}", name)
            return out, mask
        lo, hi = INT_RANGE[want]
        if kind == "f":
            nan = np.isnan(arr)
            whole = np.where(nan, 0, arr)
            refuse_rows(arr, alive & (np.floor(whole) != whole), f"is no whole number, as {name} wants", name)
            mask = nan if mask is None else nan | mask
            # The bounds as floats: 2^63 - 1 is none, so compare with what lies above it.
            bad = ~mask & ((whole < float(lo)) | (whole >= float(hi + 1)))
            mask = mask if mask.any() else None
        else:
            whole = arr
            bad = alive & ((arr > hi) if kind == "u" or kind == "b" else ((arr < lo) | (arr > hi)))
    if bad.any():
        row = int(bad.argmax())
        raise OverflowError(f"row {row}: {arr[row]} does not fit {name}, which holds {lo} to {hi}")
    if mask is not None:
        whole = np.where(mask, 0, whole)
    return whole.astype(target), mask


cdef int refuse_rows(object arr, object bad, str why, str name) except -1:
    if bad.any():
        row = int(bad.argmax())
        raise conversion(f"{arr[row]} {why}", arr[row], name, row)
    return 0


cdef ray_val *times_in(object arr, int want, object mask, object origin, Way *way) except NULL:
    """datetime64 and timedelta64 of any unit; what the type cannot hold exactly is refused."""
    np = numpy()
    name = type_name(-want)
    if want not in ((RAY_DATE, RAY_TIMESTAMP) if arr.dtype.kind == "M" else (RAY_TIME, RAY_TIMESPAN)):
        raise conversion(f"no conversion from dtype {arr.dtype} to {name}", None, name)
    if mask is not None:
        arr = np.where(mask, np.array("NaT", arr.dtype), arr)
    if arr.dtype.kind == "M" and np.datetime_data(arr.dtype)[0] in {"Y", "M"}:
        arr = arr.astype("M8[D]")
    from math import gcd
    mul, div = numpy_unit(arr.dtype)
    div *= {RAY_DATE: DAY_NS, RAY_TIME: 1_000_000}.get(want, 1)
    common = gcd(mul, div)
    mul //= common
    div //= common
    if mul > 1 and div > 1:
        raise conversion(f"dtype {arr.dtype} has an unusual unit; convert it to {name}'s first", None, name)
    ticks = np.ascontiguousarray(arr).view("i8")
    if want == RAY_TIMESPAN and mul == 1 and div == 1:
        return stored_in(ticks, want, None, False, origin, way)
    offset = {RAY_DATE: EPOCH_DAYS, RAY_TIMESTAMP: EPOCH_NS}.get(want, 0)
    limit = INT32_MAX if ray_type_width(want) == 4 else INT64_MAX
    lo = max(-((limit - offset) * div // mul), -INT64_MAX)
    hi = min((limit + offset) * div // mul, INT64_MAX)
    return rescaled(ticks, want, mul, div, offset, lo, hi, arr, way.flags & ROUND)


cdef ray_val *rescaled(object ticks, int want, int64_t mul, int64_t div, int64_t offset, int64_t lo, int64_t hi,
                       object arr, bint rounded) except NULL:
    """Each tick as ticks * mul / div - offset; ticks outside lo..hi, or not divisible, are errors; NaT is null."""
    cdef Py_buffer view
    cdef ray_val *out
    cdef const int64_t *src
    cdef void *p
    cdef int width = ray_type_width(want)
    cdef int64_t i, x, n, bad = -1
    PyObject_GetBuffer(ticks, &view, PyBUF_SIMPLE)
    try:
        n = view.len // 8
        src = <const int64_t *>view.buf
        out = own(ray_vec_new(want, n))
        p = ray_data(out)
        with nogil:
            for i in range(n):
                x = src[i]
                if x == INT64_MIN:
                    store_int(p, width, i, 0, True)
                    continue
                if x < lo or x > hi or (x % div and not rounded):
                    bad = i
                    break
                x = <int64_t>(<uint64_t>x * <uint64_t>mul) if div == 1 else nearest(x, div)
                store_int(p, width, i, <int64_t>(<uint64_t>x - <uint64_t>offset), False)
            if bad < 0:
                ray_nulls_scan(out)
        if bad >= 0:
            ray_release(out)
            x = src[bad]
            why = "is outside its range" if x < lo or x > hi else "is finer than its unit; round=True rounds"
            raise conversion(f"{arr[bad]} cannot be a {type_name(-want)}: it {why}", arr[bad], type_name(-want), bad)
        return out
    finally:
        PyBuffer_Release(&view)


cdef ray_val *texts_in(object arr, int tag, object mask, Way *way) except NULL:
    """Arrays of text and of objects, element by element."""
    cdef ray_val *v
    if arr.dtype.kind == "U" and mask is None and tag in (GENERIC, RAY_SYM, RAY_STR):
        v = characters_in(arr, tag if tag != GENERIC else RAY_STR if way.flags & STRINGS else RAY_SYM)
        if v is not NULL:
            return v
    items = arr.tolist()
    if arr.dtype.kind == "T" and hasattr(arr.dtype, "na_object"):
        na = arr.dtype.na_object
        items = [None if x is na else x for x in items]
    if mask is not None and mask.any():
        items = [None if m else x for x, m in zip(items, mask.tolist())]
        if mask.all() and tag == GENERIC and arr.dtype.kind == "O" and not way.flags & STRICT:
            return own(ray_list_new(len(arr)))
    if tag == GENERIC and arr.dtype.kind != "O":
        tag = RAY_STR if way.flags & STRINGS or arr.dtype.kind == "S" else RAY_SYM
    cdef int flags = way.flags
    if tag == GENERIC and not flags & STRICT and are_cells(items):
        return list_of(items, way)
    way.flags |= STRICT
    try:
        return column(items, tag, way)
    finally:
        way.flags = flags


cdef bint are_cells(list items) except -1:
    """Containers, or bools with nulls among them: what only a LIST holds."""
    cdef bint bools = False, cells = False, nulls = False
    for x in items:
        if x is None:
            nulls = True
        elif isinstance(x, bool):
            bools = True
        elif isinstance(x, (list, tuple, dict)) or (hasattr(x, "__array__") and getattr(x, "ndim", 1)):
            cells = True
        else:
            return False
    return cells != bools and (cells or nulls)


def from_array(x, int code, *, mask=None, copy=None, strings="symbol", bint round=False):
    """A vector from an array. copy: None borrows where it can, True never, False insists."""
    cdef Way way
    way.flags, way.borrowed = way_flags(copy is not True, strings) | STRICT | (ROUND if round else 0), False
    cdef ray_val *v = array_in(x, code, mask, &way)
    if not 0 < ray_type(v) < RAY_TABLE:
        found = type_name(ray_type(v))
        ray_release(v)
        if found == "LIST":
            return wrap_take(own(ray_vec_new(code or RAY_I64, 0)))
        raise conversion(f"an array without dimensions is no vector, but {found}")
    if copy is False and not way.borrowed and ray_len(v):
        ray_release(v)
        raise conversion("this array cannot be looked into without a copy (copy=False)")
    return wrap_take(v, way.borrowed)
