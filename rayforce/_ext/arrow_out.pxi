# Values as Arrow arrays: fixed-width columns and strings in their own memory, the rest in one pass.

cdef struct Held:  # what an exported array keeps until the consumer releases it
    ray_val *values[4]
    int n_values
    const void **buffers

# type -> format; SYM is a dictionary, LIST a list
cdef dict ARROW_FORMATS = {
    RAY_B8: b"b", RAY_U8: b"C", RAY_I16: b"s", RAY_I32: b"i", RAY_I64: b"l", RAY_F32: b"f", RAY_F64: b"g",
    RAY_DATE: b"tdD", RAY_TIME: b"ttm", RAY_TIMESTAMP: b"tsn:UTC", RAY_TIMESPAN: b"tDn", RAY_GUID: b"w:16",
    RAY_STR: b"vu",
}
cdef bytes LISTED = b"+l", LISTED_LARGE = b"+L", RECORDS = b"+s", IDS = b"i", TEXTS = b"u", TEXTS_LARGE = b"U", NULLS = b"n"


cdef bytes metadata_of(dict pairs):
    """Key and value pairs as Arrow writes them: counts and lengths in native order before the texts."""
    def count(int n):
        return n.to_bytes(4, sys.byteorder)
    return count(len(pairs)) + b"".join(
        count(len(k)) + k + count(len(v)) + v for k, v in pairs.items())


cdef bytes UUID_METADATA = metadata_of({b"ARROW:extension:name": b"arrow.uuid", b"ARROW:extension:metadata": b""})


# ---- schemas -------------------------------------------------------------------------------------------------------


cdef void release_schema(ArrowSchema *s) noexcept nogil:
    cdef int64_t i
    for i in range(s.n_children):
        close_schema(s.children[i])
    close_schema(s.dictionary)
    PyMem_RawFree(<void *>s.children)
    PyMem_RawFree(<void *>s.name)
    s.release = NULL


cdef ArrowSchema *schema_new(bytes form, bytes name) except NULL:
    """`form` is a constant of this module and lives as long as it."""
    cdef ArrowSchema *s = <ArrowSchema *>zeroed(sizeof(ArrowSchema))
    cdef char *text
    s.format, s.flags, s.release = form, ARROW_NULLABLE, release_schema
    try:
        text = <char *>zeroed(len(name) + 1)
    except BaseException:
        close_schema(s)
        raise
    memcpy(text, <const char *>name, len(name))
    s.name = text
    return s


cdef ArrowSchema *schema_of(ray_val *v, bytes name, int depth=0) except NULL:
    """The schema of a vector, list or table."""
    cdef int t = ray_type(v)
    cdef ArrowSchema *s
    cdef ray_val *columns
    cdef ray_val *names
    cdef int64_t i
    cdef Value items
    if depth > 64:
        raise conversion("lists nested deeper than 64 have no form in Arrow")
    if t == RAY_LIST:
        items = list_items(v)
        if (<ListItems>items).untyped:
            return schema_new(NULLS, name)
        if not (<ListItems>items).nested:
            return schema_of(items.v, name, depth + 1)
        s = schema_new(LISTED_LARGE if ray_len(items.v) > INT32_MAX else LISTED, name)
    elif t == RAY_TABLE:
        s = schema_new(RECORDS, name)
        s.flags = 0
    elif t == RAY_SYM or t == RAY_CODED:
        s = schema_new(IDS, name)
    elif t in ARROW_FORMATS:
        s = schema_new(ARROW_FORMATS[t], name)
    else:
        raise conversion(f"{type_name(t)} has no form in Arrow")
    try:
        if t == RAY_GUID:
            s.metadata = UUID_METADATA
        elif t == RAY_SYM or t == RAY_CODED:
            s.dictionary = schema_new(TEXTS, b"")
        elif t == RAY_LIST:
            s.children = <ArrowSchema **>zeroed(sizeof(ArrowSchema *))
            s.n_children = 1
            s.children[0] = schema_of(items.v, b"item", depth + 1)
        elif t == RAY_TABLE:
            columns, names = ray_table_columns_get(v), ray_table_names_get(v)
            s.children = <ArrowSchema **>zeroed(sizeof(ArrowSchema *) * ray_len(columns))
            for i in range(ray_len(columns)):
                text = (element(RAY_SYM, ray_data(names), False, names, i) or "")
                try:
                    s.children[i] = schema_of(ray_list_held_get(columns, i), text_bytes(text), depth + 1)
                except errors.ConversionError as e:
                    raise e.in_column(text) from None
                s.n_children = i + 1
    except BaseException:
        close_schema(s)
        raise
    return s


