# Texts from one memory into another without Python objects in between, and so without the GIL.


cdef int append_texts(ray_val *out, ray_val *v, const int64_t *pos, int64_t n) noexcept nogil:
    """The first n strings of v, or those at positions and an empty one where there is -1."""
    cdef int64_t i
    cdef size_t size = 0
    cdef const char *s
    for i in range(n):
        s, size = b"", 0
        if pos is NULL or pos[i] >= 0:
            s = ray_strvec_get(v, i if pos is NULL else pos[i], &size)
        if ray_strvec_append(out, s, size) < 0:
            return -1
    return 0


cdef ray_val *strings_of_symbols(ray_val *v) except NULL:
    cdef int64_t i, n = ray_len(v)
    cdef ray_val *out = own(ray_strvec_new(n))
    cdef size_t size = 0
    cdef const char *s
    cdef int r = 0
    with nogil:
        for i in range(n):
            s = ray_sym_text_get((<const int32_t *>ray_data(v))[i], &size)
            r = ray_strvec_append(out, s, size)
            if r < 0:
                break
        ray_nulls_scan(out)
    return filled(out, r)


cdef ray_val *symbols_of_strings(ray_val *v) except NULL:
    cdef int64_t i, n = ray_len(v), bad = -1
    cdef ray_val *out = own(ray_vec_new(RAY_SYM, n))
    cdef int32_t *ids = <int32_t *>ray_data(out)
    cdef size_t size = 0
    cdef const char *s
    with nogil:
        for i in range(n):
            s = ray_strvec_get(v, i, &size)
            ids[i] = ray_sym_intern(s, size) if size else 0
            if ids[i] < 0:
                bad = i
                break
        ray_nulls_scan(out)
    if bad >= 0:
        ray_release(out)
        raise symbol_error(s[:size], bad)
    return out


cdef object symbol_error(bytes text, int64_t row):
    """Why the error slot says that a text was no symbol."""
    err = slot_error()
    if b"\0" in text:
        return conversion("a symbol cannot hold a NUL character; use strings='string'", text, "sym", row)
    return err


cdef ray_val *filled(ray_val *out, int r) except NULL:
    """A vector that was made, or the error that its making ended with."""
    if r < 0:
        ray_release(out)
        raise slot_error()
    return out


# ---- numpy's arrays of text: UCS-4, as many to each element, zeros behind ------------------------------------------------


cdef Py_ssize_t utf8_into(const uint32_t *p, Py_ssize_t n, uint8_t *out) noexcept nogil:
    """How many bytes; -1: there is a NUL inside, or what is no character."""
    cdef Py_ssize_t i, k = 0
    cdef uint32_t c
    for i in range(n):
        c = p[i]
        if c == 0 or c > 0x10ffff or 0xd800 <= c < 0xe000:
            return -1
        if c < 0x80:
            out[k] = <uint8_t>c
            k += 1
        elif c < 0x800:
            out[k] = <uint8_t>(0xc0 | c >> 6)
            out[k + 1] = <uint8_t>(0x80 | c & 0x3f)
            k += 2
        elif c < 0x10000:
            out[k] = <uint8_t>(0xe0 | c >> 12)
            out[k + 1] = <uint8_t>(0x80 | c >> 6 & 0x3f)
            out[k + 2] = <uint8_t>(0x80 | c & 0x3f)
            k += 3
        else:
            out[k] = <uint8_t>(0xf0 | c >> 18)
            out[k + 1] = <uint8_t>(0x80 | c >> 12 & 0x3f)
            out[k + 2] = <uint8_t>(0x80 | c >> 6 & 0x3f)
            out[k + 3] = <uint8_t>(0x80 | c & 0x3f)
            k += 4
    return k


cdef bint characters_into(const uint32_t *p, Py_ssize_t width, int64_t rows, uint8_t *room, ray_val *out) noexcept nogil:
    """False: a row is not to be had this way, and the slower one will say why."""
    cdef int64_t i
    cdef Py_ssize_t n, k
    cdef bint symbols = ray_type(out) == RAY_SYM
    cdef int32_t *ids = <int32_t *>ray_data(out) if symbols else NULL
    for i in range(rows):
        if symbols and i and memcmp(p, p - width, 4 * width) == 0:  # the one before again: nothing to look up
            ids[i] = ids[i - 1]
            p += width
            continue
        n = width
        while n and p[n - 1] == 0:
            n -= 1
        k = utf8_into(p, n, room)
        if k < 0:
            return False
        if symbols:
            ids[i] = ray_sym_intern(<const char *>room, k) if k else 0
            if ids[i] < 0:
                return False
        elif ray_strvec_append(out, <const char *>room, k) < 0:
            return False
        p += width
    ray_nulls_scan(out)
    return True


cdef ray_val *characters_in(object arr, int tag) except? NULL:
    """An array of dtype U as SYM or STR; null without an exception: element by element, please."""
    cdef Py_ssize_t width = arr.dtype.itemsize // 4
    cdef int64_t rows = len(arr)
    if width == 0 or rows == 0:
        return NULL
    cdef Py_buffer view
    cdef uint8_t *room = <uint8_t *>zeroed(4 * width)
    cdef ray_val *out = NULL
    cdef bint whole = False
    try:
        PyObject_GetBuffer(numpy().ascontiguousarray(arr).view("u4"), &view, PyBUF_SIMPLE)
        try:
            out = own(ray_strvec_new(rows) if tag == RAY_STR else ray_vec_new(RAY_SYM, rows))
            with nogil:
                whole = characters_into(<const uint32_t *>view.buf, width, rows, room, out)
        finally:
            PyBuffer_Release(&view)
    finally:
        PyMem_RawFree(room)
    if not whole:
        ray_release(out)
        ray_error_clear()
        return NULL
    return out
