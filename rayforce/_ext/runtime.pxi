# Runtime: owns a ray_rt; nothing else holds one. Its lock is the core's own and is taken without the GIL.


cdef bytes NAME_MARKS = b"!#$%&*+,-./<=>?@^_|~"


cdef bytes name_bytes(object name):
    """A variable's name, which is a single token of the language and nothing else."""
    cdef bytes raw
    if not isinstance(name, str):
        raise TypeError(f"a name is a str, not {type(name).__name__}")
    raw = name.encode("utf-8", "surrogateescape")
    starts_number = raw[:1].isdigit() or (raw[:1] == b"-" and raw[1:2].isdigit())
    if not raw or starts_number or not all(c in NAME_MARKS or (c < 128 and chr(c).isalnum()) for c in raw):
        raise ValueError(f"{name!r} is no name: expected letters, digits and {NAME_MARKS.decode()}")
    return raw


cdef bytes source_of(object query):
    """The UTF-8 text of a query that is source; None for one that is a value."""
    if type(query) is str:
        return query.encode("utf-8", "surrogateescape")
    if isinstance(query, bytes):
        return bytes(query)
    if isinstance(query, str) and exact_tags.get(type(query)) != RAY_SYM:
        return query.encode("utf-8", "surrogateescape")
    return None


cdef object source_in(object query, const char **p, size_t *n):
    """The object that holds the text of a query, which lies at p while it lives; None for one that is a value."""
    cdef Py_ssize_t size = 0
    if type(query) is str and PyUnicode_IS_COMPACT_ASCII(query):
        p[0] = PyUnicode_AsUTF8AndSize(query, &size)
        n[0] = size
        return query
    cdef bytes raw = source_of(query)
    if raw is not None:
        p[0], n[0] = raw, len(raw)
    return raw


cdef double limit_of(object seconds) except? -2.0:
    """A timeout for the core: negative for none."""
    if seconds is None:
        return -1.0
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds >= 0:
        raise ValueError(f"timeout {seconds!r}: expected seconds from 0 up, or None to wait")
    return min(<double>seconds, 1e9)


cdef class Args:
    """The arguments of a call as values."""

    cdef ray_val **items
    cdef int n

    def __dealloc__(self):
        cdef int i
        for i in range(self.n):
            ray_release(self.items[i])
        PyMem_RawFree(self.items)

    @staticmethod
    cdef Args of(tuple values, int flags):
        cdef Args a = Args.__new__(Args)
        cdef Way way
        way.flags, way.borrowed = flags, False
        a.items = <ray_val **>PyMem_RawMalloc(sizeof(ray_val *) * (len(values) + 1))
        if a.items is NULL:
            raise MemoryError()
        for x in values:
            a.items[a.n] = to_ray(x, &way)
            a.n += 1
        return a


cdef void print_out(void *ctx, const char *text, size_t n) noexcept nogil:
    """What code prints goes where Python prints. An exception waits for the end of the evaluation."""
    with gil:
        if error_pending() is NULL:
            print_with_gil(text, n)


cdef int print_with_gil(const char *text, size_t n) noexcept:
    try:
        if sys.stdout is not None:
            sys.stdout.write(PyUnicode_DecodeUTF8(text, n, "replace"))
    except BaseException as e:
        kind = type(e)
        set_error(<PyObject *>kind, <PyObject *>e)
    return 0


cdef extern from "Python.h":
    void set_error "PyErr_SetObject" (PyObject *kind, PyObject *value) noexcept


