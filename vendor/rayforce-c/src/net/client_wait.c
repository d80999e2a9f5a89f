#include "../base/clock.h"
#include "client_core.h"
#include "cond.h"
#include "limits.h"
#include "passing.h"

#include <errno.h>

/* ---- the end of a connection --------------------------------------------------------------------------------- */

void rn_client_end(ray_client *c, int64_t ticket) {
    pthread_mutex_lock(&c->lock);
    if (!c->end.code) {
        rb_error_copy_into(&c->end);
        c->end_ticket = ticket;
        if (c->fd >= 0) rn_sock_end(c->fd);
        for (rn_follower *f = c->followers; f; f = f->next) pthread_cond_signal(&f->wake);
    }
    pthread_mutex_unlock(&c->lock);
}

void rn_client_ended(ray_client *c, int64_t ticket, uint64_t start) {
    int code = c->end.code;
    if (code == RB_E_CONN_CLOSED || (ticket && ticket == c->end_ticket)) {
        rb_error_restore(&c->end);
        return;
    }
    bool sent = ticket && start < atomic_load(&c->written);
    rb_fail(RB_E_CONN_LOST, "%s%s", c->end.text,
            sent ? "; the request may have been executed" : ticket ? "; the request was not sent" : "");
    rb_error_detail_set(sent, 0);
}

void rn_client_close_idle(ray_client *c) {
    pthread_mutex_lock(&c->out_lock);
    pthread_mutex_lock(&c->lock);
    if (c->end.code && !c->reading && !c->users && c->fd >= 0) {
        rn_sock_close(c->fd);
        c->fd = -1;
    }
    pthread_mutex_unlock(&c->lock);
    pthread_mutex_unlock(&c->out_lock);
}

static void lost(ray_client *c, int error) {
    if (!error) rb_fail(RB_E_CONN_LOST, "%s: the server ended the connection", c->peer);
    else {
        errno = error;
        rb_fail_errno(RB_E_CONN_LOST, c->peer);
    }
    rn_client_end(c, 0);
}

/* ---- what comes in ------------------------------------------------------------------------------------------- */

static void reply(ray_client *c, const ray_val *v) {
    uint64_t mark;
    rn_frame f = {.kind = RW_REPLY, .value = v};
    if (!rn_client_put(c, &f, &mark)) rn_client_end(c, 0);
}

/* What cannot be read or answered is an error value. */
static void answer(ray_client *c, rw_msg *m) {
    if (!m->ok) rb_error_restore(&m->error);
    ray_val *v = m->ok ? c->answer(c->answer_ctx, m->value) : NULL;
    if (!v) v = rv_error_from_slot();
    if (v) reply(c, v);
    else rn_client_end(c, 0);
    rv_release(v);
}

static void take_push(ray_client *c, rw_msg *m) {
    bool asks = m->kind == RW_SYNC && c->answer, wanted = m->ok && (asks || c->push);
    pthread_mutex_lock(&c->lock);
    c->stats.received++;
    c->stats.pushes++;
    c->stats.pushes_dropped += !wanted;
    c->delivering = wanted;
    pthread_mutex_unlock(&c->lock);
    /* A server that asks is stopped until it hears something: it gets a refusal at once. */
    if (m->kind == RW_SYNC && !asks) reply(c, c->refusal);
    if (asks) answer(c, m);
    else if (wanted) c->push(c->push_ctx, m->value);
    pthread_mutex_lock(&c->lock);
    c->delivering = false;
    pthread_mutex_unlock(&c->lock);
    rv_release(m->value);
}

/* Whatever is wrong with its value, to the caller it is a peer that makes no sense; lack of memory is ours. */
static void blame_peer(const ray_client *c, rb_error *e) {
    if (e->code == RB_E_OOM) return;
    rb_fail(RB_E_PROTOCOL, "%s: the reply is not readable: %.180s", c->peer, e->text);
    rb_error_copy_into(e);
}

static void take_reply(ray_client *c, rw_msg *m) {
    if (!m->ok) blame_peer(c, &m->error);
    pthread_mutex_lock(&c->lock);
    c->stats.received++;
    c->interrupting = false;
    bool taken = rn_tickets_answer(&c->tickets, m->value, &m->error);
    pthread_mutex_unlock(&c->lock);
    if (!taken) rv_release(m->value);
}

