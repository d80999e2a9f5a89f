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


# ---- pickles: bytes in chunks, or the memory of columns as buffers that may travel outside of the pickle -------------

cdef enum:
    CHUNK = 1 << 18  # bytes: what pickle copies itself, in one go and without letting others run


cdef class Chunk:
    """Some bytes of an encoding. They are copied when a pickle comes to them, without the GIL."""

    cdef Value whole
    cdef int64_t start

    def __reduce__(self):
        cdef ray_val *v = self.whole.ptr()
        cdef int64_t start = self.start, n = min(<int64_t>CHUNK, ray_len(v) - start)
        cdef bytes data = PyBytes_FromStringAndSize(NULL, n)
        cdef char *to = <char *>data
        with nogil:
            memcpy(to, <const char *>ray_data(v) + start, n)
        return chunk_again, (data,)


def chunk_again(data):
    """A copy in memory that the pickle does not use, made without the GIL."""
    return wrap_take(copy_bytes(data, RAY_U8))


def chunks_again(cls, list chunks):
    cdef Value chunk
    cdef int64_t size = 0, at = 0
    cdef ray_val *v
    cdef ray_val *whole
    for chunk in chunks:
        if ray_type(chunk.ptr()) != RAY_U8:
            raise conversion(f"expected bytes, got {type_name(ray_type(chunk.v))}", None, "u8")
        size += ray_len(chunk.v)
    whole = own(ray_vec_new(RAY_U8, size))
    for chunk in chunks:
        v = chunk.v
        with nogil:
            memcpy(<char *>ray_data(whole) + at, ray_data(v), ray_len(v))
            at += ray_len(v)
    cdef Value held = wrap_take(whole)
    with nogil:
        v = ray_decode(ray_data(whole), size, NULL)
    return as_class(cls, wrap_take(own(v)))


def pickle_bytes(Value value not None):
    """(function, arguments) that make the value again, for protocols that have no buffers."""
    cdef Value whole
    cdef Chunk chunk
    cdef int64_t at
    cdef ray_val *v = value.ptr()
    cdef ray_val *out
    with nogil:
        out = ray_encode(v, NULL)
    whole = wrap_take(own(out))
    cdef list chunks = []
    for at in range(0, ray_len(whole.v), CHUNK):
        chunk = Chunk.__new__(Chunk)
        chunk.whole, chunk.start = whole, at
        chunks.append(chunk)
    return chunks_again, (type(value), chunks)


def pickle_parts(Value value not None):
    """(function, arguments) that make the value again; columns of fixed width as PickleBuffers over their own memory."""
    import pickle
    cdef int t = value.type_code  # asks no symbol column for its ids
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
    cdef Value ids = make_vector(list(texts), RAY_SYM)
    cdef int64_t known = ray_len(ids.v), bad = -1
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        n = view.len // 4
        out = own(ray_vec_new(RAY_SYM, n))
        with nogil:
            for i in range(n):
                code = (<const int32_t *>view.buf)[i]
                if not -1 <= code < known:
                    bad = i
                    break
                (<int32_t *>ray_data(out))[i] = (<const int32_t *>ray_data(ids.v))[code] if code >= 0 else 0
            if bad < 0:
                ray_nulls_scan(out)
    finally:
        PyBuffer_Release(&view)
    if bad >= 0:
        ray_release(out)
        raise conversion(f"code {code} is outside of {known} symbols", code, "sym", bad)
    return as_class(cls, wrap_take(out))
