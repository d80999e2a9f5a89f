# Elements, rows and columns out of values, one at a time, many at a time, and as numpy arrays.


def length(Value value not None):
    cdef ray_val *coded = coded_of(value)
    return ray_len(coded if coded is not NULL else value.ptr())


cdef ray_val *coded_of(Value value):
    """The column as it is held, if nobody has asked for its ids yet; borrowed."""
    return (<Elements>value).coded if value.v is NULL and isinstance(value, Elements) else NULL


def nulls_of(Value value not None):
    """How many elements are null."""
    return null_count(value.ptr())


def as_list(Value value not None):
    return to_list(value.ptr())


def iterate(Value value not None):
    cdef ray_val *v = value.ptr()
    cdef int64_t i, n = ray_len(v)
    cdef int t = ray_type(v)
    cdef const void *p = NULL if t == RAY_STR or t == RAY_LIST else ray_data(v)
    cdef bint nulls = ray_may_have_nulls(v)
    for i in range(n):
        yield element(t, p, nulls, v, i)


cdef int64_t index_in(int64_t n, object key) except -1:
    i = PyNumber_Index(key)
    if not -n <= i < n:
        raise IndexError(f"index {i} is outside of {n} elements")
    return i + n if i < 0 else i


def item(Value value not None, key, /):
    """One element for a number; a slice as a view; what a mask or positions pick as a new value. Tables: rows."""
    cdef ray_val *v = value.ptr()
    cdef int64_t i, n = ray_len(v)
    if isinstance(key, slice):
        start, stop, step = key.indices(n)
        if step == 1:
            return wrap_take(slice_rows(v, start, max(stop - start, 0)), value.borrowed)
        return stepped(v, start, len(range(start, stop, step)), step)
    if hasattr(type(key), "__index__") and not isinstance(key, bool) and not (is_numpy(key) and key.ndim):
        i = index_in(n, key)
        return row_of(v, i, table_names(value)) if ray_type(v) == RAY_TABLE else at(v, i)
    return pick(v, key)


cdef object row_of(ray_val *v, int64_t i, tuple names):
    """A row of a table: a dict by the names, without names a tuple."""
    cdef ray_val *columns = ray_table_columns_get(v)
    cdef int64_t j
    row = [at(ray_list_get(columns, j), i) for j in range(ray_len(columns))]
    return tuple(row) if names is None else dict(zip(names, row))


cdef ray_val *slice_rows(ray_val *v, int64_t start, int64_t n) except NULL:
    if ray_type(v) != RAY_TABLE:
        return own(ray_vec_slice(v, start, n))
    cdef ray_val *columns = ray_table_columns_get(v)
    cdef int64_t j, k = ray_len(columns)
    cdef ray_val *out = own(ray_list_new(k))
    try:
        for j in range(k):
            ray_list_set_take(out, j, own(ray_vec_slice(ray_list_get(columns, j), start, n)))
    except BaseException:
        ray_release(out)
        raise
    return own(ray_table_new_take(ray_retain(ray_table_names_get(v)), out))


cdef object stepped(ray_val *v, int64_t start, int64_t n, int64_t step):
    """n rows, each a step behind or before the one before."""
    cdef int64_t i
    cdef int64_t *pos = <int64_t *>PyMem_RawMalloc(8 * n if n else 1)
    if pos is NULL:
        raise MemoryError()
    try:
        with nogil:
            for i in range(n):
                pos[i] = start + i * step
        return wrap_take(gather(v, pos, n))
    finally:
        PyMem_RawFree(pos)


cdef object pick(ray_val *v, object key):
    """Rows by a mask of the same length, or by positions, negative ones from the end."""
    cdef int64_t i, n = ray_len(v), m, k = 0
    cdef Value keys = key if isinstance(key, Elements) else make_vector(key, 0)
    cdef ray_val *w = keys.ptr()
    cdef int t = ray_type(w), r
    cdef int64_t bad = -1
    m = ray_len(w)
    if not RAY_B8 <= t <= RAY_I64:
        raise TypeError(f"cannot index with {type_name(t)}; expected a number, a slice, a mask or positions")
    if t == RAY_B8 and m != n:
        raise IndexError(f"the mask has {m} elements, not {n}")
    cdef int64_t *pos = <int64_t *>PyMem_RawMalloc(8 * m if m else 1)
    if pos is NULL:
        raise MemoryError()
    try:
        if t == RAY_B8:
            with nogil:
                for i in range(n):
                    pos[k] = i
                    k += (<const uint8_t *>ray_data(w))[i] != 0
        else:
            with nogil:
                r = ray_vec_i64_into(w, 1, 0, pos)
            done(r)
            with nogil:
                for k in range(m):
                    if pos[k] < -n or pos[k] >= n:
                        bad = pos[k]
                        break
                    if pos[k] < 0:
                        pos[k] += n
                else:
                    k = m
            if k < m:
                raise IndexError(f"position {bad if bad != INT64_MIN else None} is outside of {n} elements")
        return wrap_take(gather(v, pos, k))
    finally:
        PyMem_RawFree(pos)


