# Replies that are fetched when somebody wants them, and requests that are written together.

cdef enum:
    WAITING
    ARRIVED
    FAILED
    GIVEN_UP


cdef class Awaited:
    """The reply to a request that is under way. Whoever wants it fetches it, one thread at a time."""

    cdef Client client
    cdef object query
    cdef object outcome  # the value, or the exception
    cdef object turn     # a lock of those who wait for it; None: nobody ever had to
    cdef int64_t ticket
    cdef int state
    cdef bint boxed
    cdef public bint is_watched  # somebody is to be told of the end: by settled(), which subclasses have

    def __init__(self, Client client not None, int64_t ticket, query, bint boxed):
        self.client, self.ticket, self.query, self.boxed = client, ticket, query, boxed

    cdef int settle(self, ray_val *r, double started, object seconds) except -1:
        """Consumes r; null: the error slot says why."""
        try:
            self.outcome = self.client.reply(r, self.query, started, seconds, self.boxed)
            self.state = ARRIVED
        except Exception as e:
            if r is NULL and isinstance(e, errors.Timeout) and e.phase == "reply":
                raise
            self.outcome, self.state = e, FAILED
        if self.is_watched:
            self.settled()
        return 0

    cdef bint look(self) except -1:
        """Is it there? Does not wait."""
        cdef c_bool there = False
        cdef ray_val *r
        if self.state == WAITING:
            r = ray_client_claim_now(self.client.c, self.ticket, &there)
            if there:
                self.settle(r, -1.0, None)
        return self.state != WAITING

    def fetch(self, timeout=None):
        """Waits for the reply, unless it is here. A missed deadline leaves it to be fetched later."""
        if self.look():
            return
        cdef double limit = limit_of(timeout)
        cdef double started = seconds_now()
        cdef ray_val *r
        if not self.lock().acquire(True, limit):
            raise errors.Timeout(
                f"no reply in {timeout} s", phase="reply", seconds=timeout, address=self.client.address
            )
        try:
            if not self.look():
                with nogil:
                    r = ray_client_claim(self.client.c, self.ticket, limit)
                self.settle(r, started, timeout)
        finally:
            self.turn.release()

    cdef object lock(self):
        made = threading.Lock() if self.turn is None else None
        if self.turn is None:
            self.turn = made
        return self.turn

    def result(self, timeout=None):
        """The value; raises the error that came instead of it."""
        if self.state == WAITING:
            self.fetch(timeout)
        if self.state == ARRIVED:
            return self.outcome
        if self.state == GIVEN_UP:
            raise CancelledError()
        raise self.outcome

    def exception(self, timeout=None):
        """The error that came, or None."""
        if self.state == WAITING:
            self.fetch(timeout)
        if self.state == GIVEN_UP:
            raise CancelledError()
        return self.outcome if self.state == FAILED else None

    def done(self):
        return self.look()

    def cancelled(self):
        return self.state == GIVEN_UP

    def cancel(self):
        """Gives the reply up; the server computes it all the same."""
        if self.turn is not None and not self.turn.acquire(False):
            return False
        try:
            if self.state == WAITING:
                self.state = GIVEN_UP
                self.client.abandon(self.ticket)
                if self.is_watched:
                    self.settled()
        finally:
            if self.turn is not None:
                self.turn.release()
        return self.state == GIVEN_UP


cdef class Requests:
    """Requests on one connection that are written together, and their replies, each an object of a subclass of Awaited."""

    cdef Client client
    cdef object kind, seconds
    cdef list replies
    cdef double limit
    cdef int flags

    def __init__(self, Client client not None, int flags, seconds, kind):
        if not issubclass(kind, Awaited):
            raise TypeError(f"{kind!r}: expected a subclass of Awaited")
        self.client, self.flags, self.kind = client, flags, kind
        self.seconds, self.limit = seconds, limit_of(seconds)
        self.replies = []

    cdef Awaited add(self, int64_t ticket, object query, bint boxed):
        cdef object kind = self.kind
        cdef Awaited reply = kind.__new__(kind)
        reply.client, reply.ticket, reply.query, reply.boxed = self.client, ticket, query, boxed
        self.replies.append(reply)
        return reply

    def execute(self, query, /, *args, bint boxed=False):
        """As Connection.execute; a future for the result."""
        cdef const char *p = NULL
        cdef size_t n = 0
        cdef int64_t ticket
        cdef object text = None if args else source_in(query, &p, &n)
        if text is None:
            return self.add(self.client.submit(query, args, True, self.seconds, self.flags), query, boxed)
        cdef double started = seconds_now()
        with nogil:
            ticket = ray_client_submit_source(self.client.c, p, n, True, self.limit)
        self.client.check(ticket, query, started, self.seconds)
        return self.add(ticket, query, boxed)

    def call(self, name, /, *args):
        """As Connection.call; a future for the result."""
        return self.add(self.client.submit_call(name, args, True, self.seconds, self.flags), name, False)

    def flush(self):
        """Hands everything to the system."""
        self.client.flush(self.seconds)

    cdef int wait(self, Awaited reply, double end) except -1:
        if not reply.look():
            reply.fetch(None if end < 0 else max(0.0, end - seconds_now()))
        return 0

    def _fetch_all(self):
        """Sends what is left and waits for every reply, until the deadline for all of them together."""
        cdef double end = -1.0 if self.limit < 0 else seconds_now() + self.limit
        cdef Awaited reply
        self.flush()
        for reply in self.replies:
            self.wait(reply, end)

    def _cancel_all(self):
        """Gives up what has not come."""
        cdef Awaited reply
        for reply in self.replies:
            reply.cancel()

    def results(self, *, timeout=None, bint return_exceptions=False):
        """All replies in order. The first failure is raised, or failures stand among the values.

        `timeout` is for all of them together; None is the connection's own.
        """
        cdef object seconds = self.seconds if timeout is None else timeout
        cdef double limit = limit_of(seconds)
        cdef double end = -1.0 if limit < 0 else seconds_now() + limit
        cdef Awaited reply
        cdef list out = []
        self.client.flush(seconds)
        for reply in self.replies:
            try:
                self.wait(reply, end)
                out.append(reply.result())
            except Exception as e:
                if not return_exceptions:
                    raise
                out.append(e)
        return out

    def __len__(self):
        return len(self.replies)
