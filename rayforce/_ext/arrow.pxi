# The structures of the Arrow C data interface, and what both directions share. No Arrow library is needed.

cdef struct ArrowSchema:
    const char *format
    const char *name
    const char *metadata
    int64_t flags
    int64_t n_children
    ArrowSchema **children
    ArrowSchema *dictionary
    void (*release)(ArrowSchema *) noexcept nogil
    void *private_data

cdef struct ArrowArray:
    int64_t length
    int64_t null_count
    int64_t offset
    int64_t n_buffers
    int64_t n_children
    const void **buffers
    ArrowArray **children
    ArrowArray *dictionary
    void (*release)(ArrowArray *) noexcept nogil
    void *private_data

cdef struct ArrowArrayStream:
    int (*get_schema)(ArrowArrayStream *, ArrowSchema *) noexcept nogil
    int (*get_next)(ArrowArrayStream *, ArrowArray *) noexcept nogil
    const char *(*get_last_error)(ArrowArrayStream *) noexcept nogil
    void (*release)(ArrowArrayStream *) noexcept nogil
    void *private_data

cdef enum:
    ARROW_NULLABLE = 2


cdef extern from "Python.h":
    object PyCapsule_New(void *p, const char *name, void (*destructor)(PyObject *) noexcept)
    void *PyCapsule_GetPointer(object capsule, const char *name) except NULL
    void *capsule_pointer "PyCapsule_GetPointer"(PyObject *capsule, const char *name) noexcept
    bint PyCapsule_IsValid(object capsule, const char *name) noexcept
    void *PyMem_RawCalloc(size_t n, size_t size) noexcept nogil


cdef void *zeroed(size_t size) except NULL:
    cdef void *p = PyMem_RawCalloc(1, size if size else 1)
    if p is NULL:
        raise MemoryError()
    return p


cdef void close_schema(ArrowSchema *s) noexcept nogil:
    """Releases what it holds and the structure itself, which PyMem_RawCalloc made."""
    if s is not NULL:
        if s.release is not NULL:
            s.release(s)
        PyMem_RawFree(s)


cdef void close_array(ArrowArray *a) noexcept nogil:
    if a is not NULL:
        if a.release is not NULL:
            a.release(a)
        PyMem_RawFree(a)


cdef void close_stream(ArrowArrayStream *s) noexcept nogil:
    if s is not NULL:
        if s.release is not NULL:
            s.release(s)
        PyMem_RawFree(s)


cdef void drop_schema_capsule(PyObject *capsule) noexcept:
    close_schema(<ArrowSchema *>capsule_pointer(capsule, b"arrow_schema"))


cdef void drop_array_capsule(PyObject *capsule) noexcept:
    close_array(<ArrowArray *>capsule_pointer(capsule, b"arrow_array"))


cdef void drop_stream_capsule(PyObject *capsule) noexcept:
    close_stream(<ArrowArrayStream *>capsule_pointer(capsule, b"arrow_array_stream"))


cdef object schema_capsule(ArrowSchema *s):
    """Consumes s, also when it fails."""
    try:
        return PyCapsule_New(s, b"arrow_schema", drop_schema_capsule)
    except BaseException:
        close_schema(s)
        raise


cdef object array_capsule(ArrowArray *a):
    try:
        return PyCapsule_New(a, b"arrow_array", drop_array_capsule)
    except BaseException:
        close_array(a)
        raise


cdef bint bit(const void *bits, int64_t i) noexcept nogil:
    return (<const uint8_t *>bits)[i >> 3] >> (i & 7) & 1


cdef int64_t zero_bits(const void *bits, int64_t offset, int64_t n) noexcept nogil:
    """How many of n bits from an offset on are not set; no bitmap: none."""
    cdef int64_t i = 0, count = 0
    cdef uint64_t word
    if bits is NULL:
        return 0
    while i < n and (offset + i) & 7:
        count += not bit(bits, offset + i)
        i += 1
    while i + 64 <= n:
        memcpy(&word, <const uint8_t *>bits + ((offset + i) >> 3), 8)
        count += 64 - ones(word)
        i += 64
    while i < n:
        count += not bit(bits, offset + i)
        i += 1
    return count


cdef int ones(uint64_t x) noexcept nogil:
    x = x - ((x >> 1) & 0x5555555555555555u)
    x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u)
    return <int>((((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u) >> 56)


cdef void pack_bits(const uint8_t *src, int64_t n, bint inverted, uint8_t *out) noexcept nogil:
    """One bit for each byte that is not 0; inverted: for each that is."""
    cdef int64_t i, j
    cdef uint8_t b
    for i in range(n // 8):
        b = 0
        for j in range(8):
            b |= <uint8_t>((src[8 * i + j] != 0) ^ inverted) << j
        out[i] = b
    if n % 8:
        b = 0
        for j in range(n % 8):
            b |= <uint8_t>((src[n - n % 8 + j] != 0) ^ inverted) << j
        out[n // 8] = b
