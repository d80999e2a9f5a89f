#include "dial.h"

#include "limits.h"
#include "lookup.h"
#include "passing.h"

#include <errno.h>

static int give_up(int look, const char *what, const char *peer) {
    return look == RN_WAIT_OVER ? rb_fail(RB_E_CONN_TIMEOUT, "%s: no answer in time (%s)", peer, what) : -1;
}

static int still_willing(rn_wait *w, const char *what, const char *peer) {
    int look = rn_wait_look(w);
    return look ? give_up(look, what, peer) : 0;
}

/* Until fd is ready for `events`. */
static int await(int fd, unsigned events, rn_wait *w, const char *what, const char *peer) {
    for (;;) {
        int ready = rn_sock_wait(fd, events, rn_wait_ms(w, -1));
        if (ready > 0) return 0;
        if (ready < 0 && errno != EINTR) return rb_fail_errno(RB_E_CONN_OS, peer);
        if (ready < 0) w->next_poll = w->poll ? 0 : INT64_MAX; /* a signal: ask at once */
        RB_TRY(still_willing(w, what, peer), -1);
    }
}

static int refuse(const char *peer) {
    switch (errno) {
    case ECONNREFUSED:
    case ENOENT: return rb_fail(RB_E_CONN_REFUSED, "%s: connection refused, nothing listens there", peer);
    case ETIMEDOUT: return rb_fail(RB_E_CONN_TIMEOUT, "%s: no answer in time (connecting)", peer);
    default: return rb_fail_errno(RB_E_CONN_OS, peer);
    }
}

static int connect_to(const rn_addr *a, const char *peer, rn_wait *w) {
    bool done;
    int fd = rn_sock_connect_start(a, &done);
    if (fd < 0) return refuse(peer);
    if (done) return fd;
    if (await(fd, RN_WRITE, w, "connecting", peer) == 0) {
        if (rn_sock_connected(fd) == 0) return fd;
        refuse(peer);
    }
    rn_sock_close(fd);
    return -1;
}

/* One address after the other. An address that does not answer may use half of the time that is left, unless it is the
 * last one, so that a dead route does not hide a living one. */
static int connect_any(const rn_addr *addrs, int n, const char *peer, rn_wait *w) {
    rb_error telling = {.code = RB_OK}; /* "refused" says more than "no route", whatever the order */
    for (int i = 0; i < n; i++) {
        rn_wait part = *w;
        if (i + 1 < n && w->until != INT64_MAX) {
            int64_t half = rn_wait_ms(&(rn_wait){.until = w->until, .next_poll = INT64_MAX}, -1) / 2;
            part.until = w->until - half * 1000000;
        }
        int fd = connect_to(&addrs[i], peer, &part);
        w->next_poll = part.next_poll;
        if (fd >= 0 || rb_error_code() == RB_E_INTERRUPTED) return fd;
        if (rb_error_code() != RB_E_CONN_OS) rb_error_copy_into(&telling);
    }
    if (telling.code) rb_error_restore(&telling);
    return -1;
}

static int write_greeting(int fd, rw_hello *h, const char *peer, rn_wait *w) {
    for (size_t at = 0; at < h->send_len;) {
        struct iovec piece = {h->send + at, h->send_len - at};
        ssize_t put = rn_sock_send(fd, &piece, 1);
        if (put >= 0) at += (size_t)put;
        else if (rn_sock_not_now(errno)) RB_TRY(await(fd, RN_WRITE, w, "greeting", peer), -1);
        else if (errno != EINTR) return rb_fail_errno(RB_E_CONN_OS, peer);
    }
    h->send_len = 0;
    return 0;
}

