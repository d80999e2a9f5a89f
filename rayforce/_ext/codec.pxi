# The protocol of a connection without a socket, for event loops: they move the bytes, this says which.


cdef enum:
    SMALL = 65536  # bytes: to read so many takes less time than others need to take the GIL


cdef class Piece:
    """Bytes of a value on their way out, in the value's own memory."""

    cdef ray_val *hold
    cdef void *data
    cdef Py_ssize_t n

    def __dealloc__(self):
        ray_release(self.hold)

    def __getbuffer__(self, Py_buffer *view, int flags):
        PyBuffer_FillInfo(view, self, self.data, self.n, 1, flags)

    def __len__(self):
        return self.n


cdef class Codec:
    """One connection's greeting and frames. After the greeting one thread may read while another writes."""

    cdef ray_codec *c
    cdef ray_val *value
    cdef object failure
    cdef readonly object address
    cdef object __weakref__

    def __init__(self, address, *, str peer, user=None, password=None, message_max=None, int64_t compress_over=-1):
        cdef ray_codec_opts o
        cdef bytes peer_b = peer.encode()
        cdef bytes user_b = b"" if user is None else user.encode()
        cdef bytes password_b = b"" if password is None else password.encode()
        if self.c is not NULL:
            raise TypeError("a Codec cannot be made twice")
        o.peer = peer_b
        o.user = <const char *>user_b if user is not None else NULL
        o.password = <const char *>password_b if password is not None else NULL
        o.message_max = -1 if message_max is None else message_max
        o.compress_over = compress_over
        self.address = address
        self.c = ray_codec_new(&o)
        if self.c is NULL:
            raise slot_error(None, address)

    def __dealloc__(self):
        ray_release(self.value)
        ray_codec_free(self.c)

    cdef int check(self, int r) except -1:
        if r < 0:
            raise slot_error(None, self.address)
        return r

    def dialect(self):
        """The line of the protocol; empty while the greeting is under way."""
        return text_of(ray_codec_dialect_get(self.c))

    def room(self):
        """Memory for the next bytes, valid until `filled`."""
        cdef ray_piece p
        self.check(ray_codec_room(self.c, &p))
        return PyMemoryView_FromMemory(<char *>p.data, p.n, PyBUF_WRITE)

    def filled(self, Py_ssize_t n):
        self.check(ray_codec_filled(self.c, n))

    def next(self, int64_t large=INT64_MAX):
        """GREETED, REPLY, PUSH or ASKED; 0: more bytes are needed. What came is there for `take`, until the next call.

        ASKED is a push whose sender waits for `refuse`. LARGE: nothing was done, since the message under way has more
        bytes than `large`.
        """
        cdef int r
        cdef int64_t received, total
        ray_codec_progress(self.c, &received, &total)
        if total > large:
            return LARGE
        ray_release(self.value)
        self.value, self.failure = NULL, None
        if total > SMALL:
            with nogil:
                r = ray_codec_next(self.c, &self.value)
        else:
            r = ray_codec_next(self.c, &self.value)
        self.check(r)
        if r > RAY_CODEC_GREETED and self.value is NULL:
            self.failure = slot_error(None, self.address)
        return r

    def take(self, query, bint boxed):
        """The value that came; raises if it is an error, or was not readable."""
        cdef ray_val *v = self.value
        self.value = NULL
        if v is NULL:
            raise self.failure or errors.ProtocolError("there is no message to take", code="state")
        if ray_type(v) == RAY_ERROR:
            try:
                raise remote_error(v, query, self.address)
            finally:
                ray_release(v)
        return to_python_take(v, boxed)

    def refuse(self):
        self.check(ray_codec_refuse(self.c))

    def ended(self):
        """The exception for a connection whose other side has ended it."""
        ray_codec_ended(self.c)
        return slot_error(None, self.address)

    def progress(self):
        """(received, total) of the message under way; total 0: none is."""
        cdef int64_t received, total
        ray_codec_progress(self.c, &received, &total)
        return received, total

    def put(self, Value message not None, bint answered):
        """Queues a message; one reply will come for it, or none."""
        cdef ray_val *v = message.ptr()
        cdef int r
        with nogil:
            r = ray_codec_put(self.c, v, answered)
        self.check(r)

    def put_source(self, query):
        cdef const char *p = NULL
        cdef size_t n = 0
        cdef object source = source_in(query, &p, &n)
        if source is None:
            raise TypeError(f"{query!r:.100} is no source text")
        self.check(ray_codec_put_source(self.c, p, n))

    def out(self):
        """What is to be sent, in order: bytes, and memory of values."""
        cdef list pieces = []
        cdef ray_piece p
        cdef Piece piece
        while ray_codec_out(self.c, &p):
            if p.hold is NULL:
                pieces.append((<char *>p.data)[:p.n])
            else:
                piece = Piece.__new__(Piece)
                piece.hold, piece.data, piece.n = p.hold, p.data, p.n
                pieces.append(piece)
            ray_codec_written(self.c, p.n)
        return pieces

    def compress_over(self, int64_t size):
        ray_codec_compress_set(self.c, size)

    def message(self, query, tuple args, int flags):
        """The message that runs a query: None for plain source (`put_source`), and when a function is needed first:
        evaluate the source, then use the function that this gives as the query."""
        cdef bytes source = source_of(query)
        cdef Value head
        cdef c_bool needs_function = False
        cdef ray_val *m
        if source is None:
            head = value_of(query, bool(flags & BORROW))
        elif args:
            head = wrap_take(own(ray_str_new(source, len(source))))
        if not args:
            return None if source is not None else head
        cdef Args a = Args.of(args, flags)
        with nogil:
            if source is None:
                m = ray_codec_call_message(self.c, head.v, a.items, a.n)
            else:
                m = ray_codec_apply_message(self.c, head.v, a.items, a.n, &needs_function)
        return None if m is NULL and needs_function else wrap_take(own(m))

    def call_message(self, fn, tuple args, int flags):
        cdef Args a = Args.of(args, flags)
        cdef Value head = function_head(fn)
        cdef ray_val *m
        with nogil:
            m = ray_codec_call_message(self.c, head.v, a.items, a.n)
        return wrap_take(own(m))

    def set_message(self, name, x, int flags):
        cdef bytes key = name_bytes(name)
        cdef const char *p = key
        cdef Args a = Args.of((x,), flags)
        cdef ray_val *m
        with nogil:
            m = ray_codec_set_message(self.c, p, a.items[0])
        return wrap_take(own(m))

    def value_message(self, x, int flags):
        cdef Args a = Args.of((x,), flags)
        return wrap_take(ray_retain(a.items[0]))


GREETED = RAY_CODEC_GREETED
REPLY = RAY_CODEC_REPLY
PUSH = RAY_CODEC_PUSH
ASKED = RAY_CODEC_ASKED
LARGE = -2


def source_value(query, /):
    """Source text as a value: what a message without arguments sends."""
    cdef bytes source = source_of(query)
    return wrap_take(own(ray_str_new(source, len(source))))
