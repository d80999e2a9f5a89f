#include "server.h"

#include "../base/alloc.h"
#include "conn.h"
#include "limits.h"
#include "lookup.h"

#include <errno.h>
#include <stdio.h>

#define S_NS 1e9
#define OUTER(type, member, p) ((type *)(void *)((char *)(p)-offsetof(type, member)))

typedef struct peer {
    rn_watch watch;
    rn_timer timer; /* the end of the greeting, then of idleness */
    rn_later later; /* closing */
    ray_server *server;
    int64_t handle;
    int64_t active; /* when bytes came last */
    bool opened;
    rn_conn conn;
} peer;

struct ray_server {
    rn_loop *loop;
    bool own_loop;
    rn_handler handler;
    rn_watch listener;
    rn_timer pause; /* of accepting */
    int port;
    int64_t clients_max;
    double greeting_timeout, idle_timeout;
    rn_conn_opts conn;
    char *password, *path; /* owned, or null */
    peer **peers;          /* by handle - 1 */
    int64_t cap;
    _Atomic int64_t clients;
};

/* ---- ending -------------------------------------------------------------------------------------------------- */

static void peer_close(rn_later *l) {
    peer *p = OUTER(peer, later, l);
    ray_server *s = p->server;
    if (p->opened && s->handler.closed) s->handler.closed(s->handler.ctx, p->handle);
    s->peers[p->handle - 1] = NULL;
    rn_sock_close(p->watch.fd);
    rn_conn_clear(&p->conn);
    rb_free(p, sizeof *p);
    atomic_fetch_sub(&s->clients, 1);
}

/* After anything happened: what to wait for now, or the end. */
static void peer_settle(peer *p) {
    rn_loop *l = p->server->loop;
    unsigned want = p->conn.state <= RN_OPEN ? RN_READ : 0;
    if (rn_conn_pending(&p->conn)) want |= RN_WRITE;
    if (p->conn.state != RN_ENDED && rn_loop_watch(l, &p->watch, want) == 0) return;
    p->conn.state = RN_ENDED;
    rn_loop_unwatch(l, &p->watch);
    rn_loop_timer_clear(l, &p->timer);
    rn_loop_later(l, &p->later);
}

/* ---- bytes out ----------------------------------------------------------------------------------------------- */

static void peer_send(peer *p) {
    int64_t budget = RN_BYTES_PER_TURN;
    while (budget > 0 && p->conn.state != RN_ENDED && rn_conn_pending(&p->conn)) {
        struct iovec iov[RN_IOV];
        ssize_t put = rn_sock_send(p->watch.fd, iov, rn_conn_iov(&p->conn, iov, RN_IOV));
        if (put >= 0) {
            rn_conn_written(&p->conn, (size_t)put);
            budget -= put;
        } else if (rn_sock_not_now(errno)) {
            return;
        } else if (errno != EINTR) {
            p->conn.state = RN_ENDED;
        }
    }
}

/* ---- bytes in ------------------------------------------------------------------------------------------------ */

/* The handler knows one way to call, the dialect what the message means in it. */
static void take_form(const rw_dialect *d, rw_msg *m) {
    ray_val *form = rw_request_form(d, m->value);
    rv_release(m->value);
    m->value = form;
    m->ok = form;
    if (!form) rb_error_copy_into(&m->error);
}

static void serve(peer *p, rw_msg *m) {
    ray_server *s = p->server;
    bool answer = m->kind == RW_SYNC;
    if (m->kind == RW_REPLY) { /* to a question that nobody asked */
        rv_release(m->value);
        return;
    }
    if (m->ok) take_form(p->conn.dialect, m);
    ray_val *result = s->handler.message(s->handler.ctx, p->handle, m);
    if (answer && !result) result = rv_error_from_slot();
    if (answer && p->conn.state != RN_ENDED) {
        if (!result || rn_conn_put(&p->conn, RW_REPLY, result) < 0) p->conn.state = RN_ENDED;
        peer_send(p); /* now, and not after the next request: that one may take its time */
    }
    rv_release(result);
}

