#include "codec.h"

#include "../base/alloc.h"
#include "../wire/wire.h"

#include <stdio.h>

struct ray_codec {
    char peer[160];
    const rw_dialect *dialect; /* null: the greeting is under way */
    bool logged_in;            /* credentials are on their way */
    rw_hello hello;
    rw_reader *reader;
    rw_out *out;
    ray_val *refusal; /* the answer to a server that asks */
    rw_send_opts send;
    _Atomic bool forms; /* the server reads those of our own: it has said so to the thread that reads */
};

/* As with the other client: a builtin in a reply is known by its name. */
static ray_val *name_builtin(void *ctx, int type, const char *name, size_t n) {
    (void)ctx;
    int32_t id = rv_sym_intern_remote(name, n);
    return id < 0 ? NULL : rv_builtin_named(type, id);
}

/* What the greeting has to say goes out. */
static int say(ray_codec *c) {
    if (c->hello.send_len == 0) return 0;
    int r = rw_out_raw(c->out, c->hello.send, c->hello.send_len);
    explicit_bzero(c->hello.send, sizeof c->hello.send);
    c->hello.send_len = 0;
    return r;
}

static int build(ray_codec *c, const ray_codec_opts *o) {
    rw_reader_opts reading = {.size_max = o->message_max, .remote_names = true, .names = {name_builtin, NULL}};
    c->refusal = rv_error_new("access", "a client evaluates nothing for its server");
    c->out = rw_out_new();
    c->reader = rw_reader_new(&reading);
    if (!c->refusal || !c->out || !c->reader) return -1;
    RB_TRY(rw_hello_client(&c->hello, o->user, o->password), -1);
    return say(c);
}

ray_codec *rn_codec_new(const ray_codec_opts *o) {
    ray_codec *c = rb_alloc_zero(sizeof *c);
    if (!c) return NULL;
    snprintf(c->peer, sizeof c->peer, "%.140s", o->peer ? o->peer : "the server");
    c->send.compress_over = o->compress_over;
    c->send.ours = true;
    if (build(c, o) == 0) return c;
    rn_codec_free(c);
    return NULL;
}

void rn_codec_free(ray_codec *c) {
    if (!c) return;
    explicit_bzero(&c->hello, sizeof c->hello);
    rv_release(c->refusal);
    rw_out_free(c->out);
    rw_reader_free(c->reader);
    rb_free(c, sizeof *c);
}

const char *rn_codec_dialect(const ray_codec *c) { return c->dialect ? rw_dialect_name(c->dialect) : NULL; }

void rn_codec_compress_set(ray_codec *c, int64_t over) { c->send.compress_over = over; }

/* ---- bytes in, messages out ---------------------------------------------------------------------------------- */

int rn_codec_room(ray_codec *c, ray_piece *out) {
    struct iovec room[2];
    RB_TRY(rw_reader_room(c->reader, room), -1);
    *out = (ray_piece){.data = room[0].iov_base, .n = room[0].iov_len};
    return 0;
}

int rn_codec_filled(ray_codec *c, size_t n) { return rw_reader_filled(c->reader, n); }

static int greet(ray_codec *c) {
    rb_cursor at = rw_reader_peek(c->reader);
    const uint8_t *start = at.p;
    if (at.p == at.end) return 0;
    enum rw_hello_state state = rw_hello_feed(&c->hello, &at);
    rw_reader_skip(c->reader, (size_t)(at.p - start));
    if (c->hello.send_len) c->logged_in = true;
    if (state == RW_HELLO_REFUSED)
        return rb_fail(RB_E_CONN_AUTH, "%s: the server refused the user or the password", c->peer);
    if (state == RW_HELLO_BAD)
        return rb_fail(RB_E_CONN_VERSION, "%s: the server greets in a protocol that is not known here", c->peer);
    RB_TRY(say(c), -1);
    if (state == RW_HELLO_MORE) return 0;
    c->dialect = c->hello.dialect;
    rw_reader_dialect_set(c->reader, c->dialect);
    return RAY_CODEC_GREETED;
}

