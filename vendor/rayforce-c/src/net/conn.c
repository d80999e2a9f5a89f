#include "conn.h"

#include "../base/alloc.h"
#include "passing.h"

int rn_conn_init(rn_conn *c, const rn_conn_opts *o) {
    rw_reader_opts reading = {.size_max = o->message_max, .remote_names = true, .names = o->names};
    *c = (rn_conn){.backlog_max = o->backlog_max, .frames_max = o->frames_max,
                   .send = {.compress_over = o->compress_over, .size_max = INT64_MAX}};
    c->hello = rb_alloc(sizeof *c->hello);
    c->reader = rw_reader_new(&reading);
    c->out = rw_out_new();
    if (!c->hello || !c->reader || !c->out) {
        rn_conn_clear(c);
        return -1;
    }
    rw_hello_server(c->hello, o->auth, o->auth_ctx);
    if (o->memory) rw_hello_offer(c->hello, RW_CAN_FORMS | RW_CAN_MEMORY);
    return 0;
}

static void greeting_over(rn_conn *c) {
    rb_free(c->hello, sizeof *c->hello);
    c->hello = NULL;
}

void rn_conn_clear(rn_conn *c) {
    greeting_over(c);
    rw_reader_free(c->reader);
    rw_out_free(c->out);
    rn_frames_clear(&c->frames);
    c->reader = NULL;
    c->out = NULL;
    c->state = RN_ENDED;
}

/* ---- bytes in ------------------------------------------------------------------------------------------------ */

RB_OFTEN int rn_conn_room(rn_conn *c, struct iovec iov[2]) {
    if (c->state > RN_OPEN) return 0;
    int n = rw_reader_room(c->reader, iov);
    if (n > 0) return n;
    c->state = RN_ENDED;
    return 0;
}

static void end_when_written(rn_conn *c) { c->state = rw_out_pending(c->out) ? RN_ENDING : RN_ENDED; }

/* Its client reads the forms of our own, and hears nothing compressed: that costs more than a network of 1 Gbit/s saves. */
static void is_ours(rn_conn *c) {
    c->send.ours = c->send.forms = true;
    c->send.compress_over = -1;
}

static void greet(rn_conn *c) {
    rb_cursor in = rw_reader_peek(c->reader);
    const uint8_t *start = in.p;
    enum rw_hello_state state = rw_hello_feed(c->hello, &in);
    rw_reader_skip(c->reader, (size_t)(in.p - start));
    if (c->hello->send_len && rw_out_raw(c->out, c->hello->send, c->hello->send_len) < 0) {
        c->state = RN_ENDED;
        return;
    }
    c->hello->send_len = 0;
    if (state == RW_HELLO_MORE) return;
    if (state == RW_HELLO_DONE) {
        c->dialect = c->hello->dialect;
        if (c->hello->can & RW_CAN_FORMS) is_ours(c);
        c->send.memory = c->hello->can & RW_CAN_MEMORY;
        rw_reader_dialect_set(c->reader, c->dialect);
        c->state = RN_OPEN;
    } else {
        end_when_written(c);
    }
    greeting_over(c);
}

RB_OFTEN void rn_conn_filled(rn_conn *c, size_t n) {
    if (rw_reader_filled(c->reader, n) < 0) c->state = RN_ENDED;
    else if (c->state == RN_GREETING) greet(c);
}

void rn_conn_peer_ended(rn_conn *c) {
    if (c->state == RN_GREETING) c->state = RN_ENDED;
    else if (c->state == RN_OPEN) end_when_written(c);
}

RB_OFTEN bool rn_conn_next(rn_conn *c, rw_msg *m) {
    if (c->state != RN_OPEN) return false;
    int r = rw_reader_next(c->reader, m);
    if (r < 0) c->state = RN_ENDED;
    if (r > 0 && m->forms) is_ours(c);
    if (r > 0 && m->memory) c->send.takes_memory = c->send.memory;
    return r > 0;
}

/* ---- bytes out ----------------------------------------------------------------------------------------------- */

/* What a peer hears instead of a result that has no form in its dialect: the class that the real server uses. */
static ray_val *unsayable(void) {
    rb_error *e = rb_error_get();
    return e->code == RB_E_CANNOT_SAY ? rv_error_new(rb_error_class(RB_E_TYPE), e->text) : rv_error_from_slot();
}

static int room_check(rn_conn *c, bool is_push) {
    if (c->state == RN_GREETING || c->state == RN_ENDED) return rb_fail(RB_E_NOOPEN, "the connection is not open");
    bool full = (int64_t)rw_out_pending(c->out) > c->backlog_max;
    if (!full && !(is_push && c->frames_max && c->frames.count >= c->frames_max)) return 0;
    c->state = RN_ENDED;
    return full ? rb_fail(RB_E_LIMIT, "the peer has left more than %lld bytes unread", (long long)c->backlog_max)
                : rb_fail(RB_E_LIMIT, "the peer has left %lld messages unread", (long long)c->frames_max);
}

/* What is queued cannot be taken back: a frame that cannot be counted is lost with its connection. */
static int count(rn_conn *c, int r) {
    if (r == 0 && rn_frames_add(&c->frames, rw_out_pending(c->out)) < 0) {
        c->state = RN_ENDED;
        return -1;
    }
    return r;
}

int rn_conn_put(rn_conn *c, int kind, const ray_val *v) {
    RB_TRY(room_check(c, kind == RW_ASYNC), -1);
    return count(c, rw_out_frame(c->out, c->dialect, kind, v, &c->send));
}

int rn_conn_put_encoded(rn_conn *c, const ray_val *frame) {
    RB_TRY(room_check(c, true), -1);
    return count(c, rw_out_shared(c->out, frame));
}

RB_OFTEN int rn_conn_put_reply(rn_conn *c, const ray_val *v, bool texts) {
    RB_TRY(room_check(c, false), -1);
    c->send.texts = texts;
    int r = rw_out_frame(c->out, c->dialect, RW_REPLY, v, &c->send);
    if (r < 0) {
        ray_val *error = unsayable();
        r = error ? rw_out_frame(c->out, c->dialect, RW_REPLY, error, &c->send) : -1;
        rv_release(error);
    }
    c->send.texts = false;
    if (r < 0) c->state = RN_ENDED;
    return count(c, r);
}

RB_OFTEN size_t rn_conn_pending(const rn_conn *c) { return c->out ? rw_out_pending(c->out) : 0; }

int rn_conn_iov(const rn_conn *c, struct iovec *iov, int max) { return rw_out_iov(c->out, iov, max); }

RB_OFTEN void rn_conn_written(rn_conn *c, size_t n) {
    rw_out_advance(c->out, n);
    rn_frames_written(&c->frames, n);
    if (c->state == RN_ENDING && !rw_out_pending(c->out)) c->state = RN_ENDED;
}

RB_OFTEN ssize_t rn_conn_send(const rn_conn *c, int fd) { return rn_passing_send(fd, c->out, c->send.memory); }

/* To be ready for memory costs each receive more than a small request may, and without that it is lost. So a client gives
 * none before a frame has told it that this side is ready, which is after it has asked; and there is no way back. */
RB_OFTEN ssize_t rn_conn_recv(rn_conn *c, int fd, struct iovec *iov, int n) {
    return c->send.takes_memory ? rn_passing_recv(fd, iov, n, false, c->reader) : rn_sock_recv(fd, iov, n, false);
}
