# The one place where an error of the C core becomes an exception, and where waiting looks for signals.

cdef dict error_rows = {
    code: (getattr(errors, name, KeyboardInterrupt), cls, reason, meaning)
    for code, (cls, name, reason, meaning) in _errortable.ERRORS.items()
}
cdef int QUERY_SHOWN = 200

cdef unsigned long main_thread = 0


cdef double seconds_now() noexcept nogil:
    """On a clock that only goes forward."""
    cdef timespec t
    clock_gettime(CLOCK_MONOTONIC, &t)
    return <double>t.tv_sec + <double>t.tv_nsec * 1e-9


def _find_main_thread():
    global main_thread
    main_thread = threading.main_thread().ident or 0


_find_main_thread()


cdef int signals_with_gil() noexcept with gil:
    return error_pending() is not NULL or check_signals_c() != 0


# What every wait of the C core calls now and then: only the main thread may run signal handlers.
cdef int poll_signals(void *ctx) noexcept nogil:
    if PyThread_get_thread_ident() != main_thread:
        return 0
    return signals_with_gil()


cdef str text_of(const char *p):
    return p.decode("utf-8", "replace") if p is not NULL else ""


cdef str shown(object query):
    """A query as it appears in an error."""
    if query is None:
        return None
    cdef str text = str(query) if isinstance(query, str) else repr(query)
    return text if len(text) <= QUERY_SHOWN else text[:QUERY_SHOWN] + "..."


cdef object place_error(object err, int64_t line, int64_t column, object query):
    """Fills in where a text cannot be read."""
    err.position = (line, column)
    err.lineno, err.offset = line, column
    cdef list lines = query.splitlines() if isinstance(query, str) else []
    if 0 < line <= len(lines):
        err.text = lines[line - 1]
    return err


cdef object exception_of(int code, str text, int64_t d0, int64_t d1, object query, object address, double started,
                         object seconds):
    cls, word, reason, meaning = error_rows.get(code, (errors.QueryError, "error", "", ""))
    if cls is KeyboardInterrupt:
        return KeyboardInterrupt()
    err = cls(text or meaning, code=word)
    if isinstance(err, errors.QueryError):
        err.query, err.hint, err.address = shown(query), meaning, address
        if code == RAY_E_PARSE and d0 > 0:
            place_error(err, d0, d1, query)
        elif code == RAY_E_STATE and d1 == 1:
            err.exit_status = d0
    elif isinstance(err, errors.IPCError):
        err.address = address
        if started >= 0:
            err.elapsed = seconds_now() - started
        if isinstance(err, errors.Timeout):
            err.phase, err.seconds = reason, seconds
        elif isinstance(err, errors.ConnectionFailed):
            err.reason = reason
        elif isinstance(err, errors.ConnectionLost):
            err.sent = d0 == 1
        elif isinstance(err, errors.MessageTooLarge):
            err.size, err.limit = d0, d1
    return err


cdef object slot_error(object query=None, object address=None, double started=-1.0, object seconds=None):
    """The exception for what stands in this thread's error slot, which is emptied."""
    cdef int code = ray_error_code()
    cdef str text = text_of(ray_error_text())
    cdef int64_t d0 = ray_error_detail(0), d1 = ray_error_detail(1)
    ray_error_clear()
    return exception_of(code, text, d0, d1, query, address, started, seconds)


cdef ray_val *own(ray_val *r) except NULL:
    """Passes a result on; a null pointer raises what the C core or a signal handler left."""
    if error_pending() is not NULL:
        ray_release(r)
        return NULL
    if r is NULL:
        raise slot_error()
    return r


cdef int done(int r) except -1:
    if error_pending() is not NULL:
        return -1
    if r < 0:
        raise slot_error()
    return r


cdef int raise_pending() except -1:
    """For functions that found an exception which a callback left."""
    return -1 if error_pending() is not NULL else 0


cdef object remote_error(const ray_val *e, object query, object address):
    """The exception for an error value, such as a server replies with: often only a class of a few letters."""
    cdef size_t n = 0
    cdef const char *cls = ray_error_value_class_get(e)
    cdef const char *p = ray_error_value_text_get(e, &n)
    cdef str text = p[:n].decode("utf-8", "replace") if p is not NULL else ""
    cdef int code = ray_error_code_of(cls)
    err = exception_of(code, text, 0, 0, query, address, -1.0, None)
    err.code = text_of(cls)
    if code == 0:
        err.hint = None
        err.message = text or f"error {err.code!r}"
    cdef bytes source
    cdef ray_val *tree
    if code == RAY_E_PARSE and isinstance(query, str):
        # The text of the error does not travel, but the same text does not read here either.
        source = query.encode("utf-8", "surrogateescape")
        tree = ray_parse(source, len(source))
        if tree is NULL:
            place_error(err, ray_error_detail(0), ray_error_detail(1), query)
            if not text:
                err.message = err.msg = text_of(ray_error_text())
            ray_error_clear()
        ray_release(tree)
    return err


cdef object conversion(str message, object value=None, object target=None, object row=None):
    if row is not None:
        message = f"row {row}: {message}"
    return errors.ConversionError(message, code="type", value=value, target=target, row=row)


def conversion_error(message, value=None, target=None):
    """A ConversionError for checks that are made in Python."""
    return conversion(message, value, target)