cdef class Runtime:
    """One engine: variables and a lock of its own."""

    cdef ray_rt *rt
    cdef int active  # calls and servers that use it now
    cdef bint over
    cdef object __weakref__

    def __init__(self, *, int threads=0, bint restricted=False, bint shared_memory=False):
        cdef ray_rt_opts o
        memset(&o, 0, sizeof(o))
        o.threads, o.restricted, o.poll, o.print = threads, restricted, poll_signals, print_out
        o.shared_memory = shared_memory
        if self.rt is not NULL:
            raise TypeError("a Runtime cannot be made twice")
        cdef ray_rt *rt
        with nogil:
            rt = ray_rt_new(&o)
        if rt is NULL:
            raise slot_error()
        self.rt = rt

    def __dealloc__(self):
        self.free()

    cdef void free(self) noexcept:
        cdef ray_rt *rt = self.rt
        self.rt = NULL
        if rt is not NULL:
            with nogil:
                ray_rt_free(rt)

    cdef int enter(self) except -1:
        if self.over or self.rt is NULL:
            raise errors.RayforceError("the engine is closed", code="closed")
        self.active += 1
        return 0

    cdef void leave(self) noexcept:
        self.active -= 1
        if self.over and self.active == 0:
            self.free()

    def close(self):
        """No call starts any more; what runs is interrupted, and the last one out frees the engine."""
        if self.over:
            return
        self.over = True
        if self.active:
            ray_interrupt(self.rt)
        else:
            self.free()

    @property
    def closed(self):
        return self.over

    cdef object result(self, ray_val *r, object query, object seconds, bint boxed):
        if error_pending() is not NULL:
            ray_release(r)
            raise_pending()
        if r is NULL:
            raise slot_error(query, None, -1.0, seconds)
        return to_python_take(r, boxed)

    def evaluate(self, query, tuple args, seconds, bint boxed, int flags):
        """Source, or a value as a message; with arguments: what it gives is called with them."""
        cdef double limit = limit_of(seconds)
        cdef bytes source = source_of(query)
        cdef bytes text = b"" if source is None else source
        cdef const char *p = text
        cdef size_t n = len(text)
        cdef Args a = Args.of(args, flags)
        cdef Value message = None if source is not None else value_of(query, False)
        cdef ray_val *r
        cdef ray_val *fn
        self.enter()
        try:
            with nogil:
                if message is None:
                    fn = NULL
                    r = ray_eval(self.rt, p, n, limit)
                    if a.n > 0 and r is not NULL:
                        fn = r
                else:
                    fn = message.v
                    r = NULL
                    if a.n == 0:
                        r = ray_eval_value(self.rt, fn, limit)
                if a.n > 0 and fn is not NULL:
                    r = ray_call(self.rt, fn, a.items, a.n, limit)
                    if message is None:
                        ray_release(fn)
            return self.result(r, query, seconds, boxed)
        finally:
            self.leave()

    def call(self, fn, tuple args, seconds, int flags):
        """Calls a name's function, or a function."""
        cdef double limit = limit_of(seconds)
        cdef bytes name = b"" if isinstance(fn, Value) else name_bytes(fn)
        cdef const char *p = name
        cdef size_t n = len(name)
        cdef Args a = Args.of(args, flags)
        cdef ray_val *f = NULL
        cdef ray_val *r = NULL
        self.enter()
        try:
            if isinstance(fn, Value):
                f = ray_retain((<Value>fn).ptr())
            with nogil:
                if f is NULL:
                    f = ray_eval(self.rt, p, n, limit)
                if f is not NULL:
                    r = ray_call(self.rt, f, a.items, a.n, limit)
                ray_release(f)
            return self.result(r, name.decode() or None, seconds, False)
        finally:
            self.leave()

    def set(self, name, x, int flags):
        cdef bytes key = name_bytes(name)
        cdef const char *p = key
        cdef Args a = Args.of((x,), flags)
        cdef int r
        self.enter()
        try:
            with nogil:
                r = ray_set(self.rt, p, a.items[0])
            done(r)
        finally:
            self.leave()

    def get(self, name, bint boxed=False):
        cdef bytes key = name_bytes(name)
        cdef const char *p = key
        cdef ray_val *r
        self.enter()
        try:
            with nogil:
                r = ray_get(self.rt, p)
            return self.result(r, name, None, boxed)
        finally:
            self.leave()

    def delete(self, name):
        cdef bytes key = name_bytes(name)
        cdef const char *p = key
        cdef int r
        self.enter()
        try:
            with nogil:
                r = ray_delete(self.rt, p)
            done(r)
        finally:
            self.leave()

    def names(self):
        cdef ray_val *r
        self.enter()
        try:
            with nogil:
                r = ray_names(self.rt)
            own(r)
            try:
                return to_list(r)
            finally:
                ray_release(r)
        finally:
            self.leave()

    def interrupt(self):
        """From any thread: what runs now ends with Interrupted."""
        self.enter()
        ray_interrupt(self.rt)
        self.leave()

    def set_args(self, Value args not None):
        """What (.sys.args) gives: a dict."""
        cdef int r
        self.enter()
        try:
            with nogil:
                r = ray_rt_args_set(self.rt, args.v)
            done(r)
        finally:
            self.leave()

    def journal(self, base, bint sync):
        """Brings back what the journal holds and opens it; how many messages that were."""
        cdef bytes path = fsencode(base)
        cdef const char *p = path
        cdef int64_t count
        if not path or b"\0" in path:
            raise ValueError(f"{base!r} is no path of a journal")
        self.enter()
        try:
            with nogil:
                count = ray_rt_journal(self.rt, p, sync)
            if error_pending() is not NULL:
                raise_pending()
            if count < 0:
                raise slot_error()
            return count
        finally:
            self.leave()

    def journal_close(self):
        cdef int r
        self.enter()
        try:
            with nogil:
                r = ray_rt_journal_close(self.rt)
            done(r)
        finally:
            self.leave()

    def listening(self):
        """How many servers code has opened with (listen PORT), and timers there are."""
        cdef int n
        self.enter()
        try:
            with nogil:
                n = ray_rt_listening(self.rt)
            return n
        finally:
            self.leave()

    def run(self, double seconds=-1.0):
        """Serves what code opened with (listen PORT), until so many seconds have passed; negative: for ever."""
        cdef int r = 0
        cdef double slice
        cdef double end = time_module.monotonic() + seconds
        self.enter()
        try:
            while r == 0:
                slice = 0.05 if seconds < 0 else min(0.05, max(0.0, end - time_module.monotonic()))
                with nogil:
                    r = ray_rt_run(self.rt, slice)
                done(r)
                if signals_with_gil():
                    raise_pending()
                if seconds >= 0 and time_module.monotonic() >= end:
                    return
        finally:
            self.leave()


