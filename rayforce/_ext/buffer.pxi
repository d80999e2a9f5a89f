# The buffer protocol both ways: numpy and others see our memory, we see theirs. Both ways one owner and no copy.


cdef class Raw:
    """The elements of a vector as they are stored, read-only; whoever looks keeps the vector alive."""

    cdef Value owner
    cdef Py_ssize_t shape[1]
    cdef Py_ssize_t strides[1]

    def __getbuffer__(self, Py_buffer *b, int flags):
        cdef ray_val *v = self.owner.ptr()
        cdef int t = ray_type(v)
        cdef int width = ray_type_width(t) if 0 < t < RAY_TABLE and t != RAY_STR else 0
        if width == 0:
            raise BufferError(f"{type_name(t)} has no elements of fixed width")
        if flags & PyBUF_WRITABLE:
            raise BufferError("values are immutable; to_numpy(copy=True) gives memory to write to")
        self.shape[0] = ray_len(v)
        self.strides[0] = width
        b.buf = ray_data(v)
        b.obj = self
        b.len = self.shape[0] * width
        b.itemsize = width
        b.readonly = 1
        b.ndim = 1
        b.format = <char *>ray_type_format(t) if flags & PyBUF_FORMAT else NULL
        b.shape = self.shape
        b.strides = self.strides
        b.suboffsets = NULL
        b.internal = NULL


cdef Raw raw_of(Value owner):
    cdef Raw raw = Raw.__new__(Raw)
    raw.owner = owner
    return raw


cdef int64_t null_count(ray_val *v) noexcept:
    """Exact, and free where nothing says that there may be some."""
    cdef int64_t n
    cdef int t = ray_type(v)
    if t != RAY_F64 and t != RAY_F32 and t != RAY_SYM and t != RAY_STR and t != RAY_LIST and not ray_may_have_nulls(v):
        return 0
    with nogil:
        n = ray_null_count(v)
    return n


cdef class Elements(Value):
    """A vector: exports its memory where a reader cannot misunderstand it."""

    cdef ray_val *coded  # a symbol column as it is held, or what the vector was found to be; null: not asked for yet

    def __dealloc__(self):
        let_go(self.coded)

    cdef ray_val *ptr(self) except NULL:
        cdef ray_val *v
        if self.v is NULL and self.coded is not NULL:
            with nogil:
                v = ray_retain(ray_coded_vec_get(self.coded))
            ray_release(self.v)
            self.v = v
        return Value.ptr(self)

    def __getbuffer__(self, Py_buffer *b, int flags):
        cdef ray_val *v = self.ptr()
        cdef int t = ray_type(v)
        if t == RAY_DATE or t == RAY_TIME or t == RAY_TIMESTAMP or t == RAY_TIMESPAN or t == RAY_SYM:
            raise BufferError(f"{type_name(t)} has no form as a plain buffer; use .raw or to_numpy()")
        if (t == RAY_I16 or t == RAY_I32 or t == RAY_I64) and null_count(v):
            raise BufferError("the vector holds nulls, which a buffer would show as numbers; use .raw or to_numpy()")
        PyObject_GetBuffer(raw_of(self), b, flags)


cdef void release_view(void *ctx) noexcept nogil:
    """The last value that looked into a buffer of Python's is gone."""
    if not Py_IsInitialized():
        return
    with gil:
        PyBuffer_Release(<Py_buffer *>ctx)
    PyMem_RawFree(ctx)


