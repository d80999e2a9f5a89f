# Replies that are fetched when somebody wants them, and requests that are written together.

cdef enum:
    WAITING   # nobody is at it
    TAKEN     # a thread looks for it or waits for it, and will say how that ended
    ARRIVED
    FAILED
    GIVEN_UP


cdef class Awaited:
    """The reply to a request that is under way. Whoever wants it fetches it, one thread at a time.

    State and turn change within critical sections, in which no Python code runs: that is what the GIL protects, where
    there is one.
    """

    cdef Client client
    cdef object query
    cdef object outcome  # the value, or the exception
    cdef object turn     # a lock that the thread at it holds for those who wait; None: nobody does
    cdef int64_t ticket
    cdef int state
    cdef bint boxed
    cdef public bint is_watched  # somebody is to be told of the end: by settled(), which subclasses have

    def __init__(self, Client client not None, int64_t ticket, query, bint boxed):
        self.client, self.ticket, self.query, self.boxed = client, ticket, query, boxed

    cdef int now(self) noexcept:
        cdef int state
        with cython.critical_section(self):
            state = self.state
        return state

    cdef bint take(self) noexcept:
        """Is it this thread that brings it to an end? Then leave() must follow."""
        cdef bint mine
        with cython.critical_section(self):
            mine = self.state == WAITING
            if mine:
                self.state = TAKEN
        return mine

    cdef int leave(self, int state, object outcome) except -1:
        """How it ended; WAITING: it did not."""
        cdef object turn
        cdef bint watched
        with cython.critical_section(self):
            self.outcome, self.state = outcome, state
            turn, self.turn = self.turn, None
            watched = self.is_watched
        if turn is not None:
            turn.release()
        if watched and state != WAITING:
            self.settled()
        return 0

    cdef int settle(self, ray_val *r, double started, object seconds) except -1:
        """Consumes r; null: the error slot says why. What interrupts the conversion gives the reply up."""
        cdef int state = WAITING if r is NULL else GIVEN_UP
        cdef object outcome = None
        try:
            outcome = self.client.reply(r, self.query, started, seconds, self.boxed)
            state = ARRIVED
        except Exception as e:
            if r is NULL and isinstance(e, errors.Timeout) and e.phase == "reply":
                raise
            outcome, state = e, FAILED
        finally:
            self.leave(state, outcome)
        return 0

    cdef bint look(self) except -1:
        """Is it there? Does not wait."""
        cdef c_bool there = False
        cdef ray_val *r
        if self.take():
            r = ray_client_claim_now(self.client.c, self.ticket, &there)
            if there:
                self.settle(r, -1.0, None)
            else:
                self.leave(WAITING, None)
        return self.now() > TAKEN

    cdef object queue(self):
        """A lock that is free as soon as the thread that is at it has left; None if none is."""
        made = threading.Lock()
        made.acquire()
        with cython.critical_section(self):
            if self.state != TAKEN:
                made = None
            elif self.turn is None:
                self.turn = made
            else:
                made = self.turn
        return made

    def fetch(self, timeout=None):
        """Waits for the reply, unless it is here. A missed deadline leaves it to be fetched later."""
        cdef double limit = limit_of(timeout)
        cdef double started = seconds_now()
        cdef double left = limit
        cdef ray_val *r
        while not self.look():
            if limit >= 0:
                left = max(0.0, started + limit - seconds_now())
            if self.take():
                with nogil:
                    r = ray_client_claim(self.client.c, self.ticket, left)
                self.settle(r, started, timeout)
                return
            turn = self.queue()
            if turn is None:
                continue
            if not turn.acquire(True, left):
                raise errors.Timeout(
                    f"no reply in {timeout} s", phase="reply", seconds=timeout, address=self.client.address
                )
            turn.release()

    def result(self, timeout=None):
        """The value; raises the error that came instead of it."""
        cdef int state = self.now()
        if state <= TAKEN:
            self.fetch(timeout)
            state = self.now()
        if state == ARRIVED:
            return self.outcome
        if state == GIVEN_UP:
            raise CancelledError()
        raise self.outcome

    def exception(self, timeout=None):
        """The error that came, or None."""
        if self.now() <= TAKEN:
            self.fetch(timeout)
        if self.now() == GIVEN_UP:
            raise CancelledError()
        return self.outcome if self.now() == FAILED else None

    def done(self):
        return self.look()

    def cancelled(self):
        return self.now() == GIVEN_UP

    def cancel(self):
        """Gives the reply up, unless a thread waits for it; the server computes it all the same."""
        if self.take():
            self.client.abandon(self.ticket)
            self.leave(GIVEN_UP, None)
        return self.now() == GIVEN_UP


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