def parse(source):
    """The tree of a text, itself a value: a list of forms."""
    cdef bytes raw = source_of(source)
    cdef const char *p = raw
    cdef size_t n = len(raw)
    cdef ray_val *r
    with nogil:
        r = ray_parse(p, n)
    if r is NULL:
        raise slot_error(source)
    return to_python_take(r, True)


cdef Runtime shared_runtime = None
cdef object shared_lock = threading.Lock()
cdef dict operators = {}


def default_runtime():
    """The process's own engine, made when first needed."""
    global shared_runtime
    with shared_lock:
        if shared_runtime is None or shared_runtime.over:
            shared_runtime = Runtime()
            operators.clear()
        return shared_runtime


def operate(str name, *args):
    """A verb of the language on values, in the default engine."""
    cdef Runtime runtime = default_runtime()
    fn = operators.get(name)
    if fn is None:
        fn = operators[name] = runtime.evaluate(name, (), None, False, 0)
    return runtime.call(fn, args, None, BORROW)


def convert_flags(bint borrow, strings):
    """How arguments are converted, as the methods of Runtime and Client want to be told."""
    return way_flags(borrow, strings)


def _after_fork_in_child():
    _find_main_thread()


def _register_fork():
    import os
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork_in_child)


_register_fork()


def check_name(name, /):
    """The name itself, if it is a single token of the language."""
    name_bytes(name)
    return name