cdef ray_val *gather(ray_val *v, const int64_t *pos, int64_t k) except NULL:
    """Elements (of a table: rows) at positions that exist."""
    cdef int t = ray_type(v), r = 0
    cdef int64_t i
    cdef ray_val *out
    cdef ray_val *columns
    if t == RAY_TABLE:
        columns = ray_table_columns_get(v)
        out = own(ray_list_new(ray_len(columns)))
        try:
            for i in range(ray_len(columns)):
                ray_list_set_take(out, i, gather(ray_list_get(columns, i), pos, k))
        except BaseException:
            ray_release(out)
            raise
        return own(ray_table_new_take(ray_retain(ray_table_names_get(v)), out))
    if t == RAY_LIST:
        out = own(ray_list_new(k))
        with nogil:
            for i in range(k):
                ray_list_set_take(out, i, ray_retain(ray_list_get(v, pos[i])))
        return out
    if t == RAY_STR:
        out = own(ray_strvec_new(k))
        with nogil:
            r = append_texts(out, v, pos, k)
        filled(out, r)
    else:
        out = own(ray_vec_new(t, k))
        with nogil:
            gather_fixed(ray_data(v), pos, k, ray_type_width(t), ray_data(out))
    if ray_may_have_nulls(v):
        with nogil:
            ray_nulls_scan(out)
    return out


cdef void gather_fixed(const void *src, const int64_t *pos, int64_t k, int width, void *out) noexcept nogil:
    cdef int64_t i
    if width == 8:
        for i in range(k):
            (<int64_t *>out)[i] = (<const int64_t *>src)[pos[i]]
    elif width == 4:
        for i in range(k):
            (<int32_t *>out)[i] = (<const int32_t *>src)[pos[i]]
    else:
        for i in range(k):
            memcpy(<uint8_t *>out + i * width, <const uint8_t *>src + pos[i] * width, width)


def null_mask(Value value not None):
    """A B8 vector: true where the element is null."""
    cdef ray_val *v = value.ptr()
    cdef ray_val *out = own(ray_vec_new(RAY_B8, ray_len(v)))
    cdef int r
    with nogil:
        r = ray_null_mask_into(v, <uint8_t *>ray_data(out))
    if r < 0:
        ray_release(out)
        raise slot_error()
    return wrap_take(out)


# ---- numpy ------------------------------------------------------------------------------------------------------


def raw_array(Value value not None):
    """The storage of a vector as a read-only array, no copy."""
    cdef ray_val *v = value.ptr()
    code = STORAGE.get(ray_type(v))
    if code is None:
        raise conversion(f"{type_name(ray_type(v))} has no storage of fixed width; use to_numpy()")
    dtype = numpy().dtype("?" if code == "b1" else code)
    if ray_len(v) == 0:
        empty = numpy().empty(0, dtype)
        empty.flags.writeable = False
        return empty
    return numpy().frombuffer(raw_of(value), dtype)


def to_numpy(Value value not None, *, nulls="nan", copy=None, dtype=None):
    """An array of a vector or list; which dtype, unless one is given, and what nulls become, is in the table of the
    documentation."""
    if dtype is None:
        return own_array(value, nulls, copy)
    dtype = numpy().dtype(dtype)
    out = own_array(value, nulls, copy if copy is not False else None)
    if out.dtype == dtype:
        return out if copy is not False else own_array(value, nulls, copy)
    if copy is False:
        raise ValueError(f"{type_name(ray_type(value.ptr()))} cannot become {dtype} without a copy")
    if dtype.kind in "SUT" and nulls != "mask":
        out = nulls_as_text(value.ptr(), out, dtype)
    return out.astype(dtype)