/* The reader failed: the bytes make no sense, or they are too many. The reply under way is the next one. */
static void broken(ray_client *c) {
    rb_error e;
    rb_error_copy_into(&e);
    pthread_mutex_lock(&c->lock);
    rn_slot *head = rn_tickets_head_get(&c->tickets);
    int64_t ticket = head ? rn_tickets_of(&c->tickets, head) : 0;
    pthread_mutex_unlock(&c->lock);
    rb_fail(e.code, "%s: %.200s", c->peer, e.text);
    rb_error_detail_set(e.detail[0], e.detail[1]);
    rn_client_end(c, ticket);
}

static void deliver(ray_client *c) {
    for (;;) {
        rw_msg m;
        int r = rw_reader_next(c->reader, &m);
        if (r < 0) broken(c);
        if (r <= 0) return;
        if (m.forms) atomic_store_explicit(&c->forms, true, memory_order_relaxed);
        if (m.memory) atomic_store_explicit(&c->takes_memory, true, memory_order_relaxed);
        if (m.kind == RW_REPLY) take_reply(c, &m);
        else take_push(c, &m);
    }
}

static void note_progress(ray_client *c) {
    int64_t came, coming;
    rw_reader_progress(c->reader, &came, &coming);
    atomic_store_explicit(&c->came, came, memory_order_relaxed);
    atomic_store_explicit(&c->coming, coming, memory_order_relaxed);
}

static ssize_t recv_now(ray_client *c, struct iovec *room, int n, bool wait) {
    return c->memory ? rn_passing_recv(c->fd, room, n, wait, c->reader) : rn_sock_recv(c->fd, room, n, wait);
}

/* Bytes from the socket, waiting no longer than is allowed. One system call if a reply comes within the tick of the
 * socket and no deadline is nearer than that. */
static ssize_t receive(ray_client *c, struct iovec *room, int n, bool may_wait, const rn_wait *w) {
    if (!may_wait) return recv_now(c, room, n, false);
    if (c->spin_ns > 0) {
        int64_t end = rb_clock_mono_ns() + c->spin_ns;
        do {
            ssize_t got = recv_now(c, room, n, false);
            if (got >= 0 || !rn_sock_not_now(errno)) return got;
        } while (rb_clock_mono_ns() < end);
    }
    if (rn_wait_has(w, RN_TICK_MS)) return recv_now(c, room, n, true);
    int ready = rn_sock_wait(c->fd, RN_READ, rn_wait_ms(w, RN_TICK_MS));
    if (ready == 0) errno = EAGAIN;
    return ready <= 0 ? -1 : recv_now(c, room, n, false);
}

/* One step of the leader. What is not sent yet goes on its way, and while the peer takes no more we read, since it may
 * be waiting for exactly that. */
static void step(ray_client *c, rn_wait *w) {
    bool blocked = false;
    if (atomic_load(&c->unsent)) {
        rn_client_push_out(c);
        blocked = atomic_load(&c->unsent);
    }
    if (blocked) {
        int ready = rn_sock_wait(c->fd, RN_READ | RN_WRITE, rn_wait_ms(w, RN_TICK_MS));
        if (ready <= 0 || !((unsigned)ready & RN_READ)) return;
    }
    struct iovec room[2];
    int n = rw_reader_room(c->reader, room);
    if (n < 0) {
        broken(c);
        return;
    }
    ssize_t got = receive(c, room, n, !blocked, w);
    if (got > 0) {
        int64_t before = atomic_load_explicit(&c->received_bytes, memory_order_relaxed);
        atomic_store_explicit(&c->received_bytes, before + got, memory_order_relaxed);
        if (rw_reader_filled(c->reader, (size_t)got) < 0) broken(c);
        else deliver(c);
        note_progress(c);
    } else if (got == 0) {
        lost(c, 0);
    } else if (errno == EINTR) {
        if (w->poll) w->next_poll = 0; /* a signal: ask at once */
    } else if (errno == EPROTO && c->memory) {
        broken(c);
    } else if (!rn_sock_not_now(errno)) {
        lost(c, errno);
    }
}

/* ---- leader and followers: all with `lock` ------------------------------------------------------------------- */

