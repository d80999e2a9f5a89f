# Value: the owner of one reference. Everything of the core that Python sees is one, or an object made from one.

cdef list value_classes = [None] * 256  # class for values of a type, by the low byte of its code
cdef object base_class = None           # for types without a class of their own


cdef enum:
    MANY = 1 << 15  # elements: to give so many back may take longer than others should wait


cdef void let_go(ray_val *v) noexcept:
    if v is NULL or ray_len(v) < MANY:
        ray_release(v)
        return
    with nogil:
        ray_release(v)


cdef class Value:
    """One immutable value of the core."""

    cdef ray_val *v
    cdef bint borrowed  # looks into memory of Python's that others may write to
    cdef object __weakref__

    def __dealloc__(self):
        let_go(self.v)

    cdef ray_val *ptr(self) except NULL:
        if self.v is NULL:
            raise ValueError(f"this {type(self).__name__} was never filled: its __init__ did not run")
        return self.v

    def _adopt(self, Value other not None):
        """Becomes the same value as `other`; for __init__ of subclasses."""
        if self.v is not NULL or coded_of(self) is not NULL:
            raise TypeError(f"a {type(self).__name__} cannot be made twice")
        self.v = ray_retain(other.ptr())
        self.borrowed = other.borrowed

    @property
    def type_code(self):
        """The type's number: positive for vectors, negative for atoms."""
        return RAY_SYM if coded_of(self) is not NULL else ray_type(self.ptr())

    @property
    def ray_name(self):
        """The type's name in the language: `i64` for an atom, `I64` for a vector."""
        return text_of(ray_type_name(self.type_code))

    @property
    def nbytes(self):
        """Bytes of memory that the value holds."""
        cdef ray_val *v = self.ptr()
        cdef int64_t n
        with nogil:
            n = ray_bytes(v)
        return n

    def equals(self, other, /):
        """Same type and same contents? A null equals a null."""
        if not isinstance(other, Value):
            return False
        cdef ray_val *a = self.ptr()
        cdef ray_val *b = (<Value>other).ptr()
        cdef bint same
        with nogil:
            same = ray_equal(a, b)
        return same

    def __eq__(self, other):
        return self.equals(other) if isinstance(other, Value) else NotImplemented

    def __hash__(self):
        cdef ray_val *v = self.ptr()
        cdef uint64_t h
        with nogil:
            h = ray_hash(v)
        return <Py_ssize_t>h

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


cdef Value wrap_take(ray_val *v, bint borrowed=False):
    """The Python object that owns v, of the class that registered for its type. Consumes v."""
    cdef object cls = value_classes[ray_type(v) & 255] or base_class or Value
    cdef Value obj
    try:
        obj = cls.__new__(cls)
    except BaseException:
        ray_release(v)
        raise
    obj.v = v
    obj.borrowed = borrowed
    return obj


def register_class(cls, *codes):
    """Values of these types become instances of cls, a subclass of Value; without codes: all that have no class."""
    global base_class
    if not codes:
        base_class = cls
    for code in codes:
        value_classes[<int>code & 255] = cls


cdef object format_value(ray_val *v, bint whole):
    cdef ray_val *s
    with nogil:
        s = ray_format(v, whole)
    return text_take(s)


cdef object text_take(ray_val *s):
    """The text of a STR atom. Consumes it; null raises."""
    cdef size_t n = 0
    own(s)
    cdef const char *p = ray_text_get(s, &n)
    try:
        return PyUnicode_DecodeUTF8(p, n, "replace")
    finally:
        ray_release(s)


def format(Value value not None, bint whole=False):
    """What the console would print."""
    return format_value(value.ptr(), whole)


def format_table(Value table not None, int64_t rows, int64_t columns):
    cdef ray_val *v = table.ptr()
    cdef ray_val *s
    with nogil:
        s = ray_format_table(v, rows, columns)
    return text_take(s)


def version():
    return text_of(ray_version())


def heap():
    """Live allocations of the process and the size of the symbol table."""
    cdef ray_heap h
    ray_heap_into(&h)
    return {"blocks": h.blocks, "bytes": h.bytes, "peak_bytes": h.peak_bytes, "symbols": h.symbols,
            "symbol_bytes": h.symbol_bytes}


def heap_limit(bytes=None, /):
    """The bytes that all values of the process may take together (0: no limit); sets them if given."""
    if bytes is not None:
        ray_heap_limit_set(bytes)
    return ray_heap_limit_get()


def type_code_of(str name, /):
    """The code of a type's name, i64 or I64; None for an unknown name."""
    cdef bytes text = name.encode()
    cdef int code = ray_type_of_name(text)
    return None if code == RAY_ERROR else code


def type_name(int code, /):
    return text_of(ray_type_name(code))


def builtins():
    """The vocabulary: (name, type code, least and most arguments, special form?, documentation)."""
    cdef ray_builtin_info info
    cdef list out = []
    cdef int i = 0
    while ray_builtin_at(i, &info) == 0:
        out.append((text_of(info.name), info.type, info.min_args, info.max_args, bool(info.special), text_of(info.doc)))
        i += 1
    return out


def code_of_dtype(dtype, /):
    """The type for a class whose instances become atoms, or for a numpy dtype; None if there is none."""
    found = exact_tags.get(dtype) if isinstance(dtype, type) else None
    if found is None:
        try:
            found = dtype_tag(numpy().dtype(dtype))
        except TypeError:
            return None
    return found if found > 0 else None
