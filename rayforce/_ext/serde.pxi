# Values as bytes, for pickles and files, and back.


cdef const char *dialect_ptr(object dialect) except? NULL:
    if dialect is None:
        return NULL
    return PyUnicode_AsUTF8AndSize(dialect, NULL)


def encode(Value value not None, *, str dialect=None):
    """A U8 vector with the value's bytes, in a dialect of the protocol or the newest."""
    cdef ray_val *v = value.ptr()
    cdef const char *d = dialect_ptr(dialect)
    cdef ray_val *out
    with nogil:
        out = ray_encode(v, d)
    return wrap_take(own(out))


def encoded(Value value not None, bint packed):
    """The value's bytes: as they travel, or as one message, compressed if that makes it smaller."""
    cdef ray_val *v = value.ptr()
    cdef ray_val *out
    cdef bytes data
    cdef char *to
    with nogil:
        out = ray_encode_packed(v) if packed else ray_encode(v, NULL)
    own(out)
    try:
        data = PyBytes_FromStringAndSize(NULL, ray_len(out))
        to = <char *>data
        with nogil:
            memcpy(to, ray_data(out), ray_len(out))
    finally:
        ray_release(out)
    return data


cdef ray_val *decoded(object data, str dialect) except NULL:
    cdef Py_buffer view
    cdef const char *d = dialect_ptr(dialect)
    cdef ray_val *out
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        with nogil:
            out = ray_decode(view.buf, view.len, d)
    finally:
        PyBuffer_Release(&view)
    return own(out)


def decode(data, *, str dialect=None, bint boxed=True):
    """The value that bytes stand for; anything with the buffer protocol."""
    return to_python_take(decoded(data, dialect), boxed)


def decode_as(cls, data):
    """For pickles: the decoded value as an instance of cls."""
    return as_class(cls, wrap_take(decoded(data, None)))


# ---- pickles: the memory of columns as buffers that may travel outside of the pickle --------------------------------


def pickle_parts(Value value not None):
    """(function, arguments) that make the value again; columns of fixed width as PickleBuffers over their own memory."""
    import pickle
    cdef ray_val *v = value.ptr()
    cdef int t = ray_type(v)
    cls = type(value)
    if t == RAY_TABLE:
        return table_again, (cls, table_names(value), table_columns(value))
    if t == RAY_SYM:
        codes, texts = symbol_codes(value)
        return symbols_again, (cls, pickle.PickleBuffer(codes), texts)
    if 0 < t < RAY_TABLE and t != RAY_STR:
        return column_again, (cls, t, pickle.PickleBuffer(raw_of(value)))
    return decode_as, (cls, pickle.PickleBuffer(encode(value)))


cdef Value as_class(cls, Value value):
    if type(value) is cls:
        return value
    cdef Value out = cls.__new__(cls)
    out._adopt(value)
    return out


def table_again(cls, names, columns):
    return as_class(cls, make_table(names, columns))


def column_again(cls, int code, data):
    """Looks into the data, which the unpickler was given; bytes of the pickle itself are nobody else's."""
    cdef Value out = from_buffer(data, code)
    if not isinstance(data, bytes):
        return as_class(cls, out)
    out.borrowed = False
    return as_class(cls, out)


def symbols_again(cls, data, texts):
    """Codes of this pickle into ids of this process."""
    cdef Py_buffer view
    cdef ray_val *out
    cdef int64_t i, n
    cdef int32_t code
    ids = [intern(x) for x in texts]
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        n = view.len // 4
        out = own(ray_vec_new(RAY_SYM, n))
        for i in range(n):
            code = (<const int32_t *>view.buf)[i]
            if not -1 <= code < len(ids):
                ray_release(out)
                raise conversion(f"code {code} is outside of {len(ids)} symbols", code, "sym", i)
            (<int32_t *>ray_data(out))[i] = <int32_t>ids[code] if code >= 0 else 0
    finally:
        PyBuffer_Release(&view)
    ray_nulls_scan(out)
    return as_class(cls, wrap_take(out))