/* Lack of memory is ours, everything else is a peer that makes no sense. */
static int unreadable(ray_codec *c, const rb_error *e) {
    if (e->code == RB_E_OOM) {
        rb_error_restore(e);
        return 0;
    }
    return rb_fail(RB_E_PROTOCOL, "%s: the reply is not readable: %.180s", c->peer, e->text);
}

int rn_codec_next(ray_codec *c, ray_val **value) {
    *value = NULL;
    if (!c->dialect) return greet(c);
    rw_msg m;
    int r = rw_reader_next(c->reader, &m);
    if (r <= 0) return r;
    *value = m.value;
    if (m.forms) atomic_store_explicit(&c->forms, true, memory_order_relaxed);
    if (!m.ok) (void)unreadable(c, &m.error);
    return m.kind == RW_REPLY ? RAY_CODEC_REPLY : m.kind == RW_SYNC ? RAY_CODEC_ASKED : RAY_CODEC_PUSH;
}

int rn_codec_refuse(ray_codec *c) { return rw_out_frame(c->out, c->dialect, RW_REPLY, c->refusal, NULL); }

int rn_codec_ended(ray_codec *c) {
    if (c->dialect) return rb_fail(RB_E_CONN_LOST, "%s: the server ended the connection", c->peer);
    if (c->logged_in) return rb_fail(RB_E_CONN_AUTH, "%s: the server ended the connection during the login", c->peer);
    return rb_fail(RB_E_CONN_VERSION,
                   "%s: the connection was ended without a greeting; the server speaks another protocol or takes no "
                   "more clients",
                   c->peer);
}

void rn_codec_progress(const ray_codec *c, int64_t *received, int64_t *total) {
    rw_reader_progress(c->reader, received, total);
}

/* ---- messages in, bytes out ---------------------------------------------------------------------------------- */

static int check_greeted(const ray_codec *c) {
    return c->dialect ? 0 : rb_fail(RB_E_STATE, "%s: the greeting is not over", c->peer);
}

int rn_codec_put(ray_codec *c, ray_val *message, bool answered) {
    RB_TRY(check_greeted(c), -1);
    c->send.texts = answered;
    c->send.forms = atomic_load_explicit(&c->forms, memory_order_relaxed);
    return rw_out_frame(c->out, c->dialect, answered ? RW_SYNC : RW_ASYNC, message, &c->send);
}

int rn_codec_put_source(ray_codec *c, const char *source, size_t n) {
    RB_TRY(check_greeted(c), -1);
    c->send.texts = true;
    return rw_out_source(c->out, c->dialect, RW_SYNC, source, n, &c->send);
}

bool rn_codec_out(ray_codec *c, ray_piece *out) {
    struct iovec at;
    ray_val *hold;
    if (!rw_out_first(c->out, &at, &hold)) return false;
    *out = (ray_piece){.data = at.iov_base, .n = at.iov_len, .hold = hold ? rv_retain(hold) : NULL};
    return true;
}

void rn_codec_written(ray_codec *c, size_t n) { rw_out_advance(c->out, n); }

ray_val *rn_codec_call_message(ray_codec *c, ray_val *fn, ray_val *const *args, int n) {
    RB_TRY(check_greeted(c), NULL);
    return rw_request_call(c->dialect, fn, args, n);
}

ray_val *rn_codec_apply_message(ray_codec *c, ray_val *source, ray_val *const *args, int n, bool *needs_function) {
    *needs_function = false;
    RB_TRY(check_greeted(c), NULL);
    return rw_request_apply(c->dialect, source, args, n, needs_function);
}

ray_val *rn_codec_set_message(ray_codec *c, const char *name, ray_val *v) {
    RB_TRY(check_greeted(c), NULL);
    int32_t id = rv_sym_intern_z(name);
    return id < 0 ? NULL : rw_request_set(c->dialect, id, v);
}