# ---- arrays --------------------------------------------------------------------------------------------------------


cdef void release_exported(ArrowArray *a) noexcept nogil:
    cdef Held *h = <Held *>a.private_data
    cdef int64_t i
    for i in range(a.n_children):
        close_array(a.children[i])
    close_array(a.dictionary)
    PyMem_RawFree(<void *>a.children)
    for i in range(h.n_values):
        ray_release(h.values[i])
    PyMem_RawFree(<void *>h.buffers)
    PyMem_RawFree(h)
    a.release = NULL


cdef ArrowArray *array_new(int64_t n, int buffers) except NULL:
    cdef ArrowArray *a = <ArrowArray *>zeroed(sizeof(ArrowArray))
    cdef Held *h
    try:
        h = <Held *>zeroed(sizeof(Held))
    except BaseException:
        PyMem_RawFree(a)
        raise
    a.private_data, a.release, a.length = h, release_exported, n
    try:
        h.buffers = <const void **>zeroed(sizeof(void *) * buffers)
    except BaseException:
        close_array(a)
        raise
    a.buffers, a.n_buffers = h.buffers, buffers
    return a


cdef const void *hold(ArrowArray *a, ray_val *v) noexcept:
    """Keeps v (consumed) as long as the array; its memory."""
    cdef Held *h = <Held *>a.private_data
    h.values[h.n_values] = v
    h.n_values += 1
    return ray_strvec_views_get(v) if ray_type(v) == RAY_STR else ray_data(v)


