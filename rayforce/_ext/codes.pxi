# Symbols by numbers: each different one once, and for each element which of them it is; found out here, or as a peer sent it.


cdef extern from "Python.h":
    PyObject *list_item "PyList_GET_ITEM"(object items, Py_ssize_t i) noexcept  # borrowed


cdef struct Places:  # number + 1 of each id, 0: none yet
    int32_t *numbers
    int32_t *ids       # what lies at a place of a table for few among many; null: there is a place for each from `first` on
    uint32_t mask
    int shift
    int32_t first


cdef int32_t *place_of(Places *x, int32_t id) noexcept nogil:
    cdef uint32_t at
    if x.ids is NULL:
        return x.numbers + (id - x.first)
    at = (<uint32_t>id * 2654435769u) >> x.shift
    while x.numbers[at] and x.ids[at] != id:
        at = (at + 1) & x.mask
    x.ids[at] = id
    return x.numbers + at


cdef ray_val *renumbered(ray_val *v, bint null_too, ray_val **used) except NULL:
    """For each symbol its place in `used`, the ids in order of first appearance. The null symbol has -1 and no place, unless
    `null_too`. Of coded ones without a look at an id but those of their names."""
    if ray_type(v) == RAY_CODED:
        return renumbered_codes(v, null_too, used)
    cdef int64_t i, n = ray_len(v), range_ = 0
    cdef int32_t k = 0, top = INT32_MIN
    cdef const int32_t *ids = <const int32_t *>ray_data(v)
    cdef int32_t *place
    cdef Places places
    cdef ray_val *codes = own(ray_vec_new(RAY_I32, n))
    cdef int32_t *out = <int32_t *>ray_data(codes)
    places.numbers = places.ids = NULL
    places.first, places.mask, places.shift = INT32_MAX, 1, 31
    try:
        with nogil:
            for i in range(n):
                places.first = ids[i] if ids[i] < places.first else places.first
                top = ids[i] if ids[i] > top else top
        range_ = <int64_t>top - places.first + 1 if n else 1
        if range_ // 16 > n:
            while places.mask // 2 < <uint64_t>n:
                places.mask = 2 * places.mask + 1
                places.shift -= 1
            range_ = <int64_t>places.mask + 1
            places.ids = <int32_t *>zeroed(sizeof(int32_t) * range_)
        places.numbers = <int32_t *>zeroed(sizeof(int32_t) * range_)
        with nogil:
            for i in range(n):
                if ids[i] == 0 and not null_too:
                    out[i] = -1
                    continue
                place = place_of(&places, ids[i])
                if place[0] == 0:
                    k += 1
                    place[0] = k
                out[i] = place[0] - 1
        used[0] = own(ray_vec_new(RAY_SYM, k))
        with nogil:
            k = 0
            for i in range(n):
                if out[i] == k:
                    (<int32_t *>ray_data(used[0]))[k] = ids[i]
                    k += 1
        return codes
    except BaseException:
        ray_release(codes)
        raise
    finally:
        PyMem_RawFree(places.numbers)
        PyMem_RawFree(places.ids)


cdef ray_val *renumbered_codes(ray_val *coded, bint null_too, ray_val **used) except NULL:
    cdef ray_val *numbers = ray_coded_numbers_get(coded)
    cdef ray_val *names = renumbered(ray_coded_names_get(coded), null_too, used)
    cdef ray_val *out = ray_vec_new(RAY_I32, ray_len(numbers))
    cdef const int32_t *places = <const int32_t *>ray_data(names)
    cdef const void *data = ray_data(numbers)
    cdef int width = ray_type_width(ray_type(numbers))
    cdef int64_t i, k, known = ray_len(names)
    if out is not NULL:
        with nogil:
            for i in range(ray_len(out)):
                k = unsigned_at(data, width, i)
                (<int32_t *>ray_data(out))[i] = places[k] if k < known else -1
    ray_release(names)
    if out is NULL:
        ray_release(used[0])
        used[0] = NULL
    return own(out)


cdef int64_t unsigned_at(const void *p, int width, int64_t i) noexcept nogil:
    return (<const uint8_t *>p)[i] if width == 1 else (<const uint16_t *>p)[i] if width == 2 else (<const uint32_t *>p)[i]


cdef dict UNSIGNED = {RAY_U8: "u1", RAY_I16: "u2", RAY_I32: "u4"}


def codes_and_names(Elements vector not None):
    """(numbers, names) of a SYM vector, both found once: a read-only array of uint8, uint16 or uint32, and the text for each
    number, None for the null symbol. In the order of first appearance, or as a peer sent them."""
    cdef ray_val *v
    cdef ray_val *coded
    cdef int named
    if vector.coded is NULL:
        v = vector.ptr()
        if ray_type(v) != RAY_SYM:
            raise TypeError(f"only symbols have codes and categories, not {type_name(ray_type(v))}")
        with nogil:
            coded = ray_coded_of(v)
        if coded is NULL and ray_error_code():
            raise slot_error()
        if coded is NULL:  # more than half differ
            codes, texts = renumbered_with_texts(v, True)
            return raw_array(codes).view("u4"), texts
        if vector.coded is NULL:
            vector.coded = coded
        else:  # another thread was first
            ray_release(coded)
    v = ray_coded_numbers_get(vector.coded)
    with nogil:
        named = ray_coded_is_named(vector.coded)
    if not named:  # a peer may send numbers without a name, which stand for the null symbol
        codes, texts = renumbered_with_texts(vector.ptr(), True)
        return raw_array(codes).view("u4"), texts
    codes = raw_array(wrap_take(ray_retain(v))).view(UNSIGNED[ray_type(v)])
    return codes, to_list(ray_coded_names_get(vector.coded))


cdef tuple renumbered_with_texts(ray_val *v, bint null_too):
    """Numbers and the texts that they stand for."""
    cdef ray_val *used = NULL
    cdef ray_val *codes = renumbered(v, null_too, &used)
    cdef Value numbers
    try:
        numbers = wrap_take(codes)
        return numbers, to_list(used)
    finally:
        ray_release(used)


def symbol_codes(Elements vector not None):
    """(codes, texts) of a SYM vector: int32, -1 for null; the texts in order of first appearance."""
    codes, texts = renumbered_with_texts(vector.coded if vector.coded is not NULL else vector.ptr(), False)
    return raw_array(codes), texts


cdef object objects_of_codes(ray_val *coded):
    """The texts of symbols as they are held, without their ids."""
    cdef ray_val *numbers = ray_coded_numbers_get(coded)
    cdef const void *data = ray_data(numbers)
    cdef int width = ray_type_width(ray_type(numbers))
    cdef list texts = to_list(ray_coded_names_get(coded))
    cdef int64_t i, k, n = ray_len(numbers), known = len(texts)
    cdef Value held = wrap_take(ray_retain(numbers))  # others may have their turn in between
    cdef PyObject **p
    cdef PyObject *text
    cdef PyObject *old
    cdef Py_buffer view
    out = numpy().empty(n, object)
    PyObject_GetBuffer(out, &view, PyBUF_WRITABLE | PyBUF_FORMAT | PyBUF_ND)
    p = <PyObject **>view.buf
    for i in range(n):
        breathe(i)
        k = unsigned_at(data, width, i)
        text = list_item(texts, k) if k < known else <PyObject *>None
        Py_INCREF(<object>text)
        old = p[i]
        p[i] = text
        Py_XDECREF(old)
    PyBuffer_Release(&view)
    return out
