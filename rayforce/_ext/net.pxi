# Client and server handles. The GIL is released while the core connects, encodes, waits and decodes.

cdef void deliver_push(void *ctx, ray_val *v) noexcept nogil:
    with gil:
        deliver_with_gil(<Client>ctx, v)


cdef void deliver_with_gil(Client client, ray_val *v) noexcept:
    """An exception that a signal handler left is kept for the call that waits."""
    cdef PyObject *kind = NULL
    cdef PyObject *value = NULL
    cdef PyObject *trace = NULL
    fetch_error(&kind, &value, &trace)
    hand_push(client, v)
    restore_error(kind, value, trace)


cdef void hand_push(Client client, ray_val *v) noexcept:
    """An exception of the callback has nobody to go to: it is reported as unraisable."""
    client.push(to_python(v))


cdef extern from "Python.h":
    void fetch_error "PyErr_Fetch" (PyObject **kind, PyObject **value, PyObject **trace) noexcept
    void restore_error "PyErr_Restore" (PyObject *kind, PyObject *value, PyObject *trace) noexcept


cdef class Client:
    """One connection. Any thread may call; what it returns has been decoded without the GIL."""

    cdef ray_client *c
    cdef object push
    cdef readonly object address
    cdef object __weakref__

    def __init__(self, address, *, str host, int port, path=None, user=None, password=None, connect_timeout=5.0,
                 keepalive=30.0, double spin=0.0, bint nodelay=True, bint close_on_timeout=False, message_max=None,
                 int64_t compress_over=-1, push=None, int fd=-1):
        """`fd`: a stream that leads to the server already; a copy of it is used."""
        cdef ray_client_opts o
        cdef bytes host_b = host.encode("idna") if not host.isascii() else host.encode()
        cdef bytes path_b = b"" if path is None else path.encode("utf-8", "surrogateescape")
        cdef bytes user_b = b"" if user is None else user.encode()
        cdef bytes password_b = b"" if password is None else password.encode()
        if self.c is not NULL:
            raise TypeError("a Client cannot be made twice")
        self.address = address
        ray_client_opts_init(&o)
        o.host, o.port = host_b, port
        o.path = <const char *>path_b if path is not None else NULL
        o.fd = fd
        o.user = <const char *>user_b if user is not None else NULL
        o.password = <const char *>password_b if password is not None else NULL
        o.connect_timeout = limit_of(connect_timeout)
        o.keepalive = limit_of(keepalive)
        o.spin, o.nodelay, o.close_on_timeout = spin, nodelay, close_on_timeout
        o.message_max = -1 if message_max is None else message_max
        o.compress_over = compress_over
        o.poll = poll_signals
        self.push = push
        if push is not None:
            o.push, o.push_ctx = deliver_push, <void *>self
        cdef double started = seconds_now()
        cdef ray_client *c
        with nogil:
            c = ray_client_new(&o)
        if c is NULL:
            raise_pending()
            raise slot_error(None, address, started, connect_timeout)
        self.c = c

    def __dealloc__(self):
        cdef ray_client *c = self.c
        if c is not NULL:
            with nogil:
                ray_client_free(c)

    def __reduce__(self):
        raise TypeError("a connection cannot be pickled; pickle its address")

    cdef object reply(self, ray_val *r, object query, double started, object seconds, bint boxed):
        if error_pending() is not NULL:
            ray_release(r)
            raise_pending()
        if r is NULL:
            raise slot_error(query, self.address, started, seconds)
        if ray_type(r) == RAY_ERROR:
            try:
                raise remote_error(r, query, self.address)
            finally:
                ray_release(r)
        return to_python_take(r, boxed)

    def execute(self, query, tuple args, seconds, bint boxed, int flags):
        """Source, or a value as a message; with arguments: what it gives is called with them."""
        return self.ask(query, args, seconds, boxed, flags)

    cdef object ask(self, object query, tuple args, object seconds, bint boxed, int flags):
        cdef double limit = limit_of(seconds)
        cdef const char *p = NULL
        cdef size_t n = 0
        cdef object source = source_in(query, &p, &n)
        cdef ray_val *r
        cdef Args a
        cdef Value head
        cdef double started
        if source is not None and not args:
            started = seconds_now()
            with nogil:
                r = ray_client_eval(self.c, p, n, limit)
            return self.reply(r, query, started, seconds, boxed)
        a = Args.of(args, flags)
        head = value_of(query) if source is None else wrap_take(own(ray_str_new(p, n)))
        started = seconds_now()
        with nogil:
            if a.n == 0:
                r = ray_client_request(self.c, head.v, limit)
            elif source is None:
                r = ray_client_call(self.c, head.v, a.items, a.n, limit)
            else:
                r = ray_client_apply(self.c, head.v, a.items, a.n, limit)
        return self.reply(r, query, started, seconds, boxed)

    def execute_verbose(self, query, seconds):
        """Source: what it printed on the server, and its result with the types of atoms."""
        cdef double limit = limit_of(seconds)
        cdef bytes source = source_of(query)
        cdef const char *p = source
        cdef size_t n = len(source)
        cdef double started = seconds_now()
        cdef ray_val *r
        with nogil:
            r = ray_client_eval_verbose(self.c, p, n, limit)
        pair = self.reply(r, query, started, seconds, True)
        cdef ray_val *v = NULL if not isinstance(pair, Value) else (<Value>pair).v
        if v is NULL or ray_type(v) != 0 or ray_len(v) != 2 or ray_type(ray_list_get(v, 0)) != -RAY_STR:
            return "", pair  # a server that does not know the wish
        return to_python(ray_list_get(v, 0)), to_python(ray_list_get(v, 1), True)

    def request(self, x, seconds, int flags):
        """A value as a message."""
        cdef double limit = limit_of(seconds)
        cdef Args a = Args.of((x,), flags)
        cdef double started = seconds_now()
        cdef ray_val *r
        with nogil:
            r = ray_client_request(self.c, a.items[0], limit)
        return self.reply(r, None, started, seconds, False)

    def call(self, fn, tuple args, seconds, int flags):
        """Calls a name's function, or a function."""
        cdef double limit = limit_of(seconds)
        cdef Args a = Args.of(args, flags)
        cdef Value head = function_head(fn)
        cdef double started = seconds_now()
        cdef ray_val *r
        with nogil:
            r = ray_client_call(self.c, head.v, a.items, a.n, limit)
        return self.reply(r, None if isinstance(fn, Value) else fn, started, seconds, False)

    def set(self, name, x, seconds, int flags):
        cdef double limit = limit_of(seconds)
        cdef bytes key = name_bytes(name)
        cdef const char *p = key
        cdef Args a = Args.of((x,), flags)
        cdef double started = seconds_now()
        cdef ray_val *r
        with nogil:
            r = ray_client_set(self.c, p, a.items[0], limit)
        self.reply(r, None, started, seconds, False)

    def wait(self, seconds):
        """Delivers pushes for so long, or until the connection ends."""
        cdef double limit = limit_of(seconds)
        cdef double started = seconds_now()
        cdef int r
        with nogil:
            r = ray_client_wait(self.c, limit)
        self.check(r, None, started, seconds)

    def send(self, query, tuple args, seconds, int flags):
        """Sends without awaiting a reply; returns when the system has taken all of it."""
        cdef double limit = limit_of(seconds)
        cdef Value message = self.message(query, args, flags)
        cdef double started = seconds_now()
        cdef int r
        with nogil:
            r = ray_client_send(self.c, message.v, limit)
        self.check(r, query, started, seconds)

    cdef int check(self, int64_t r, object query, double started, object seconds) except -1:
        raise_pending()
        if r < 0:
            raise slot_error(query, self.address, started, seconds)
        return 0

    cdef Value message(self, object query, tuple args, int flags):
        cdef const char *p = NULL
        cdef size_t n = 0
        cdef object source = source_in(query, &p, &n)
        cdef Value head
        if source is None:
            head = value_of(query, bool(flags & BORROW))
        else:
            head = wrap_take(own(ray_str_new(p, n)))
        if not args:
            return head
        cdef Args a = Args.of(args, flags)
        cdef ray_val *m
        with nogil:
            if source is None:
                m = ray_client_call_message(self.c, head.v, a.items, a.n)
            else:
                m = ray_client_apply_message(self.c, head.v, a.items, a.n)
        return wrap_take(own(m))

    def submit(self, query, tuple args, bint more, seconds, int flags):
        """A ticket for a reply that is claimed later; with `more` the bytes may wait for the next call."""
        return self.submit_message(self.message(query, args, flags), query, more, seconds)

    def submit_call(self, fn, tuple args, bint more, seconds, int flags):
        cdef Args a = Args.of(args, flags)
        cdef Value head = function_head(fn)
        cdef ray_val *m
        with nogil:
            m = ray_client_call_message(self.c, head.v, a.items, a.n)
        return self.submit_message(wrap_take(own(m)), fn, more, seconds)

    cdef object submit_message(self, Value message, object query, bint more, object seconds):
        cdef double limit = limit_of(seconds)
        cdef double started = seconds_now()
        cdef int64_t ticket
        with nogil:
            ticket = ray_client_submit(self.c, message.v, more, limit)
        self.check(ticket, query, started, seconds)
        return ticket

    def claim(self, int64_t ticket, query, seconds, bint boxed):
        """The reply of a ticket; a missed deadline leaves it claimable."""
        cdef double limit = limit_of(seconds)
        cdef double started = seconds_now()
        cdef ray_val *r
        with nogil:
            r = ray_client_claim(self.c, ticket, limit)
        return self.reply(r, query, started, seconds, boxed)

    def progress(self):
        """(received, total) of the message that is coming in; total 0: none is."""
        cdef int64_t received, total
        ray_client_progress_into(self.c, &received, &total)
        return received, total

    def interrupt(self):
        """Asks the server to stop what it evaluates for this connection."""
        cdef int r
        with nogil:
            r = ray_client_interrupt(self.c)
        done(r)

    def abandon(self, int64_t ticket):
        with nogil:
            ray_client_abandon(self.c, ticket)

    def flush(self, seconds):
        cdef double limit = limit_of(seconds)
        cdef double started = seconds_now()
        cdef int r
        with nogil:
            r = ray_client_flush(self.c, limit)
        self.check(r, None, started, seconds)

    def close(self, seconds):
        cdef double limit = limit_of(seconds)
        with nogil:
            ray_client_close(self.c, limit)

    def is_connected(self):
        cdef bint yes
        with nogil:
            yes = ray_client_is_connected(self.c)
        return yes

    def fileno(self):
        return ray_client_fd(self.c)

    def dialect(self):
        return text_of(ray_client_dialect_get(self.c))

    def compress_over(self, int64_t size):
        ray_client_compress_set(self.c, size)

    def stats(self):
        cdef ray_client_stats s
        ray_client_stats_into(self.c, &s)
        return s.sent, s.received, s.sent_bytes, s.received_bytes, s.owed, s.awaited, s.pushes, s.pushes_dropped


