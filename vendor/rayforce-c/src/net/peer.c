/* One client of a server: what its socket has to say, and what becomes of it. */
#include "../base/alloc.h"
#include "../base/clock.h"
#include "server_core.h"

#include <errno.h>

#define S_NS 1e9

static void count(_Atomic int64_t *what, int64_t more) {
    atomic_store_explicit(what, atomic_load_explicit(what, memory_order_relaxed) + more, memory_order_relaxed);
}

/* ---- ending ------------------------------------------------------------------------------------------------------ */

/* Unread bytes would make the kernel tell the peer of an error, maybe before it has read its replies. */
static void read_off(rn_peer *p) {
    char room[4096];
    struct iovec piece = {room, sizeof room};
    rn_sock_end_writing(p->watch.fd);
    for (int i = 0; i < RN_READ_OFF && rn_sock_recv(p->watch.fd, &piece, 1, false) > 0; i++) piece.iov_len = sizeof room;
}

static void drop_held(rn_peer *p) {
    for (rn_held *h = p->held, *next; h; h = next) {
        next = h->next;
        rv_release(h->m.value);
        rb_free(h, sizeof *h);
    }
}

void rn_peer_free(rn_peer *p) {
    ray_server *s = p->server;
    if (s->owing == p) s->owing = NULL;
    p->conn.state = RN_ENDED;
    rn_loop_unwatch(s->loop, &p->watch);
    if (p->opened && s->handler.closed) s->handler.closed(s->handler.ctx, p->handle);
    rn_loop_timer_clear(s->loop, &p->timer);
    rn_loop_forget(s->loop, &p->end);
    rn_loop_forget(s->loop, &p->again);
    pthread_mutex_lock(&s->lock);
    s->peers[p->handle - 1] = NULL;
    pthread_mutex_unlock(&s->lock);
    rn_numbers_give(s->numbers, p->handle);
    if (s->closing) read_off(p);
    drop_held(p);
    rn_sock_close(p->watch.fd);
    rn_conn_clear(&p->conn);
    rb_free(p, sizeof *p);
    if (!s->tidy.place && rn_loop_timer_set(s->loop, &s->tidy, rn_loop_now(s->loop) + (int64_t)(RN_TIDY_S * S_NS)) < 0)
        rb_error_clear();
    if (atomic_fetch_sub(&s->clients, 1) == 1 && s->closing) rn_loop_stop(s->loop);
}

static void end(rn_later *l) { rn_peer_free(RN_OUTER(rn_peer, end, l)); }

/* Replies are computed as fast as they are read. While the client is asked its requests are served all the same: it may
 * answer only after them. */
static bool has_enough(const rn_peer *p) {
    return !p->depth && !p->questions && rn_conn_pending(&p->conn) > RN_PAUSE_OVER;
}

RB_OFTEN void rn_peer_settle(rn_peer *p) {
    rn_loop *l = p->server->loop;
    int64_t pending = (int64_t)rn_conn_pending(&p->conn);
    atomic_store_explicit(&p->queued_bytes, pending, memory_order_relaxed);
    atomic_store_explicit(&p->queued_frames, p->conn.frames.count, memory_order_relaxed);
    if (pending > p->hwm_bytes) p->hwm_bytes = pending;
    if (pending > p->server->hwm_bytes) p->server->hwm_bytes = pending;
    if (p->paused && !has_enough(p)) rn_loop_later(l, &p->again);
    unsigned want = p->conn.state <= RN_OPEN && !p->again.queued && !p->paused ? RN_READ : 0;
    if (p->conn.state == RN_OPEN) want |= RN_URGENT;
    if (pending) want |= RN_WRITE;
    if (p->conn.state != RN_ENDED && rn_loop_watch(l, &p->watch, want) == 0) return;
    p->conn.state = RN_ENDED;
    rn_loop_unwatch(l, &p->watch);
    rn_loop_timer_clear(l, &p->timer);
    rn_loop_later(l, &p->end);
}

/* ---- bytes out ----------------------------------------------------------------------------------------------------- */