cdef object nulls_as_text(ray_val *v, object out, object dtype):
    """Objects whose nulls are those of the dtype; one that has none would say "None"."""
    if out.dtype.kind != "O" or not null_count(v) or ray_type(v) == RAY_STR:
        return out
    if not hasattr(dtype, "na_object"):
        raise conversion(f"{dtype} has no null; StringDType(na_object=None) has", None, dtype, first_null(v))
    if dtype.na_object is not None:
        out[numpy().equal(out, None)] = dtype.na_object
    return out


cdef object own_array(Value value, object nulls, object copy):
    if nulls not in ("nan", "mask", "raw", "error"):
        raise ValueError(f"nulls={nulls!r}: expected 'nan', 'mask', 'raw' or 'error'")
    if nulls == "nan" and copy is not False and coded_of(value) is not NULL:
        return objects_of_codes(coded_of(value))
    cdef ray_val *v = value.ptr()
    cdef int t = ray_type(v)
    if not 0 <= t < RAY_TABLE:
        raise conversion(f"{type_name(t)} has no form as an array")
    cdef int64_t missing = null_count(v) if nulls != "raw" else 0
    if nulls == "error" and missing:
        raise conversion(f"{missing} of {ray_len(v)} elements are null", None, None, first_null(v))
    if t in STORAGE and t != RAY_SYM and (nulls == "raw" or RAY_B8 <= t <= RAY_F64 or t == RAY_GUID):
        if missing and nulls == "nan" and RAY_I16 <= t <= RAY_I64:
            out = floats(v)
        else:
            out = raw_array(value)
            copy = bool(copy)
    elif t == RAY_TIMESPAN:
        out = raw_array(value).view("m8[ns]")
        copy = bool(copy)
    else:
        if nulls == "raw":
            raise conversion(f"{type_name(t)} has no raw form of fixed width")
        out = times(v) if t in (RAY_DATE, RAY_TIME, RAY_TIMESTAMP) else objects(v)
    if copy is False and not (out.base is not None or len(out) == 0):
        raise ValueError(f"{type_name(t)} cannot become this array without a copy")
    if copy and (out.base is not None or not out.flags.writeable):
        out = out.copy()
    if nulls == "mask" and missing:
        return numpy().ma.MaskedArray(out, mask=raw_array(null_mask(value)))
    return out


cdef object floats(ray_val *v):
    """Integers as float64, nulls as NaN; an integer that would change is an error."""
    out = numpy().empty(ray_len(v), "f8")
    cdef Py_buffer view
    cdef int r
    PyObject_GetBuffer(out, &view, PyBUF_WRITABLE)
    with nogil:
        r = ray_vec_f64_into(v, <double *>view.buf)
    PyBuffer_Release(&view)
    if r < 0:
        err = slot_error()
        if isinstance(err, errors.ConversionError):
            err.message += "; use to_numpy(nulls='mask') or 'raw'"
        raise err
    return out


cdef object times(ray_val *v):
    """DATE, TIME and TIMESTAMP as numpy's time types, one pass."""
    cdef int t = ray_type(v)
    cdef int64_t offset = EPOCH_DAYS if t == RAY_DATE else EPOCH_NS if t == RAY_TIMESTAMP else 0
    out = numpy().empty(ray_len(v), "M8[D]" if t == RAY_DATE else "M8[ns]" if t == RAY_TIMESTAMP else "m8[ms]")
    cdef Py_buffer view
    cdef int r
    PyObject_GetBuffer(out.view("i8"), &view, PyBUF_WRITABLE)
    with nogil:
        r = ray_vec_i64_into(v, 1, offset, <int64_t *>view.buf)
    PyBuffer_Release(&view)
    done(r)
    return out


cdef object objects(ray_val *v):
    """SYM, STR and LIST as an array of objects, nulls None."""
    cdef int64_t i, n = ray_len(v)
    out = numpy().empty(n, object)
    cdef Py_buffer view
    cdef PyObject **p
    cdef PyObject *old
    cdef int t = ray_type(v)
    cdef const void *data = NULL if t == RAY_STR or t == RAY_LIST else ray_data(v)
    PyObject_GetBuffer(out, &view, PyBUF_WRITABLE | PyBUF_FORMAT | PyBUF_ND)
    try:
        p = <PyObject **>view.buf
        if t == RAY_SYM:
            symbols_into(p, <const int32_t *>data, n)
            return out
        for i in range(n):
            breathe(i)
            x = element(t, data, False, v, i)
            Py_INCREF(x)
            old = p[i]
            p[i] = <PyObject *>x
            Py_XDECREF(old)
    finally:
        PyBuffer_Release(&view)
    return out