cdef int put_validity(ArrowArray *a, ray_val *v) except -1:
    """The bitmap of what is not null, if anything is."""
    cdef int64_t n = ray_len(v)
    cdef ray_val *bits
    cdef uint8_t *mask
    cdef int r
    a.null_count = null_count(v)
    if a.null_count == 0:
        return 0
    mask = <uint8_t *>zeroed(n)
    try:
        with nogil:
            r = ray_null_mask_into(v, mask)
        done(r)
        bits = own(ray_vec_new(RAY_U8, (n + 7) // 8))
        with nogil:
            pack_bits(mask, n, True, <uint8_t *>ray_data(bits))
        a.buffers[0] = hold(a, bits)
    finally:
        PyMem_RawFree(mask)
    return 0


cdef ArrowArray *array_of(ray_val *v, bint nan_as_null) except NULL:
    """The array that goes with schema_of(v)."""
    cdef int t = ray_type(v)
    if t == RAY_TABLE:
        return records_of(v, nan_as_null)
    if t == RAY_LIST:
        return listed_of(v, nan_as_null)
    if t == RAY_SYM or t == RAY_CODED:
        return symbols_of(v)
    if t == RAY_STR:
        return strings_of(v)
    cdef ArrowArray *a = array_new(ray_len(v), 2)
    try:
        if t == RAY_B8:
            a.buffers[1] = hold(a, packed(v))
        elif t == RAY_DATE or t == RAY_TIMESTAMP:
            a.buffers[1] = hold(a, since_1970(v))
        else:
            if t == RAY_TIME:
                check_days(v)
            a.buffers[1] = hold(a, ray_retain(v))
        if nan_as_null or (t != RAY_F32 and t != RAY_F64):
            put_validity(a, v)
    except BaseException:
        close_array(a)
        raise
    return a


cdef ray_val *packed(ray_val *v) except NULL:
    cdef int64_t n = ray_len(v)
    cdef ray_val *bits = own(ray_vec_new(RAY_U8, (n + 7) // 8))
    with nogil:
        pack_bits(<const uint8_t *>ray_data(v), n, False, <uint8_t *>ray_data(bits))
    return bits


cdef ray_val *since_1970(ray_val *v) except NULL:
    """DATE or TIMESTAMP counted from 1970, in memory of its own; what then leaves the range is an error."""
    cdef int64_t i, n = ray_len(v), bad = -1
    cdef int t = ray_type(v)
    cdef ray_val *out = own(ray_vec_new(RAY_I32 if t == RAY_DATE else RAY_I64, n))
    cdef const int32_t *days = <const int32_t *>ray_data(v)
    cdef const int64_t *ns = <const int64_t *>ray_data(v)
    with nogil:
        if t == RAY_DATE:
            for i in range(n):
                if days[i] > INT32_MAX - EPOCH_DAYS and bad < 0:
                    bad = i
                (<int32_t *>ray_data(out))[i] = 0 if days[i] == INT32_MIN else <int32_t>(days[i] + EPOCH_DAYS)
        else:
            for i in range(n):
                if ns[i] > INT64_MAX - EPOCH_NS and bad < 0:
                    bad = i
                (<int64_t *>ray_data(out))[i] = 0 if ns[i] == INT64_MIN else <int64_t>(<uint64_t>ns[i] + <uint64_t>EPOCH_NS)
    if bad >= 0:
        ray_release(out)
        raise conversion(f"{type_name(-t)} {days[bad] if t == RAY_DATE else ns[bad]} since 2000 leaves the range when counted "
                         "from 1970, as Arrow does", None, None, bad)
    return out


cdef int check_days(ray_val *v) except -1:
    """Arrow's times lie within a day."""
    cdef int64_t i, n = ray_len(v), bad = -1
    cdef const int32_t *ms = <const int32_t *>ray_data(v)
    with nogil:
        for i in range(n):
            if (ms[i] < 0 and ms[i] != INT32_MIN) or ms[i] >= DAY_MS:
                bad = i
                break
    if bad >= 0:
        raise conversion(f"{ms[bad]} ms is no time of a day, as Arrow wants; use .cast('timespan')", None, None, bad)
    return 0


cdef ArrowArray *strings_of(ray_val *v) except NULL:
    """Views and buffers as they lie in memory."""
    cdef int i, k = ray_strvec_buffers(v)
    cdef int64_t row, n = ray_len(v), bad = -1
    cdef size_t size = 0
    cdef const char *p
    cdef ray_val *sizes
    with nogil:
        for row in range(n):
            p = ray_strvec_get(v, row, &size)
            if not ray_is_utf8(p, size):
                bad = row
                break
    if bad >= 0:
        raise conversion("these bytes are no UTF-8, as Arrow's strings are", at(v, bad), None, bad)
    cdef ArrowArray *a = array_new(n, k + 3)
    try:
        sizes = own(ray_vec_new(RAY_I64, k))
        a.buffers[1] = hold(a, ray_retain(v))
        for i in range(k):
            a.buffers[2 + i] = ray_strvec_buffer_get(v, i, &size)
            (<int64_t *>ray_data(sizes))[i] = size
        a.buffers[2 + k] = hold(a, sizes)  # "" stays "": the type has no other null
    except BaseException:
        close_array(a)
        raise
    return a


# ---- symbols: ids and the texts that they stand for ----------------------------------------------------------------


cdef ArrowArray *symbols_of(ray_val *v) except NULL:
    """Ids as they are where the process's symbols up to the highest are no more than the column's own elements, so that
    texts do not outweigh it; else renumbered by first appearance, and coded ones by their numbers."""
    cdef ray_val *used = NULL
    cdef ray_val *codes
    cdef int32_t top = -1
    cdef ArrowArray *a = array_new(ray_len(v), 2)
    try:
        if ray_type(v) == RAY_SYM:
            with nogil:
                top = plain_top(v)
        if top >= 0:
            a.buffers[1] = hold(a, ray_retain(v))
            a.dictionary = texts_of(NULL, <int64_t>top + 1)
            put_validity(a, v)
            return a
        codes = renumbered(v, False, &used)
        try:
            a.buffers[1] = hold(a, codes)
            put_validity_of_codes(a, codes)
            a.dictionary = texts_of(<const int32_t *>ray_data(used), ray_len(used))
        finally:
            ray_release(used)
    except BaseException:
        close_array(a)
        raise
    return a


cdef int32_t plain_top(ray_val *v) noexcept nogil:
    """The highest id; -1: the symbols up to it are more than the elements, or one of them is no UTF-8."""
    cdef int64_t i, n = ray_len(v)
    cdef const int32_t *ids = <const int32_t *>ray_data(v)
    cdef int32_t top = 0
    cdef size_t m = 0
    cdef const char *p
    for i in range(n):
        top = ids[i] if ids[i] > top else top
    if top >= n:
        return -1
    for i in range(top + 1):
        p = ray_sym_text_get(<int32_t>i, &m)
        if not ray_is_utf8(p, m):
            return -1
    return top


cdef int put_validity_of_codes(ArrowArray *a, ray_val *codes) except -1:
    """The bitmap of what is not -1, if anything is; the array has 0 there."""
    cdef int64_t i, n = ray_len(codes), nulls = 0
    cdef int32_t *p = <int32_t *>ray_data(codes)
    cdef uint8_t *bits
    cdef ray_val *held
    with nogil:
        for i in range(n):
            nulls += p[i] < 0
    a.null_count = nulls
    if nulls == 0:
        return 0
    held = own(ray_vec_new(RAY_U8, (n + 7) // 8))
    bits = <uint8_t *>ray_data(held)
    with nogil:
        memset(bits, 0, (n + 7) // 8)
        for i in range(n):
            bits[i >> 3] |= <uint8_t>((p[i] >= 0) << (i & 7))
            p[i] = 0 if p[i] < 0 else p[i]
    a.buffers[0] = hold(a, held)
    return 0


cdef ArrowArray *texts_of(const int32_t *ids, int64_t n) except NULL:
    """The texts of symbols as a string array; without ids: of the first n symbols."""
    cdef ArrowArray *a = array_new(n, 3)
    cdef int64_t i, size = 0, bad = -1
    cdef size_t m = 0
    cdef const char *p
    cdef ray_val *offsets
    cdef ray_val *texts
    try:
        with nogil:
            for i in range(n):
                p = ray_sym_text_get(ids[i] if ids is not NULL else <int32_t>i, &m)
                size += m
                if ids is not NULL and not ray_is_utf8(p, m):
                    bad = i
                    break
        if bad >= 0:
            raise conversion("the bytes of a symbol are no UTF-8, as Arrow's strings are", decode_text(p, m))
        if size > INT32_MAX:
            raise conversion(f"{size} bytes of symbols are more than a dictionary of Arrow's strings holds")
        offsets = own(ray_vec_new(RAY_I32, n + 1))
        a.buffers[1] = hold(a, offsets)
        texts = own(ray_vec_new(RAY_U8, size))
        a.buffers[2] = hold(a, texts)
        with nogil:
            size = 0
            for i in range(n):
                p = ray_sym_text_get(ids[i] if ids is not NULL else <int32_t>i, &m)
                (<int32_t *>ray_data(offsets))[i] = <int32_t>size
                memcpy(<char *>ray_data(texts) + size, p, m)
                size += m
            (<int32_t *>ray_data(offsets))[n] = <int32_t>size
    except BaseException:
        close_array(a)
        raise
    return a


# ---- lists and tables ----------------------------------------------------------------------------------------------


cdef class ListItems(Value):
    """What the cells of a list hold, as one vector, and where each cell ends."""

    cdef ray_val *offsets  # I64, one more than cells
    cdef bint nested       # cells are vectors; else atoms
    cdef bint untyped      # nothing but nulls

    def __dealloc__(self):
        ray_release(self.offsets)


cdef ListItems list_items(ray_val *v):
    """The cells must be vectors or lists of one type, or atoms of one type; nulls may stand between them."""
    cdef ListItems out = ListItems.__new__(ListItems)
    cdef int64_t i, n = ray_len(v), bad = -1
    cdef int t = RAY_NULL, found = RAY_NULL
    cdef bint empty = False
    with nogil:
        for i in range(n):
            t = ray_type(ray_list_get(v, i))
            if t == RAY_LIST and ray_len(ray_list_get(v, i)) == 0:
                empty = True  # goes with cells of any type
                continue
            if t == RAY_NULL:
                continue
            if found != RAY_NULL and found != t:
                bad = i
                break
            found = t
    if bad >= 0:
        raise conversion(f"cells of type {type_name(found)} and {type_name(t)} in one column; Arrow has one type for all",
                         None, None, bad)
    if empty and not 0 < found < RAY_TABLE:
        if found != RAY_NULL and found != RAY_LIST:
            raise conversion(f"empty lists and cells of type {type_name(found)} in one column; Arrow has one type for all")
        found = RAY_LIST
    out.nested = 0 <= found < RAY_TABLE
    out.untyped = found == RAY_NULL
    if out.untyped:
        out.v = ray_retain(v)
        return out
    if not out.nested:
        if found >= RAY_TABLE:
            raise conversion(f"cells of type {type_name(found)} have no form in Arrow")
        out.v = atoms_vector(v, -found)
        return out
    out.offsets = own(ray_vec_new(RAY_I64, n + 1))
    with nogil:
        put_offsets(v, <int64_t *>ray_data(out.offsets))
    out.v = cells_joined(v, found, (<const int64_t *>ray_data(out.offsets))[n])
    return out


cdef void put_offsets(ray_val *v, int64_t *out) noexcept nogil:
    cdef int64_t i, total = 0
    for i in range(ray_len(v)):
        out[i] = total
        if ray_type(ray_list_get(v, i)) != RAY_NULL:
            total += ray_len(ray_list_get(v, i))
    out[ray_len(v)] = total


cdef ray_val *cells_joined(ray_val *v, int t, int64_t total) except NULL:
    """Cells of a type, one behind the other; the others are empty."""
    cdef ray_val *out = own(ray_list_new(total) if t == RAY_LIST else ray_strvec_new(total) if t == RAY_STR
                            else ray_vec_new(t, total))
    cdef ray_val *cell
    cdef int64_t i, j = 0
    cdef int r = 0
    with nogil:
        for i in range(ray_len(v)):
            cell = ray_list_get(v, i)
            if ray_type(cell) == t:
                r = copy_elements(out, j, cell)
                if r < 0:
                    break
                j += ray_len(cell)
        if r >= 0 and t != RAY_LIST:
            ray_nulls_scan(out)
    return filled(out, r)


cdef int copy_elements(ray_val *out, int64_t at_, ray_val *v) noexcept nogil:
    """All elements of v into a fresh vector or list of its type; texts behind what is there."""
    cdef int t = ray_type(v)
    cdef int64_t i, n = ray_len(v)
    if t == RAY_STR:
        return append_texts(out, v, NULL, n)
    if t == RAY_LIST:
        for i in range(n):
            ray_list_set_take(out, at_ + i, ray_retain(ray_list_get(v, i)))
    elif n:
        memcpy(<uint8_t *>ray_data(out) + at_ * ray_type_width(t), ray_data(v), n * ray_type_width(t))
    return 0


cdef ray_val *atoms_vector(ray_val *v, int t) except NULL:
    cdef Way way
    way.flags, way.borrowed = STRICT, False
    items = to_list(v)
    if t == RAY_B8 or t == RAY_U8:  # these have no null of their own
        items = [0 if x is None else x for x in items]
    return column(items, t, &way)


cdef ArrowArray *listed_of(ray_val *v, bint nan_as_null) except NULL:
    cdef ListItems items = list_items(v)
    cdef int64_t i, n = ray_len(v)
    cdef ArrowArray *a
    cdef ray_val *offsets
    if items.untyped:
        a = array_new(n, 0)
        a.null_count = n
        return a
    if not items.nested:
        a = array_of(items.v, nan_as_null)
        if ray_type(items.v) == RAY_B8 or ray_type(items.v) == RAY_U8:
            try:
                put_validity_of_cells(a, v)
            except BaseException:
                close_array(a)
                raise
        return a
    a = array_new(n, 2)
    try:
        if ray_len(items.v) > INT32_MAX:
            a.buffers[1] = hold(a, ray_retain(items.offsets))
        else:
            offsets = own(ray_vec_new(RAY_I32, n + 1))
            with nogil:
                for i in range(n + 1):
                    (<int32_t *>ray_data(offsets))[i] = <int32_t>(<int64_t *>ray_data(items.offsets))[i]
            a.buffers[1] = hold(a, offsets)
        put_validity_of_cells(a, v)
        a.children = <ArrowArray **>zeroed(sizeof(ArrowArray *))
        a.children[0] = array_of(items.v, nan_as_null)
        a.n_children = 1
    except BaseException:
        close_array(a)
        raise
    return a


cdef int put_validity_of_cells(ArrowArray *a, ray_val *v) except -1:
    cdef int64_t i, n = ray_len(v)
    cdef ray_val *bits = own(ray_vec_new(RAY_U8, (n + 7) // 8))
    cdef uint8_t *p = <uint8_t *>ray_data(bits)
    with nogil:
        memset(p, 0, (n + 7) // 8)
        for i in range(n):
            if ray_type(ray_list_get(v, i)) == RAY_NULL:
                a.null_count += 1
            else:
                p[i >> 3] |= <uint8_t>(1 << (i & 7))
    a.buffers[0] = hold(a, bits)
    return 0


cdef ArrowArray *records_of(ray_val *v, bint nan_as_null) except NULL:
    cdef ray_val *columns = ray_table_columns_get(v)
    cdef int64_t i
    cdef ArrowArray *a = array_new(ray_len(v), 1)
    try:
        a.children = <ArrowArray **>zeroed(sizeof(ArrowArray *) * ray_len(columns))
        for i in range(ray_len(columns)):
            try:
                a.children[i] = array_of(ray_list_held_get(columns, i), nan_as_null)
            except errors.ConversionError as e:
                names = ray_table_names_get(v)
                raise e.in_column(element(RAY_SYM, ray_data(names), False, names, i) or "") from None
            a.n_children = i + 1
    except BaseException:
        close_array(a)
        raise
    return a


# ---- streams of one batch ------------------------------------------------------------------------------------------

cdef struct Batch:
    ray_val *table
    ArrowArray *array  # null once it is taken


cdef int stream_schema(ArrowArrayStream *s, ArrowSchema *out) noexcept nogil:
    with gil:
        return copy_schema((<Batch *>s.private_data).table, out)


cdef int copy_schema(ray_val *v, ArrowSchema *out) noexcept:
    cdef ArrowSchema *made
    try:
        made = schema_of(v, b"")
    except BaseException:
        return 12  # ENOMEM: the schema was made once before, so only memory can be missing
    out[0] = made[0]
    PyMem_RawFree(made)
    return 0


cdef int stream_next(ArrowArrayStream *s, ArrowArray *out) noexcept nogil:
    cdef Batch *b = <Batch *>s.private_data
    memset(out, 0, sizeof(ArrowArray))
    if b.array is not NULL:
        out[0] = b.array[0]
        PyMem_RawFree(b.array)
        b.array = NULL
    return 0


cdef const char *stream_error(ArrowArrayStream *s) noexcept nogil:
    return "out of memory"


cdef void stream_release(ArrowArrayStream *s) noexcept nogil:
    cdef Batch *b = <Batch *>s.private_data
    close_array(b.array)
    ray_release(b.table)
    PyMem_RawFree(b)
    s.release = NULL


def arrow_schema(Value value not None):
    """The capsule of the schema of a vector, list or table."""
    return schema_capsule(schema_of(coded_or_plain(value), b""))


cdef ray_val *coded_or_plain(Value value) except NULL:
    """Symbols coded if they are, whether their ids were asked for or not."""
    if isinstance(value, Elements) and (<Elements>value).coded is not NULL:
        return (<Elements>value).coded
    return value.ptr()


def arrow_array(Value value not None, bint nan_as_null=False):
    """The capsules of schema and array."""
    cdef ray_val *v = coded_or_plain(value)
    schema = schema_capsule(schema_of(v, b""))
    return schema, array_capsule(array_of(v, nan_as_null))


def arrow_stream(Value table not None, bint nan_as_null=False):
    """The capsule of a stream with one batch."""
    cdef ray_val *v = table.ptr()
    cdef ArrowArrayStream *s = <ArrowArrayStream *>zeroed(sizeof(ArrowArrayStream))
    cdef Batch *b
    close_schema(schema_of(v, b""))  # says now what could not be said later
    try:
        b = <Batch *>zeroed(sizeof(Batch))
        s.private_data = b
        s.get_schema, s.get_next, s.get_last_error = stream_schema, stream_next, stream_error
        s.release = stream_release
        b.table = ray_retain(v)
        b.array = array_of(v, nan_as_null)
        return PyCapsule_New(s, b"arrow_array_stream", drop_stream_capsule)
    except BaseException:
        close_stream(s)
        raise