/* What was answered before the connection went wrong is tried all the same. */
RB_OFTEN static void send_once_more(rn_peer *p) {
    for (int64_t budget = RN_BYTES_PER_TURN; budget > 0 && rn_conn_pending(&p->conn);) {
        ssize_t put = rn_conn_send(&p->conn, p->watch.fd);
        if (put >= 0) {
            rn_conn_written(&p->conn, (size_t)put);
            count(&p->bytes_out, put);
            p->active = rn_loop_now(p->server->loop);
            budget -= put;
        } else if (rn_sock_not_now(errno)) {
            return;
        } else if (errno != EINTR) {
            p->conn.state = RN_ENDED;
            return;
        }
    }
}

void rn_peer_send(rn_peer *p) {
    if (p->conn.state != RN_ENDED) send_once_more(p);
}

void rn_peer_pay(ray_server *s) {
    rn_peer *p = s->owing;
    if (!p || p->writing) return;
    s->owing = NULL;
    p->owing = 0;
    send_once_more(p);
}

/* While more requests are there and quick, their replies leave together. */
static void owe(rn_peer *p) {
    ray_server *s = p->server;
    if (s->owing == p) return;
    rn_peer_pay(s);
    s->owing = p;
    p->owing = p->began;
}

static bool is_owing_much(const rn_peer *p) {
    return p->began - p->owing >= RN_OWE_NS || rn_conn_pending(&p->conn) >= RN_OWE_BYTES;
}

/* ---- messages ------------------------------------------------------------------------------------------------------ */

static void take_answer(rn_peer *p, rw_msg *m) {
    rn_question *q = p->questions;
    if (!q) { /* to a question that nobody asked */
        rv_release(m->value);
        return;
    }
    p->questions = q->next;
    q->done = true;
    q->value = m->value;
    q->error = m->error;
}

static ray_val *ask_handler(rn_peer *p, rw_msg *m) {
    ray_server *s = p->server;
    bool was = p->asking;
    if (m->kind == RW_SYNC && p->urgent) {
        p->urgent = false;
        rv_release(m->value);
        return rb_fail_null(RB_E_CANCEL, "the request was cancelled before it began");
    }
    p->asking = m->kind == RW_SYNC;
    p->depth++;
    ray_val *result = s->handler.message(s->handler.ctx, p->handle, m);
    p->depth--;
    p->asking = was;
    return result;
}

static int go_on(void *ctx) {
    rn_peer *p = ctx;
    const rn_handler *h = &p->server->handler;
    p->writing = true;
    int r = h->go_on ? h->go_on(h->ctx, p->began) : 0;
    p->writing = false;
    return r;
}

RB_OFTEN static void serve(rn_peer *p, rw_msg *m) {
    bool answer = m->kind == RW_SYNC, texts = m->texts;
    count(&p->messages_in, 1);
    p->ours |= texts;
    if (m->kind == RW_REPLY) {
        take_answer(p, m);
        return;
    }
    ray_val *result = ask_handler(p, m);
    if (answer && !result) result = rv_error_from_slot();
    if (answer && p->conn.state != RN_ENDED) {
        if (!result || rn_conn_put_reply(&p->conn, result, texts) < 0) p->conn.state = RN_ENDED;
        count(&p->messages_out, 1);
        owe(p);
    }
    rv_release(result);
}

static void hold(rn_peer *p, const rw_msg *m) {
    rn_held *h = p->held_count < RN_HELD_MAX ? rb_alloc(sizeof *h) : NULL;
    if (!h) {
        rv_release(m->value);
        p->conn.state = RN_ENDED;
        return;
    }
    *h = (rn_held){.m = *m};
    *p->held_end = h;
    p->held_end = &h->next;
    p->held_count++;
}

static bool take_held(rn_peer *p, rw_msg *m) {
    rn_held *h = p->held;
    if (!h || p->depth || p->conn.state != RN_OPEN) return false;
    p->held = h->next;
    if (!p->held) p->held_end = &p->held;
    p->held_count--;
    *m = h->m;
    rb_free(h, sizeof *h);
    return true;
}

/* While a client is asked, clients of our own kind get no replies out of order: what they send on waits. Others expect
 * that requests of theirs, sent before they answer, are answered first. */
RB_OFTEN static bool serve_all(rn_peer *p) {
    rw_msg m;
    while (!(p->paused = has_enough(p))) {
        if (!take_held(p, &m) && !rn_conn_next(&p->conn, &m)) return true;
        if (p->depth && m.kind != RW_REPLY && (p->ours || m.texts)) {
            hold(p, &m);
            continue;
        }
        serve(p, &m);
        p->active = p->began = rn_loop_look(p->server->loop);
        if (p->server->owing == p && is_owing_much(p)) rn_peer_pay(p->server);
        if (p->active < p->until) continue;
        rn_loop_later(p->server->loop, &p->again);
        break;
    }
    return false;
}

