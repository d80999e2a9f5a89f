/* Messages to clients from threads that do not run the loop. */
#include "../base/alloc.h"
#include "server_core.h"

#define OVERHEAD 64 /* bytes that count for a message besides its value */

static int64_t weight(const ray_val *v) { return OVERHEAD + (v ? rv_bytes(v) : 0); }

/* With the server's lock. */
static rn_peer *addressee(ray_server *s, int64_t handle) {
    rn_peer *p = handle > 0 && handle <= s->cap ? s->peers[handle - 1] : NULL;
    if (p && p->opened) return p;
    return rb_fail_null(RB_E_NOOPEN, "no client has the handle %lld", (long long)handle);
}

int rn_mail_leave(ray_server *s, int64_t handle, enum rn_mail_kind kind, ray_val *v) {
    rn_mail *m = rb_alloc(sizeof *m);
    if (!m) return -1;
    int r = 0;
    int64_t bytes = weight(v);
    pthread_mutex_lock(&s->lock);
    rn_peer *p = addressee(s, handle);
    if (!p) {
        r = -1;
    } else {
        if (p->mailed > atomic_load(&p->conn.backlog_max)) { /* as if it had left the bytes unread itself */
            r = rb_fail(RB_E_LIMIT, "more than %lld bytes wait for the client with the handle %lld", (long long)p->mailed,
                        (long long)handle);
            kind = RN_MAIL_END;
            v = NULL;
            bytes = weight(v);
        }
        *m = (rn_mail){.kind = kind, .handle = handle, .serial = p->serial, .v = v ? rv_retain(v) : NULL};
        p->mailed += bytes;
        *s->mail_end = m;
        s->mail_end = &m->next;
        m = NULL;
    }
    pthread_mutex_unlock(&s->lock);
    if (m) rb_free(m, sizeof *m);
    else rn_loop_send(s->loop, &s->mail_due);
    return r;
}

static void hand_over(ray_server *s, const rn_mail *m) {
    rn_peer *p = m->handle <= s->cap ? s->peers[m->handle - 1] : NULL;
    if (!p || p->serial != m->serial) return;
    pthread_mutex_lock(&s->lock);
    p->mailed -= weight(m->v);
    pthread_mutex_unlock(&s->lock);
    if (p->conn.state == RN_ENDED) return;
    int r = -1;
    if (m->kind == RN_MAIL_POST) r = rn_conn_put(&p->conn, RW_ASYNC, m->v);
    else if (m->kind == RN_MAIL_ENCODED) r = rn_conn_put_encoded(&p->conn, m->v);
    else p->conn.state = RN_ENDED;
    if (r == 0) {
        atomic_fetch_add_explicit(&p->messages_out, 1, memory_order_relaxed);
        rn_peer_send(p);
    } else {
        rb_error_clear(); /* the sender is gone; a value that the dialect cannot say was checked by nobody */
    }
    rn_peer_settle(p);
}

static rn_mail *take_all(ray_server *s) {
    pthread_mutex_lock(&s->lock);
    rn_mail *all = s->mail;
    s->mail = NULL;
    s->mail_end = &s->mail;
    pthread_mutex_unlock(&s->lock);
    return all;
}

static void mail_free(rn_mail *m) {
    rv_release(m->v);
    rb_free(m, sizeof *m);
}

void rn_mail_deliver(rn_later *l) {
    ray_server *s = RN_OUTER(ray_server, mail_due, l);
    for (rn_mail *m = take_all(s), *next; m; m = next) {
        next = m->next;
        hand_over(s, m);
        mail_free(m);
    }
}

void rn_mail_drop(ray_server *s) {
    for (rn_mail *m = take_all(s), *next; m; m = next) {
        next = m->next;
        mail_free(m);
    }
}