cdef dict watching = observe.__dict__
cdef object debugs = observe.IPC.isEnabledFor
cdef dict debugs_known = observe.IPC.__dict__.get("_cache", {})


cdef bint is_watched() except -1:
    """observe.watched(), which is asked with every call.

    A logger keeps what it has answered, and forgets it when a level changes: to look there costs a tenth of asking it.
    """
    return watching["hooks"] or (debugs_known.get(10) is not False and debugs(10))


cdef class Asker:
    """The part of a connection that its most frequent call needs: the client, and what goes without saying."""

    cdef public Client _client
    cdef public object _timeout
    cdef public int _flags
    cdef public bint _plain  # nothing is to be done but to ask, unless somebody watches

    def _share(self, Asker other not None):
        """Becomes another view of the same client."""
        self._client, self._timeout, self._flags, self._plain = other._client, other._timeout, other._flags, other._plain

    def execute(self, query, /, *args, timeout=..., bint boxed=False, idempotent=False, progress=False):
        """Evaluates source or a value on the server; with arguments, calls the function that this gives.

        Arguments are data: nothing in them is parsed. `boxed=True` keeps the types of atoms. `idempotent=True`: it may
        be sent again after a loss, even if it may have been executed. `progress` shows how much of a large reply has
        come, or calls a function with bytes received and in all.
        """
        if self._plain and timeout is ... and not progress and self._client is not None and not is_watched():
            return self._client.ask(query, args, self._timeout, boxed, self._flags)
        return self._execute(query, args, timeout, boxed, idempotent, progress)