static void peer_open(peer *p) {
    ray_server *s = p->server;
    p->opened = true;
    rn_loop_timer_clear(s->loop, &p->timer);
    if (s->idle_timeout > 0 &&
        rn_loop_timer_set(s->loop, &p->timer, p->active + (int64_t)(s->idle_timeout * S_NS)) < 0)
        p->conn.state = RN_ENDED;
    if (s->handler.opened) s->handler.opened(s->handler.ctx, p->handle);
}

static void take_in(peer *p, size_t n) {
    rn_conn_filled(&p->conn, n);
    p->active = rn_loop_now(p->server->loop);
    if (!p->opened) {
        peer_send(p); /* the answer to the greeting */
        if (p->conn.state != RN_OPEN) return;
        peer_open(p);
    }
    rw_msg m;
    while (rn_conn_next(&p->conn, &m)) serve(p, &m);
}

static void peer_receive(peer *p) {
    for (int64_t budget = RN_BYTES_PER_TURN; budget > 0;) {
        struct iovec iov[2];
        int n = rn_conn_room(&p->conn, iov);
        if (n <= 0) return;
        size_t room = iov[0].iov_len + (n > 1 ? iov[1].iov_len : 0);
        ssize_t got = rn_sock_recv(p->watch.fd, iov, n, false);
        if (got > 0) {
            take_in(p, (size_t)got);
            budget -= got;
            if ((size_t)got < room) return; /* the kernel has no more just now */
        } else if (got == 0) {
            rn_conn_peer_ended(&p->conn);
            return;
        } else if (errno != EINTR) {
            if (!rn_sock_not_now(errno)) p->conn.state = RN_ENDED;
            return;
        }
    }
}

static void peer_ready(rn_watch *w, unsigned events) {
    peer *p = OUTER(peer, watch, w);
    if (events & RN_WRITE) peer_send(p);
    if (events & RN_READ) peer_receive(p);
    peer_settle(p);
}

static void peer_due(rn_timer *t) {
    peer *p = OUTER(peer, timer, t);
    ray_server *s = p->server;
    int64_t end = p->active + (int64_t)(s->idle_timeout * S_NS);
    bool busy = p->opened && (end > rn_loop_now(s->loop) || rn_conn_pending(&p->conn));
    if (busy && end <= rn_loop_now(s->loop)) end = rn_loop_now(s->loop) + (int64_t)(s->idle_timeout * S_NS);
    if (!busy || rn_loop_timer_set(s->loop, t, end) < 0) p->conn.state = RN_ENDED;
    peer_settle(p);
}

/* ---- accepting ----------------------------------------------------------------------------------------------- */

/* The lowest free handle; 0: failed. */
static int64_t handle_new(ray_server *s) {
    int64_t i = 0;
    if (s->clients < s->cap)
        while (s->peers[i]) i++;
    else {
        int64_t cap = s->cap ? s->cap * 2 : 16;
        peer **more = rb_realloc(s->peers, (size_t)s->cap * sizeof *more, (size_t)cap * sizeof *more);
        if (!more) return 0;
        memset(more + s->cap, 0, (size_t)(cap - s->cap) * sizeof *more);
        i = s->cap;
        s->peers = more;
        s->cap = cap;
    }
    return i + 1;
}

static int admit(ray_server *s, int fd, bool loopback) {
    int64_t handle = handle_new(s);
    peer *p = handle ? rb_alloc_zero(sizeof *p) : NULL;
    if (!p) return -1;
    *p = (peer){.watch = {.fd = fd, .ready = peer_ready}, .timer = {.due = peer_due}, .later = {.run = peer_close},
                .server = s, .handle = handle, .active = rn_loop_now(s->loop)};
    rn_conn_opts opts = s->conn;
    opts.compress_over = loopback ? -1 : RW_COMPRESS_OVER;
    int64_t end = p->active + (int64_t)(s->greeting_timeout * S_NS);
    if (rn_conn_init(&p->conn, &opts) == 0) {
        if (rn_loop_watch(s->loop, &p->watch, RN_READ) == 0 && rn_loop_timer_set(s->loop, &p->timer, end) == 0) {
            s->peers[handle - 1] = p;
            atomic_fetch_add(&s->clients, 1);
            return 0;
        }
        rn_loop_unwatch(s->loop, &p->watch);
        rn_conn_clear(&p->conn);
    }
    rb_free(p, sizeof *p);
    return -1;
}