RB_OFTEN bool rn_peer_serve(rn_peer *p) {
    bool all = serve_all(p);
    if (p->server->owing == p) rn_peer_pay(p->server);
    return all;
}

/* ---- bytes in ------------------------------------------------------------------------------------------------------ */

static void open_peer(rn_peer *p) {
    ray_server *s = p->server;
    pthread_mutex_lock(&s->lock);
    p->opened = true;
    pthread_mutex_unlock(&s->lock);
    rn_loop_timer_clear(s->loop, &p->timer);
    if (s->idle_timeout > 0 && rn_loop_timer_set(s->loop, &p->timer, p->active + (int64_t)(s->idle_timeout * S_NS)) < 0)
        p->conn.state = RN_ENDED;
    if (s->handler.opened) s->handler.opened(s->handler.ctx, p->handle);
}

static bool take_in(rn_peer *p, size_t n) {
    rn_conn_filled(&p->conn, n);
    count(&p->bytes_in, (int64_t)n);
    p->active = rn_loop_now(p->server->loop);
    if (!p->opened) {
        rn_peer_send(p); /* the answer to the greeting */
        if (p->conn.state != RN_OPEN) return true;
        if (rn_loop_is_attending(p->server->loop)) {
            rn_loop_later(p->server->loop, &p->again);
            return false;
        }
        open_peer(p);
    }
    return rn_peer_serve(p);
}

RB_OFTEN void rn_peer_receive(rn_peer *p) {
    for (int64_t budget = RN_BYTES_PER_TURN; budget > 0 && p->began < p->until; p->began = rn_loop_look(p->server->loop)) {
        struct iovec iov[2];
        int n = rn_conn_room(&p->conn, iov);
        if (n <= 0) return;
        /* What was sent before the urgent byte is served; it does not mean what comes behind it. */
        if (p->urgent && rn_sock_at_mark(p->watch.fd)) p->urgent = false;
        size_t room = iov[0].iov_len + (n > 1 ? iov[1].iov_len : 0);
        ssize_t got = rn_conn_recv(&p->conn, p->watch.fd, iov, n);
        if (got > 0) {
            if (!take_in(p, (size_t)got)) return;
            budget -= got;
            if ((size_t)got < room && !p->urgent) return; /* the kernel has no more just now */
        } else if (got == 0) {
            rn_conn_peer_ended(&p->conn);
            return;
        } else if (errno != EINTR) {
            if (!rn_sock_not_now(errno)) p->conn.state = RN_ENDED;
            return;
        }
    }
}

static void begin_turn(rn_peer *p) {
    p->began = rn_loop_now(p->server->loop);
    p->until = p->began + rn_loop_share(p->server->loop);
}

static void resume(rn_peer *p) {
    if (p->conn.state == RN_OPEN && !p->opened) open_peer(p);
    if (rn_peer_serve(p)) rn_peer_receive(p);
}

static bool greeting_waits(const ray_server *s) {
    if (!s->conn.auth) return false;
    return s->auth || (s->handler.auth_waits && s->handler.auth_waits(s->handler.ctx));
}

/* A request takes long: others have to wait for its end, but not a greeting. An urgent byte of who waits for it is left to
 * rn_server_gives_up. */
static void ready_aside(rn_peer *p, unsigned events) {
    if (p->writing) return;
    if (events & RN_WRITE) rn_peer_send(p);
    if (events & RN_URGENT && !p->asking && rn_sock_urgent_take(p->watch.fd)) p->urgent = true;
    if (!(events & RN_READ)) return;
    if (p->conn.state == RN_GREETING && !greeting_waits(p->server)) {
        begin_turn(p);
        rn_peer_receive(p);
    } else {
        rn_loop_later(p->server->loop, &p->again);
    }
}

