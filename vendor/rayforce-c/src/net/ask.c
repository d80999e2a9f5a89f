/* Questions of the server to a client, and what a client may tell while its own request is served. */
#include "server_core.h"

#include <errno.h>

static int no_answer(const rn_peer *p, int look) {
    if (look == RN_WAIT_OVER)
        return rb_fail(RB_E_REPLY_TIMEOUT, "the client with the handle %lld has not answered in time", (long long)p->handle);
    return -1;
}

/* Until the answer is there; the peer is not freed meanwhile, since that happens between turns. */
static int await(rn_peer *p, const rn_question *q, rn_wait *w) {
    p->until = INT64_MAX; /* the others wait for the end of the request that asks */
    while (rn_peer_serve(p), !q->done) {
        rn_peer_send(p);
        if (p->conn.state != RN_OPEN)
            return rb_fail(RB_E_IO, "the connection of the client with the handle %lld has ended", (long long)p->handle);
        unsigned events = RN_READ | (rn_conn_pending(&p->conn) ? RN_WRITE : 0);
        int ready = rn_sock_wait(p->watch.fd, events, rn_wait_ms(w, RN_TICK_MS));
        if (ready < 0 && errno != EINTR) return rb_fail_errno(RB_E_IO, "waiting for a client");
        if (ready > 0 && (unsigned)ready & RN_READ) rn_peer_receive(p);
        if (q->done) break;
        int look = rn_wait_look(w);
        if (look) return no_answer(p, look);
    }
    return 0;
}

static void withdraw(rn_peer *p, const rn_question *q) {
    for (rn_question **at = &p->questions; *at; at = &(*at)->next) {
        if (*at != q) continue;
        *at = q->next;
        return;
    }
}

ray_val *rn_server_ask(ray_server *s, int64_t handle, ray_val *v, rn_wait *w) {
    if (!rn_loop_is_mine(s->loop))
        return rb_fail_null(RB_E_STATE, "a client can be asked only by what the server itself evaluates");
    rn_peer *p = rn_peer_of(s, handle);
    if (!p) return NULL;
    if (p->depth >= RN_ASK_DEPTH)
        return rb_fail_null(RB_E_LIMIT, "client and server ask each other more than %d questions deep", RN_ASK_DEPTH);
    rn_question q = {0};
    rn_peer_pay(s);
    RB_TRY(rn_conn_put(&p->conn, RW_SYNC, v), NULL);
    rn_question **last = &p->questions;
    while (*last) last = &(*last)->next;
    *last = &q;
    atomic_fetch_add_explicit(&p->messages_out, 1, memory_order_relaxed);
    int64_t until = p->until;
    int r = await(p, &q, w);
    p->until = until;
    if (!q.done) {
        /* Its answer would be taken for the one to the next question. */
        withdraw(p, &q);
        p->conn.state = RN_ENDED;
    }
    rb_error why;
    rb_error_copy_into(&why);
    rn_peer_settle(p);
    if (q.done && !q.value) rb_error_restore(&q.error);
    else if (r < 0) rb_error_restore(&why);
    return q.value;
}

bool rn_server_gives_up(ray_server *s, int64_t handle) {
    rn_peer *p = handle > 0 && handle <= s->cap ? s->peers[handle - 1] : NULL;
    if (!p || !p->asking) return false;
    if (p->conn.state == RN_ENDED) return true;
    unsigned what = rn_sock_peer(p->watch.fd);
    if (what & RN_PEER_URGENT && rn_sock_urgent_take(p->watch.fd)) return true;
    /* Clients of our own kind end their side of a connection only with all of it; others may still read. */
    return what & RN_PEER_GONE || (p->ours && what & RN_PEER_ENDED);
}