/* No descriptors left: the queue of connections stays ready, so we look away for a while. */
static void accept_pause(ray_server *s) {
    if (rn_loop_timer_set(s->loop, &s->pause, rn_loop_now(s->loop) + (int64_t)RN_ACCEPT_PAUSE_MS * 1000000) == 0)
        rn_loop_unwatch(s->loop, &s->listener);
}

static void accept_again(rn_timer *t) {
    ray_server *s = OUTER(ray_server, pause, t);
    if (rn_loop_watch(s->loop, &s->listener, RN_READ) < 0) accept_pause(s);
}

static void accept_ready(rn_watch *w, unsigned events) {
    ray_server *s = OUTER(ray_server, listener, w);
    (void)events;
    for (int i = 0; i < RN_ACCEPTS_PER_TURN; i++) {
        bool loopback = false;
        int fd = rn_sock_accept(w->fd, &loopback);
        if (fd < 0 && rn_sock_not_now(errno)) return;
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)) {
            accept_pause(s);
            return;
        }
        if (fd < 0) continue; /* one that is gone again */
        if (s->clients >= s->clients_max || admit(s, fd, loopback) < 0) rn_sock_close(fd);
    }
}

/* ---- opening and closing ------------------------------------------------------------------------------------- */

/* Takes as long for a wrong password as for the right one; only the length of what was sent shows. */
static bool password_is(void *ctx, const char *user, const char *password) {
    const char *right = ctx;
    size_t n = strlen(password), m = strlen(right);
    unsigned differ = n != m;
    (void)user;
    for (size_t i = 0; i < n; i++) differ |= (unsigned char)password[i] ^ (unsigned char)right[i < m ? i : m];
    return !differ;
}

static char *copy(const char *text) {
    size_t n = strlen(text) + 1;
    char *own = rb_alloc(n);
    return own ? memcpy(own, text, n) : NULL;
}

static void drop(char *text) {
    if (text) rb_free(text, strlen(text) + 1);
}

void rn_server_opts_init(ray_server_opts *o) {
    *o = (ray_server_opts){.host = "127.0.0.1", .port = 5000, .clients_max = RN_CLIENTS_MAX,
                           .message_max = RW_FRAME_MAX, .backlog_max = RN_BACKLOG_MAX,
                           .greeting_timeout = RN_GREETING_S};
}

static int address(const ray_server_opts *o, rn_addr *out) {
    if (o->path) return rn_sock_unix(o->path, out);
    if (o->port < 0 || o->port > 65535)
        return rb_fail(RB_E_DOMAIN, "a port is a number from 0 to 65535, not %d", o->port);
    rn_wait w;
    rn_wait_start(&w, RN_LOOK_UP_S, NULL, NULL);
    const char *host = o->host ? o->host : "127.0.0.1";
    RB_TRY(rn_look_up(host, o->port, out, 1, &w), -1);
    if (o->password || o->insecure || rn_sock_is_loopback(out)) return 0;
    return rb_fail(RB_E_ACCESS,
                   "refusing to listen on %.100s without a password: whoever reaches the port can run anything; set a "
                   "password, listen on 127.0.0.1, or ask for insecure",
                   host);
}