RB_OFTEN static void ready(rn_watch *w, unsigned events) {
    rn_peer *p = RN_OUTER(rn_peer, watch, w);
    if (rn_loop_is_attending(p->server->loop)) {
        ready_aside(p, events);
        rn_peer_settle(p);
        return;
    }
    begin_turn(p);
    if (events & RN_WRITE) rn_peer_send(p);
    if (events & RN_URGENT && rn_sock_urgent_take(w->fd)) p->urgent = true;
    if (events & RN_READ && !p->again.queued && !p->paused) rn_peer_receive(p);
    rn_peer_settle(p);
}

static void again(rn_later *l) {
    rn_peer *p = RN_OUTER(rn_peer, again, l);
    begin_turn(p);
    resume(p);
    rn_peer_settle(p);
}

static void due(rn_timer *t) {
    rn_peer *p = RN_OUTER(rn_peer, timer, t);
    ray_server *s = p->server;
    int64_t limit = (int64_t)((p->opened ? s->idle_timeout : s->greeting_timeout) * S_NS), now = rn_loop_now(s->loop);
    int64_t until = (p->again.queued ? now : p->active) + limit; /* what is queued is not the client's delay */
    bool in_time = p->again.queued || (p->opened && until > now);
    if (!in_time || rn_loop_timer_set(s->loop, t, until) < 0) p->conn.state = RN_ENDED;
    rn_peer_settle(p);
}

/* ---- beginning ----------------------------------------------------------------------------------------------------- */

static int seat(ray_server *s, rn_peer *p) {
    int r = 0;
    pthread_mutex_lock(&s->lock);
    if (p->handle > s->cap) {
        int64_t cap = s->cap ? s->cap * 2 : 16;
        if (cap < p->handle) cap = p->handle;
        rn_peer **more = rb_realloc(s->peers, (size_t)s->cap * sizeof *more, (size_t)cap * sizeof *more);
        if (more) {
            memset(more + s->cap, 0, (size_t)(cap - s->cap) * sizeof *more);
            s->peers = more;
            s->cap = cap;
        } else {
            r = -1;
        }
    }
    if (r == 0) s->peers[p->handle - 1] = p;
    pthread_mutex_unlock(&s->lock);
    return r;
}

static int begin(rn_peer *p, const rn_conn_opts *opts) {
    ray_server *s = p->server;
    int64_t until = p->active + (int64_t)(s->greeting_timeout * S_NS);
    RB_TRY(rn_conn_init(&p->conn, opts), -1);
    p->conn.send.go_on = go_on;
    p->conn.send.go_on_ctx = p;
    if (rn_loop_watch(s->loop, &p->watch, RN_READ) == 0 && rn_loop_timer_set(s->loop, &p->timer, until) == 0 &&
        seat(s, p) == 0)
        return 0;
    rn_loop_timer_clear(s->loop, &p->timer);
    rn_loop_unwatch(s->loop, &p->watch);
    rn_conn_clear(&p->conn);
    return -1;
}

int rn_peer_admit(ray_server *s, int fd, const rn_addr *from) {
    int64_t handle = rn_numbers_take(s->numbers);
    rn_peer *p = handle ? rb_alloc_zero(sizeof *p) : NULL;
    if (p) {
        p->watch = (rn_watch){.fd = fd, .aside = true, .ready = ready};
        p->timer.due = due;
        p->end.run = end;
        p->again.run = again;
        p->held_end = &p->held;
        p->server = s;
        p->handle = handle;
        p->serial = ++s->serials;
        p->since = rb_clock_wall_ns();
        p->active = rn_loop_now(s->loop);
        rn_sock_show(from, p->shown);
        pthread_mutex_lock(&s->lock);
        rn_conn_opts opts = s->conn;
        pthread_mutex_unlock(&s->lock);
        opts.compress_over = rn_sock_is_loopback(from) ? -1 : RW_COMPRESS_OVER;
        opts.memory = rn_sock_is_unix(from);
        if (begin(p, &opts) == 0) {
            atomic_fetch_add(&s->clients, 1);
            return 0;
        }
        rb_free(p, sizeof *p);
    }
    if (handle) rn_numbers_give(s->numbers, handle);
    return -1;
}

rn_peer *rn_peer_of(ray_server *s, int64_t handle) {
    rn_peer *p = handle > 0 && handle <= s->cap ? s->peers[handle - 1] : NULL;
    if (p && p->opened && p->conn.state != RN_ENDED) return p;
    return rb_fail_null(RB_E_NOOPEN, "no client has the handle %lld", (long long)handle);
}