static int read_greeting(int fd, rw_reader *reader, bool logged_in, const char *peer, rn_wait *w) {
    for (;;) {
        struct iovec room[2];
        int n = rw_reader_room(reader, room);
        RB_TRY(n, -1);
        bool may_wait = rn_wait_has(w, RN_TICK_MS);
        ssize_t got = rn_passing_recv(fd, room, n, may_wait, reader); /* a push may come with the greeting */
        if (got > 0) return rw_reader_filled(reader, (size_t)got);
        if (got < 0 && errno == EINTR) w->next_poll = w->poll ? 0 : INT64_MAX; /* a signal: ask at once */
        if (got < 0 && !may_wait && rn_sock_not_now(errno)) RB_TRY(await(fd, RN_READ, w, "greeting", peer), -1);
        else if (got < 0 && (rn_sock_not_now(errno) || errno == EINTR)) RB_TRY(still_willing(w, "greeting", peer), -1);
        else if (got < 0 && errno != ECONNRESET) return rb_fail_errno(RB_E_CONN_OS, peer);
        else
            return logged_in ? rb_fail(RB_E_CONN_AUTH, "%s: the server ended the connection during the login", peer)
                             : rb_fail(RB_E_CONN_VERSION,
                                       "%s: the connection was ended without a greeting; the server speaks another "
                                       "protocol or takes no more clients",
                                       peer);
    }
}

static int greet(int fd, rw_hello *h, rw_reader *reader, const char *peer, rn_wait *w) {
    for (int round = 0;; round++) {
        RB_TRY(write_greeting(fd, h, peer, w), -1);
        RB_TRY(read_greeting(fd, reader, round > 0, peer, w), -1);
        rb_cursor c = rw_reader_peek(reader);
        const uint8_t *start = c.p;
        enum rw_hello_state state = rw_hello_feed(h, &c);
        rw_reader_skip(reader, (size_t)(c.p - start));
        if (state == RW_HELLO_REFUSED)
            return rb_fail(RB_E_CONN_AUTH, "%s: the server refused the user or the password", peer);
        if (state == RW_HELLO_BAD)
            return rb_fail(RB_E_CONN_VERSION, "%s: the server greets in a protocol that is not known here", peer);
        if (state == RW_HELLO_DONE) return write_greeting(fd, h, peer, w);
    }
}

static int addresses(const ray_client_opts *o, rn_addr *out, rn_wait *w) {
    if (o->path) return rn_sock_unix(o->path, out) < 0 ? -1 : 1;
    const char *host = o->host ? o->host : "localhost";
    if (o->port < 1 || o->port > 65535)
        return rb_fail(RB_E_CONN_OS, "a port is a number from 1 to 65535, not %d", o->port);
    return rn_look_up(host, o->port, out, RN_ADDRESSES, w);
}

static int stream_to(const ray_client_opts *o, const char *peer, rn_wait *w) {
    if (o->fd >= 0) {
        int fd = rn_sock_copy(o->fd);
        return fd >= 0 ? fd : rb_fail_errno(RB_E_CONN_OS, peer);
    }
    rn_addr found[RN_ADDRESSES];
    int n = addresses(o, found, w);
    RB_TRY(n, -1);
    return connect_any(found, n, peer, w);
}

int rn_dial(const ray_client_opts *o, const char *peer, rw_reader *reader, rn_wait *w, rn_dialled *out) {
    rw_hello hello;
    RB_TRY(rw_hello_client(&hello, o->user, o->password), -1);
    if (o->path && o->fd < 0) rw_hello_offer(&hello, RW_CAN_FORMS | RW_CAN_MEMORY);
    int fd = stream_to(o, peer, w);
    RB_TRY(fd, -1);
    if (rn_sock_connected_setup(fd, o->nodelay, o->keepalive, RN_TICK_MS) < 0 ||
        greet(fd, &hello, reader, peer, w) < 0) {
        rn_sock_close(fd);
        return -1;
    }
    *out = (rn_dialled){fd, hello.dialect, hello.can & RW_CAN_FORMS, hello.can & RW_CAN_MEMORY};
    rw_reader_dialect_set(reader, hello.dialect);
    return 0;
}
