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


def decode(data, *, str dialect=None, bint boxed=True):
    """The value that bytes stand for; anything with the buffer protocol."""
    cdef Py_buffer view
    cdef const char *d = dialect_ptr(dialect)
    cdef ray_val *out
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        with nogil:
            out = ray_decode(view.buf, view.len, d)
    finally:
        PyBuffer_Release(&view)
    return to_python_take(own(out), boxed)


def decode_as(cls, data):
    """For pickles: the decoded value as an instance of cls."""
    cdef Value value = decode(data)
    cdef Value out
    if type(value) is cls:
        return value
    out = cls.__new__(cls)
    out._adopt(value)
    return out
