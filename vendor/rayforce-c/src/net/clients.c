/* The clients of a server by their numbers: what is sent to them, what is known of them. */
#include "../base/alloc.h"
#include "server_core.h"

/* ---- sending ----------------------------------------------------------------------------------------------------- */

static int put(ray_server *s, int64_t handle, ray_val *v, bool encoded) {
    rn_peer *p = rn_peer_of(s, handle);
    if (!p) return -1;
    int r = encoded ? rn_conn_put_encoded(&p->conn, v) : rn_conn_put(&p->conn, RW_ASYNC, v);
    rb_error why;
    if (r < 0) rb_error_copy_into(&why);
    if (r == 0) {
        atomic_fetch_add_explicit(&p->messages_out, 1, memory_order_relaxed);
        rn_peer_send(p);
    }
    rn_peer_settle(p);
    if (r < 0) rb_error_restore(&why);
    return r;
}

int rn_server_post(ray_server *s, int64_t handle, ray_val *v) {
    return rn_loop_is_mine(s->loop) ? put(s, handle, v, false) : rn_mail_leave(s, handle, RN_MAIL_POST, v);
}

int rn_server_post_encoded(ray_server *s, int64_t handle, ray_val *frame) {
    return rn_loop_is_mine(s->loop) ? put(s, handle, frame, true) : rn_mail_leave(s, handle, RN_MAIL_ENCODED, frame);
}

int rn_server_end(ray_server *s, int64_t handle) {
    if (!rn_loop_is_mine(s->loop)) return rn_mail_leave(s, handle, RN_MAIL_END, NULL);
    rn_peer *p = rn_peer_of(s, handle);
    if (!p) return -1;
    rn_peer_pay(s);
    p->conn.state = RN_ENDED;
    rn_peer_settle(p);
    return 0;
}

/* ---- what is known ----------------------------------------------------------------------------------------------- */

static void look(const rn_peer *p, rn_client_info *out) {
    *out = (rn_client_info){.handle = p->handle,
                            .since = p->since,
                            .bytes_in = p->bytes_in,
                            .bytes_out = p->bytes_out,
                            .messages_in = p->messages_in,
                            .messages_out = p->messages_out,
                            .limit_bytes = p->conn.backlog_max,
                            .limit_frames = p->conn.frames_max,
                            .queued_bytes = p->queued_bytes,
                            .queued_frames = p->queued_frames,
                            .hwm_bytes = p->hwm_bytes};
    memcpy(out->shown, p->shown, sizeof p->shown);
}

/* With the lock. */
static rn_peer *known(ray_server *s, int64_t handle) {
    rn_peer *p = handle > 0 && handle <= s->cap ? s->peers[handle - 1] : NULL;
    if (p && p->opened) return p;
    return rb_fail_null(RB_E_NOOPEN, "no client has the handle %lld", (long long)handle);
}

int rn_server_client(ray_server *s, int64_t handle, rn_client_info *out) {
    pthread_mutex_lock(&s->lock);
    const rn_peer *p = known(s, handle);
    if (p) look(p, out);
    pthread_mutex_unlock(&s->lock);
    return p ? 0 : -1;
}

const rw_dialect *rn_server_dialect(ray_server *s, int64_t handle) {
    pthread_mutex_lock(&s->lock);
    const rn_peer *p = known(s, handle);
    const rw_dialect *d = p ? p->conn.dialect : NULL; /* set before it was opened, and then only read */
    pthread_mutex_unlock(&s->lock);
    return d;
}

int64_t rn_server_client_list(ray_server *s, rn_client_info **out) {
    int64_t n = 0, k = 0;
    pthread_mutex_lock(&s->lock);
    for (int64_t i = 0; i < s->cap; i++) n += s->peers[i] && s->peers[i]->opened;
    *out = rb_alloc((size_t)(n ? n : 1) * sizeof **out);
    for (int64_t i = 0; *out && i < s->cap; i++)
        if (s->peers[i] && s->peers[i]->opened) look(s->peers[i], &(*out)[k++]);
    pthread_mutex_unlock(&s->lock);
    return *out ? n : -1;
}

int64_t rn_server_hwm(const ray_server *s) { return s->hwm_bytes; }

/* ---- limits ------------------------------------------------------------------------------------------------------- */

static void limit(rn_peer *p, int64_t bytes, int64_t frames) {
    p->conn.backlog_max = bytes;
    p->conn.frames_max = frames;
}

int rn_server_limits_set(ray_server *s, int64_t handle, int64_t bytes, int64_t frames) {
    pthread_mutex_lock(&s->lock);
    rn_peer *p = handle ? known(s, handle) : NULL;
    int r = handle && !p ? -1 : 0;
    if (p) {
        p->own_limits = true;
        limit(p, bytes, frames);
    } else if (r == 0) {
        s->conn.backlog_max = bytes;
        s->conn.frames_max = frames;
        for (int64_t i = 0; i < s->cap; i++)
            if (s->peers[i] && !s->peers[i]->own_limits) limit(s->peers[i], bytes, frames);
    }
    pthread_mutex_unlock(&s->lock);
    return r;
}