cdef Value function_head(object fn):
    """What a call names: a function itself, or the name of one, to be looked up by the server."""
    if isinstance(fn, Value):
        (<Value>fn).ptr()  # made now if it is made on demand
        return fn
    cdef bytes name = name_bytes(fn)
    return wrap_take(own(ray_sym_new(name, len(name), False)))


cdef c_bool ask_welcome(void *ctx, const char *user, const char *password) noexcept nogil:
    with gil:
        return welcome_with_gil(<object>ctx, user, password)


cdef bint welcome_with_gil(object auth, const char *user, const char *password) noexcept:
    """An exception lets nobody in, and is reported as unraisable."""
    if error_pending() is not NULL:
        return False
    return bool(auth(text_of(user), text_of(password)))


cdef int lead_elsewhere(void *ctx, int fd) noexcept nogil:
    with gil:
        return lead_with_gil(<object>ctx, fd) - 1


cdef int lead_with_gil(object lead, int fd) noexcept:
    """The descriptor and one. An exception refuses the client, and is reported as unraisable."""
    if error_pending() is not NULL:
        close_descriptor(fd)
        return 0
    return lead(fd) + 1


cdef class ServerHandle:
    """A listening server over an engine; run by one thread, stopped from any."""

    cdef ray_server *s
    cdef Runtime runtime
    cdef object auth, lead
    cdef bint running
    cdef object __weakref__

    def __init__(self, Runtime runtime not None, *, str host, int port, path=None, password=None, bint insecure=False,
                 int clients_max=0, int64_t message_max=0, int64_t backlog_max=0, double idle_timeout=0.0,
                 double query_timeout=0.0, double greeting_timeout=0.0, double spin=0.0, bint restricted=False,
                 auth=None, lead=None):
        cdef ray_server_opts o
        cdef bytes host_b = host.encode()
        cdef bytes path_b = b"" if path is None else path.encode("utf-8", "surrogateescape")
        cdef bytes password_b = b"" if password is None else password.encode()
        if self.s is not NULL:
            raise TypeError("a server cannot be made twice")
        ray_server_opts_init(&o)
        o.host, o.port, o.insecure, o.clients_max = host_b, port, insecure, clients_max
        o.path = <const char *>path_b if path is not None else NULL
        o.password = <const char *>password_b if password is not None else NULL
        if message_max:
            o.message_max = message_max
        if backlog_max:
            o.backlog_max = backlog_max
        o.idle_timeout, o.query_timeout, o.spin, o.restricted = idle_timeout, query_timeout, spin, restricted
        if greeting_timeout:
            o.greeting_timeout = greeting_timeout
        self.auth = auth
        if auth is not None:
            o.auth, o.auth_ctx = ask_welcome, <void *>auth
        self.lead = lead
        if lead is not None:
            o.lead, o.lead_ctx = lead_elsewhere, <void *>lead
        runtime.enter()
        cdef ray_server *s
        with nogil:
            s = ray_server_new(runtime.rt, &o)
        if s is NULL:
            runtime.leave()
            raise slot_error()
        self.runtime, self.s = runtime, s

    def __dealloc__(self):
        self.free()

    cdef void free(self) noexcept:
        cdef ray_server *s = self.s
        self.s = NULL
        if s is not NULL:
            with nogil:
                ray_server_free(s)
            self.runtime.leave()

    cdef ray_server *ptr(self) except NULL:
        if self.s is NULL:
            raise errors.RayforceError("the server is closed", code="closed")
        return self.s

    @property
    def port(self):
        return ray_server_port(self.ptr())

    @property
    def clients(self):
        return ray_server_clients(self.ptr())

    def clients_table(self):
        """Who is connected."""
        cdef ray_server *s = self.ptr()
        cdef ray_val *v
        with nogil:
            v = ray_server_clients_table(s)
        return to_python_take(own(v), False)

    def publish(self, str topic, x, int flags):
        """Sends to who has subscribed to a topic; how many that are."""
        cdef ray_server *s = self.ptr()
        cdef bytes key = topic.encode()
        cdef const char *p = key
        cdef Args a = Args.of((x,), flags)
        cdef int64_t n
        with nogil:
            n = ray_server_publish(s, p, a.items[0])
        if n < 0:
            raise slot_error()
        return n

    def run(self):
        """Serves until stop(). In the main thread Ctrl-C ends it too."""
        cdef ray_server *s = self.ptr()
        cdef double slice = 0.05 if PyThread_get_thread_ident() == main_thread else -1.0
        cdef int r = 0
        if self.running:
            raise errors.RayforceThreadError("the server is already run by another thread", code="state")
        self.running = True
        try:
            while r == 0:
                with nogil:
                    r = ray_server_run(s, slice)
                done(r)
                if slice > 0 and signals_with_gil():
                    raise_pending()
        finally:
            self.running = False

    def stop(self):
        """From any thread; run() returns soon after."""
        if self.s is not NULL:
            ray_server_stop(self.s)

    def close(self, seconds):
        """Writes what is still to be written, for so long at most, and closes every connection; not while it runs."""
        cdef double limit = limit_of(seconds)
        cdef int r = 1
        if self.running:
            raise errors.RayforceThreadError("the server is still being run; stop it first", code="state")
        if self.s is not NULL:
            with nogil:
                r = ray_server_close(self.s, limit)
        self.free()
        done(r)
