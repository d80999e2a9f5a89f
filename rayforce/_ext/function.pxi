# Python functions as values of the core: called by the thread that evaluates, whichever that is.


cdef class Callback:
    """A Python function and how it wants its arguments."""

    cdef object fn
    cdef bint arrays
    cdef int flags

    cdef object argument(self, ray_val *v):
        x = to_python(v)
        return x.to_numpy() if self.arrays and 0 < ray_type(v) < RAY_TABLE else x


cdef ray_val *call_python(void *ctx, ray_val *const *args, int n) noexcept nogil:
    with gil:
        return call_with_gil(<Callback>ctx, args, n)


cdef ray_val *call_with_gil(Callback callback, ray_val *const *args, int n) noexcept:
    cdef Way way
    cdef int i
    if error_pending() is not NULL:  # a signal handler's, for the call that waits
        ray_error_set(RAY_E_INTERRUPTED, b"interrupted by the caller")
        return NULL
    way.flags, way.borrowed = callback.flags, False
    try:
        return to_ray(callback.fn(*[callback.argument(args[i]) for i in range(n)]), &way)
    except Exception as e:
        report_failure(e)
    except BaseException as e:
        kind = type(e)
        set_error(<PyObject *>kind, <PyObject *>e)
        ray_error_set(RAY_E_INTERRUPTED, b"interrupted by the caller")
    return NULL


cdef int report_failure(object e) noexcept:
    """An exception of the function's own becomes an error of the language: by its class, else `user`."""
    cdef bytes text
    cdef int code = RAY_E_USER
    try:
        text = f"{type(e).__name__}: {e}".encode("utf-8", "replace")
        if isinstance(e, errors.RayforceError):
            code = ray_error_code_of(PyUnicode_AsUTF8AndSize(e.code, NULL)) or RAY_E_USER
            text = str(e.message).encode("utf-8", "replace")
    except Exception:
        text = b"the function failed, and so did what describes its failure"
    ray_error_set(code, text)
    return 0


cdef void drop_callback(void *ctx) noexcept nogil:
    if Py_IsInitialized():
        with gil:
            Py_XDECREF(<PyObject *>ctx)


def make_function(name, fn, int least, int most, bint arrays, int flags):
    """A value of the core that calls `fn` with `least` to `most` arguments; most -1: any number."""
    cdef bytes key = name_bytes(name)
    cdef const char *p = key
    cdef Callback callback = Callback.__new__(Callback)
    cdef ray_val *v
    callback.fn, callback.arrays, callback.flags = fn, arrays, flags
    Py_INCREF(callback)
    with nogil:
        v = ray_function_new(p, least, most, call_python, drop_callback, <void *>callback)
    return wrap_take(own(v))