static bool reached(ray_client *c, const rn_goal *g, int *how) {
    rn_slot *s = g->ticket ? rn_tickets_get(&c->tickets, g->ticket) : NULL;
    bool there = g->ticket ? !s || s->state == RN_SLOT_DONE : atomic_load(&c->written) >= g->mark;
    *how = there ? RN_WAIT_GOES_ON : c->end.code ? RN_GOAL_ENDED : RN_WAIT_OVER;
    return there || c->end.code;
}

/* The follower whose reply comes next reads it itself; there is no such follower if it has no reply to come. */
static void hand_over(ray_client *c) {
    if (c->reading || !c->followers) return;
    rn_slot *next = rn_tickets_head_get(&c->tickets);
    pthread_cond_signal(next && next->waiter ? next->waiter : &c->followers->wake);
}

static void lead(ray_client *c, const rn_goal *g, rn_wait *w) {
    int how;
    c->reading = true;
    c->leader = pthread_self();
    do {
        pthread_mutex_unlock(&c->lock);
        step(c, w);
        pthread_mutex_lock(&c->lock);
    } while (!reached(c, g, &how) && !rn_wait_is_due(w));
    c->reading = false;
    hand_over(c);
}

/* What is unsent may be ours, and the leader may be asleep in a receive. */
static void help_writing(ray_client *c, const rn_wait *w) {
    c->users++;
    pthread_mutex_unlock(&c->lock);
    if (rn_sock_wait(c->fd, RN_WRITE, rn_wait_ms(w, RN_WRITER_TICK_MS)) > 0) rn_client_push_out(c);
    pthread_mutex_lock(&c->lock);
    c->users--;
}

static void follow(ray_client *c, const rn_goal *g, const rn_wait *w) {
    rn_follower f = {.next = c->followers};
    rn_cond_init(&f.wake);
    if (f.next) f.next->prev = &f;
    c->followers = &f;
    rn_slot *s = g->ticket ? rn_tickets_get(&c->tickets, g->ticket) : NULL;
    if (s) s->waiter = &f.wake;
    rn_cond_wait(&f.wake, &c->lock, rn_wait_ms(w, -1));
    s = g->ticket ? rn_tickets_get(&c->tickets, g->ticket) : NULL; /* the slots may have moved */
    if (s) s->waiter = NULL;
    if (f.prev) f.prev->next = f.next;
    else c->followers = f.next;
    if (f.next) f.next->prev = f.prev;
    pthread_cond_destroy(&f.wake);
}

static int callback_check(const ray_client *c) {
    if (!atomic_load(&c->delivering) || !pthread_equal(c->leader, pthread_self())) return 0;
    return rb_fail(RB_E_STATE, "%s: the callback for pushes cannot wait for a reply", c->peer);
}

RB_OFTEN int rn_client_wait_check(ray_client *c) {
    if (RB_LIKELY(!atomic_load(&c->delivering))) return 0; /* if this thread were in it, it would know */
    pthread_mutex_lock(&c->lock);
    int r = callback_check(c);
    pthread_mutex_unlock(&c->lock);
    return r;
}

RB_OFTEN int rn_client_wait_lock(ray_client *c, const rn_goal *goal, rn_wait *w) {
    int how;
    pthread_mutex_lock(&c->lock);
    while (!reached(c, goal, &how)) {
        if (callback_check(c) < 0) {
            how = RN_WAIT_INTERRUPTED;
            break;
        }
        if (!c->reading) lead(c, goal, w);
        else if (atomic_load(&c->unsent)) help_writing(c, w);
        else follow(c, goal, w);
        if (reached(c, goal, &how)) break;
        pthread_mutex_unlock(&c->lock);
        int look = rn_wait_look(w);
        pthread_mutex_lock(&c->lock);
        if (reached(c, goal, &how)) break;
        how = look;
        if (look) break;
    }
    hand_over(c);
    return how;
}

int rn_client_wait(ray_client *c, const rn_goal *goal, rn_wait *w) {
    int how = rn_client_wait_lock(c, goal, w);
    bool ended = c->end.code && c->fd >= 0;
    pthread_mutex_unlock(&c->lock);
    if (ended) rn_client_close_idle(c);
    return how;
}