cdef int symbols_into(PyObject **p, const int32_t *ids, int64_t n) except -1:
    """The texts of symbols where something else stood; those that were seen before without a call for each."""
    cdef int64_t i
    cdef int32_t known = <int32_t>min(len(symbol_texts), INT32_MAX)
    cdef PyObject *text
    cdef PyObject *old
    cdef PyObject *none = <PyObject *>None
    for i in range(n):
        breathe(i)
        text = list_item(symbol_texts, ids[i]) if ids[i] < known else none
        if text == none and ids[i]:
            fresh = symbol_text(ids[i])
            known = <int32_t>min(len(symbol_texts), INT32_MAX)
            text = <PyObject *>fresh
        Py_INCREF(<object>text)
        old = p[i]
        p[i] = text
        Py_XDECREF(old)
    return 0


# ---- tables and dicts --------------------------------------------------------------------------------------------


def table_names(Value table not None):
    return tuple([name or "" for name in to_list(ray_table_names_get(table.ptr()))])


def table_columns(Value table not None):
    """Every column as a value of its own."""
    cdef ray_val *columns = ray_table_columns_get(table.ptr())
    cdef int64_t i
    return [column_at(columns, i, table.borrowed) for i in range(ray_len(columns))]


cdef Value column_at(ray_val *columns, int64_t i, bint borrowed):
    """A column of a table; of symbols as it is held."""
    cdef ray_val *held = ray_list_held_get(columns, i)
    cdef Elements out
    if ray_type(held) != RAY_CODED:
        return wrap_take(ray_retain(held), borrowed)
    cls = value_classes[RAY_SYM]
    out = cls.__new__(cls)
    out.coded = ray_retain(held)
    return out


def table_column(Value table not None, str name not None):
    """The column of that name, the leftmost if there are several; None if there is none."""
    cdef ray_val *t = table.ptr()
    cdef bytes raw = name.encode("utf-8", "surrogateescape")
    cdef int64_t i = ray_table_find(t, raw, len(raw))
    return None if i < 0 else column_at(ray_table_columns_get(t), i, table.borrowed)


def table_rows(Value table not None, bint named=False):
    """The rows, one after the other: tuples, or dicts by column name."""
    cdef ray_val *v = table.ptr()
    cdef int64_t i, n = ray_len(v)
    names = table_names(table) if named else None
    for i in range(n):
        yield row_of(v, i, names)


def dict_keys(Value value not None):
    return wrap_take(ray_retain(ray_dict_keys_get(value.ptr())), value.borrowed)


def dict_values(Value value not None):
    return wrap_take(ray_retain(ray_dict_values_get(value.ptr())), value.borrowed)


def dict_find(Value value not None, key, /):
    """Where a key is, -1 if it is not there or could not be."""
    cdef ray_val *d = value.ptr()
    cdef int t = ray_type(ray_dict_keys_get(d))
    cdef Way way
    cdef ray_val *k
    way.flags, way.borrowed = BORROW, False
    try:
        k = atom_of(t, key) if 0 < t < RAY_TABLE else to_ray(key, &way)
    except (errors.ConversionError, OverflowError):
        return -1
    cdef int64_t i = ray_dict_find(d, k)
    ray_release(k)
    return i


# ---- lists that change --------------------------------------------------------------------------------------------


cdef class Items(Value):
    """A LIST that can be changed: what is changed is a list of values, made into a new LIST when one is needed."""

    cdef list changed

    cdef ray_val *ptr(self) except NULL:
        cdef int64_t i
        cdef ray_val *out
        if self.v is NULL and self.changed is not None:
            out = own(ray_list_new(len(self.changed)))
            self.borrowed = False
            for i, x in enumerate(self.changed):
                ray_list_set_take(out, i, ray_retain((<Value>x).v))
                self.borrowed = self.borrowed or (<Value>x).borrowed
            self.v = out
        return Value.ptr(self)

    cdef list writable(self):
        cdef ray_val *v = self.ptr()
        cdef int64_t i
        if self.changed is None:
            self.changed = [wrap_take(ray_retain(ray_list_get(v, i)), self.borrowed) for i in range(ray_len(v))]
        return self.changed

    def _change(self, key, values):
        """list[key] = values for a slice; None deletes."""
        cdef list fresh = None if values is None else [value_of(x) for x in values]
        if fresh is None:
            del self.writable()[key]
        else:
            self.writable()[key] = fresh
        ray_release(self.v)
        self.v = NULL
