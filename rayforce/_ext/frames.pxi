# Columns of pandas, and whatever speaks Arrow: by their own types, never through floats or objects.


cdef bint is_pandas(object x):
    """A Series, Index or array of pandas? Never imports it."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(x, (pandas.Series, pandas.Index, pandas.api.extensions.ExtensionArray))


cdef bint is_column_of_frames(object x):
    return is_pandas(x) or hasattr(x, "__arrow_c_stream__") or hasattr(x, "__arrow_c_array__")


cdef ray_val *foreign_in(object x, int tag, Way *way) except NULL:
    """A column as a vector of a type, GENERIC for its own."""
    cdef int flags = way.flags
    cdef ray_val *v
    cdef ray_val *out
    if tag == RAY_STR or tag == RAY_SYM:
        way.flags = flags | STRINGS if tag == RAY_STR else flags & ~STRINGS
    try:
        v = pandas_in(x, tag, way) if is_pandas(x) else arrow_vector(x, way)
    finally:
        way.flags = flags
    if tag == GENERIC or ray_type(v) == tag:
        return v
    try:
        out = cast_vector(v, tag)
    finally:
        ray_release(v)
    way.borrowed = False
    return out


cdef ray_val *pandas_in(object x, int tag, Way *way) except NULL:
    np, pandas = numpy(), sys.modules["pandas"]
    dtype = x.dtype
    if isinstance(dtype, np.dtype):
        arr = x.to_numpy()
        if arr.dtype.kind == "O":
            return array_in(arr, tag, np.asarray(x.isna(), bool), way)
        return array_in(arr, tag if arr.dtype.kind in "Mm" else GENERIC, None, way)
    if isinstance(dtype, pandas.CategoricalDtype):
        return categories_in(x, way)
    if isinstance(dtype, pandas.DatetimeTZDtype):
        return array_in(x.to_numpy(f"M8[{dtype.unit}]"), GENERIC, None, way)
    if isinstance(dtype, pandas.ArrowDtype) or (isinstance(dtype, pandas.StringDtype) and dtype.storage == "pyarrow"):
        return arrow_vector(x if hasattr(x, "__arrow_c_stream__") else pandas.Series(x), way)
    if isinstance(dtype, pandas.StringDtype):
        return column(only_texts(x.to_numpy(object).tolist()),
                      tag if tag != GENERIC else RAY_STR if way.flags & STRINGS else RAY_SYM, way)
    if hasattr(dtype, "numpy_dtype"):  # integers, floats and booleans with a mask of their own
        mask = np.asarray(x.isna(), bool)
        return array_in(x.to_numpy(dtype.numpy_dtype, na_value=0), GENERIC, mask if mask.any() else None, way)
    if isinstance(dtype, pandas.SparseDtype):
        return array_in(np.asarray(x), GENERIC, None, way)
    raise conversion(f"pandas' dtype {dtype} has no column type here", None)


cdef list only_texts(list items):
    """What is no text in a column of text is missing, whatever stands there for it."""
    cdef Py_ssize_t i
    for i in range(len(items)):
        breathe(i)
        if not isinstance(items[i], str):
            items[i] = None
    return items


cdef ray_val *categories_in(object x, Way *way) except NULL:
    """Each category is converted once."""
    categorical = x.array if hasattr(x, "array") else x
    cdef Value words = value_of_column(categorical.categories, way)
    cdef ray_val *v = words.v
    cdef int t = ray_type(v)
    cdef Py_buffer view
    codes = numpy().ascontiguousarray(categorical.codes, dtype="i8")
    if (t == RAY_B8 or t == RAY_U8) and (codes < 0).any():
        raise conversion(f"{type_name(t)} has no null", None, type_name(t))
    if t == RAY_LIST:  # no category at all
        return own(ray_list_new(len(codes)) if len(codes) else ray_vec_new(RAY_SYM, 0))
    cdef ray_val *out = own(ray_strvec_new(len(codes)) if t == RAY_STR else ray_vec_new(t, len(codes)))
    PyObject_GetBuffer(codes, &view, PyBUF_SIMPLE)
    try:
        picked(v, <const int64_t *>view.buf, len(codes), out)
    except BaseException:
        ray_release(out)
        raise
    finally:
        PyBuffer_Release(&view)
    return out


cdef Value value_of_column(object x, Way *way):
    cdef Way inner
    inner.flags, inner.borrowed = way.flags & ~STRICT, False
    cdef ray_val *v = array_in(x, GENERIC, None, &inner)
    return wrap_take(v, inner.borrowed)