cdef ray_val *borrow(object x, int tag) except NULL:
    """A vector over the memory of x, which is contiguous, aligned and holds elements of that type."""
    cdef Py_buffer *view = <Py_buffer *>PyMem_RawMalloc(sizeof(Py_buffer))
    cdef ray_val *v
    if view is NULL:
        raise MemoryError()
    try:
        PyObject_GetBuffer(x, view, PyBUF_SIMPLE)
    except BaseException:
        PyMem_RawFree(view)
        raise
    v = own(ray_vec_external(tag, view.buf, view.len // ray_type_width(tag), release_view, view))
    with nogil:
        ray_nulls_scan(v)
    return v


cdef ray_val *copy_bytes(object x, int tag) except NULL:
    """A vector with a copy of the memory of x, which is contiguous and holds elements of that type."""
    cdef Py_buffer view
    cdef ray_val *v
    PyObject_GetBuffer(x, &view, PyBUF_SIMPLE)
    try:
        v = own(ray_vec_new(tag, view.len // ray_type_width(tag)))
        with nogil:
            if view.len:
                memcpy(ray_data(v), view.buf, view.len)
            ray_nulls_scan(v)
        return v
    finally:
        PyBuffer_Release(&view)


cdef ray_val *without_sentinels(ray_val *v) except NULL:
    """v, unless numbers of an ordinary array would be taken for nulls. Consumes v."""
    cdef int t = ray_type(v)
    if (t == RAY_I16 or t == RAY_I32 or t == RAY_I64) and ray_may_have_nulls(v):
        row = first_null(v)
        lowest = {RAY_I16: INT16_MIN, RAY_I32: INT32_MIN}.get(t, INT64_MIN)
        ray_release(v)
        raise conversion(f"{lowest} is how {type_name(t)} stores a null; give mask= for nulls", lowest, type_name(t), row)
    return v


cdef int64_t first_null(ray_val *v) except -2:
    cdef int64_t i = 0, n = ray_len(v)
    cdef uint8_t *mask = <uint8_t *>PyMem_RawMalloc(n if n else 1)
    cdef int r
    if mask is NULL:
        raise MemoryError()
    try:
        with nogil:
            r = ray_null_mask_into(v, mask)
            while i < n and not mask[i]:
                i += 1
        done(r)
        return i if i < n else -1
    finally:
        PyMem_RawFree(mask)


cdef int buffer_tag(Py_buffer *view) except? -2:
    """The type whose storage is exactly the format of a buffer, GENERIC if there is none."""
    cdef str code = text_of(view.format) if view.format is not NULL else "B"
    if len(code) == 2 and code[0] in ("@=<" if sys.byteorder == "little" else "@=>"):
        code = code[1]
    kind = "b" if code == "?" else "i" if code in "bhilq" else "u" if code in "BHILQ" else "f" if code in "fd" else ""
    if len(code) != 1 or not kind:
        return GENERIC
    cdef int tag = dtype_tags.get(f"{kind}{view.itemsize}", GENERIC)
    return tag if STORAGE.get(tag) == f"{kind}{view.itemsize}" else GENERIC


cdef ray_val *buffer_in(object x, int tag, Way *way) except NULL:
    """Anything with the buffer protocol; what is not simply a vector goes through numpy."""
    cdef Py_buffer view
    cdef int found = GENERIC
    PyObject_GetBuffer(x, &view, PyBUF_FORMAT | PyBUF_ND | PyBUF_STRIDES)
    try:
        if view.ndim == 1 and PyBuffer_IsContiguous(&view, b"C") and <size_t>view.buf % <size_t>view.itemsize == 0:
            found = buffer_tag(&view)
    finally:
        PyBuffer_Release(&view)
    if found == GENERIC or (tag != GENERIC and tag != found):
        return array_in(numpy().asarray(x), tag, None, way)
    if way.flags & BORROW:
        way.borrowed = True
        return without_sentinels(borrow(x, found))
    return without_sentinels(copy_bytes(x, found))


def from_buffer(x, int code):
    """Memory of anything with the buffer protocol as elements of a type, as they are stored; no copy."""
    cdef int width = ray_type_width(code) if 0 < code < RAY_TABLE and code != RAY_STR and code != RAY_SYM else 0
    if width == 0:
        raise conversion(f"{type_name(code)} has no elements of fixed width that a buffer could hold")
    cdef object view = memoryview(x)
    if not view.c_contiguous:
        raise conversion("the buffer is not contiguous; copy it first")
    if view.itemsize not in (1, width) or view.nbytes % width:
        raise conversion(f"{view.nbytes} bytes in items of {view.itemsize} are no elements of {width} bytes")
    cdef Py_buffer probe
    PyObject_GetBuffer(x, &probe, PyBUF_SIMPLE)
    cdef bint aligned = <size_t>probe.buf % <size_t>(8 if width == 16 else width) == 0
    PyBuffer_Release(&probe)
    return wrap_take(borrow(x, code), True) if aligned else wrap_take(copy_bytes(x, code))