static int start(ray_server *s, const ray_server_opts *o) {
    rn_addr a;
    if (o->password) {
        if (!(s->password = copy(o->password))) return -1;
        s->conn.auth = password_is;
        s->conn.auth_ctx = s->password;
    }
    RB_TRY(address(o, &a), -1);
    char shown[160];
    if (o->path) snprintf(shown, sizeof shown, "listening on %.120s", o->path);
    else snprintf(shown, sizeof shown, "listening on %.120s:%d", o->host ? o->host : "127.0.0.1", o->port);
    s->listener.fd = rn_sock_listen(&a, shown);
    RB_TRY(s->listener.fd, -1);
    s->port = rn_sock_port(s->listener.fd);
    if (o->path && !(s->path = copy(o->path))) {
        rn_sock_unlink(o->path);
        return -1;
    }
    return rn_loop_watch(s->loop, &s->listener, RN_READ);
}

ray_server *rn_server_new(rn_loop *loop, const rn_handler *h, const ray_server_opts *o) {
    ray_server *s = rb_alloc_zero(sizeof *s);
    if (!s) return NULL;
    s->handler = *h;
    s->listener = (rn_watch){.fd = -1, .ready = accept_ready};
    s->pause.due = accept_again;
    s->clients_max = o->clients_max > 0 ? o->clients_max : RN_CLIENTS_MAX;
    s->greeting_timeout = o->greeting_timeout > 0 ? o->greeting_timeout : RN_GREETING_S;
    s->idle_timeout = o->idle_timeout;
    s->conn = (rn_conn_opts){.message_max = o->message_max > 0 ? o->message_max : RW_FRAME_MAX,
                             .backlog_max = o->backlog_max > 0 ? o->backlog_max : RN_BACKLOG_MAX,
                             .names = h->names};
    s->own_loop = !loop;
    s->loop = loop ? loop : rn_loop_new();
    if (s->loop && start(s, o) == 0) return s;
    rn_server_free(s);
    return NULL;
}

void rn_server_free(ray_server *s) {
    if (!s) return;
    rb_error before;
    rb_error_copy_into(&before);
    for (int64_t i = 0; i < s->cap; i++) {
        if (!s->peers[i]) continue;
        s->peers[i]->conn.state = RN_ENDED;
        peer_settle(s->peers[i]);
    }
    if (s->loop) {
        rn_loop_run_later(s->loop);
        rn_loop_timer_clear(s->loop, &s->pause);
        rn_loop_unwatch(s->loop, &s->listener);
    }
    if (s->listener.fd >= 0) rn_sock_close(s->listener.fd);
    if (s->path) rn_sock_unlink(s->path);
    if (s->own_loop) rn_loop_free(s->loop);
    rb_free(s->peers, (size_t)s->cap * sizeof(peer *));
    drop(s->password);
    drop(s->path);
    rb_free(s, sizeof *s);
    rb_error_restore(&before);
}

int rn_server_port(const ray_server *s) { return s->port; }
int64_t rn_server_clients(const ray_server *s) { return s->clients; }

int rn_server_run(ray_server *s, double seconds) {
    rn_loop_run_opts o = {.seconds = seconds, .poll = s->handler.poll, .poll_ctx = s->handler.ctx};
    return rn_loop_run(s->loop, &o);
}

void rn_server_stop(ray_server *s) { rn_loop_stop(s->loop); }

/* ---- connections by number ----------------------------------------------------------------------------------- */

static peer *peer_of(ray_server *s, int64_t handle) {
    peer *p = handle > 0 && handle <= s->cap ? s->peers[handle - 1] : NULL;
    if (p && p->opened && p->conn.state != RN_ENDED) return p;
    return rb_fail_null(RB_E_NOOPEN, "no client has the handle %lld", (long long)handle);
}

int rn_server_post(ray_server *s, int64_t handle, const ray_val *v) {
    peer *p = peer_of(s, handle);
    if (!p) return -1;
    int r = rn_conn_put(&p->conn, RW_ASYNC, v);
    if (r == 0) peer_send(p);
    peer_settle(p);
    return r;
}

int rn_server_end(ray_server *s, int64_t handle) {
    peer *p = peer_of(s, handle);
    if (!p) return -1;
    p->conn.state = RN_ENDED;
    peer_settle(p);
    return 0;
}
