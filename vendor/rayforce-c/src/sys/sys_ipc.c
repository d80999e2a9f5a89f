/* Connections as the language sees them: integers, whichever side opened them. */
#include "outside.h"
#include "sys.h"

#define HOST_MAX 255
#define TIMEOUT_S 5.0
#define ASK_S 5.0 /* for a client to answer a question: the others wait meanwhile */

/* ---- addresses ---------------------------------------------------------------------------------------------------- */

/* host:port[:user[:password]] with zeros in place of the colons; a host with colons stands in brackets. */
typedef struct address {
    char *host, *user, *password;
    int port;
} address;

static char *cut_at(char *p, char c) {
    char *at = strchr(p, c);
    if (at) *at++ = 0;
    return at;
}

static int port_of(const char *text) {
    int64_t port = 0;
    size_t n = strlen(text);
    for (size_t i = 0; i < n && i < 6; i++) port = text[i] >= '0' && text[i] <= '9' ? port * 10 + (text[i] - '0') : 1 << 20;
    if (n && n < 6 && port >= 1 && port <= 65535) return (int)port;
    return rb_fail(RB_E_DOMAIN, ".ipc.open: a port is a number from 1 to 65535, not \"%.100s\"", text);
}

static int address_of(char *text, address *a) {
    char *rest;
    a->host = text;
    if (*text == '[' && (rest = strchr(text, ']'))) {
        a->host++;
        *rest++ = 0;
        rest = *rest == ':' ? rest + 1 : NULL;
    } else {
        rest = cut_at(text, ':');
    }
    if (!rest) return rb_fail(RB_E_DOMAIN, ".ipc.open: expected \"host:port\" or \"host:port:user:password\", got no port");
    if (strlen(a->host) > HOST_MAX) return rb_fail(RB_E_DOMAIN, ".ipc.open: a host name has at most %d bytes", HOST_MAX);
    a->user = cut_at(rest, ':');
    a->password = a->user ? cut_at(a->user, ':') : NULL;
    a->port = port_of(rest);
    return a->port < 0 ? -1 : 0;
}

/* ---- options ------------------------------------------------------------------------------------------------------- */

/* Milliseconds or bytes; `null` for a null. */
static int number_of(const char *name, const ray_val *v, int64_t null, int64_t *out) {
    if (v->type != -RY_I64 && v->type != -RY_I32)
        return rb_fail(RB_E_TYPE, ".ipc.open: %s: expected an integer, got %s", name, ry_name(v->type));
    if (rv_is_null(v)) {
        *out = null;
        return 0;
    }
    *out = v->type == -RY_I64 ? v->u.i64 : v->u.i32;
    return *out >= 0 ? 0 : rb_fail(RB_E_DOMAIN, ".ipc.open: %s cannot be negative, got %lld", name, (long long)*out);
}

static int timeout_set(ray_client_opts *o, const ray_val *v) {
    int64_t ms;
    RB_TRY(number_of("timeout", v, 0, &ms), -1);
    o->connect_timeout = ms ? (double)ms / 1000 : TIMEOUT_S;
    return 0;
}

static int option_set(ray_client_opts *o, const char *name, const ray_val *v) {
    int64_t x;
    if (strcmp(name, "timeout") == 0) return timeout_set(o, v);
    if (strcmp(name, "compress") == 0) return number_of(name, v, -1, &o->compress_over);
    if (strcmp(name, "keepalive") != 0)
        return rb_fail(RB_E_DOMAIN, ".ipc.open: the options are timeout, compress and keepalive, not %.100s", name);
    RB_TRY(number_of(name, v, -1, &x), -1);
    o->keepalive = x < 0 ? -1 : (double)x / 1000;
    return 0;
}

static int options_set(ray_client_opts *o, const ray_val *v) {
    if (v->type != RY_DICT) return timeout_set(o, v);
    const ray_val *keys = v->u.pair.keys;
    if (v->len && keys->type != RY_SYM)
        return rb_fail(RB_E_TYPE, ".ipc.open: the names of options are symbols, not %s", ry_name(keys->type));
    for (int64_t i = 0; i < rv_count(v); i++) {
        ray_val *x = rv_dict_at(v, i);
        int r = x ? option_set(o, rv_sym_z(RV_DATA(int32_t, keys)[i]), x) : -1;
        rv_release(x);
        RB_TRY(r, -1);
    }
    return 0;
}

/* ---- opening -------------------------------------------------------------------------------------------------------- */

/* What connecting can meet, in the classes of the language. */
static void reclass(void) {
    rb_error e;
    rb_error_copy_into(&e);
    if (e.code == RB_E_CONN_AUTH) rb_fail(RB_E_ACCESS, "%s", e.text);
    else if (e.code >= RB_E_CONN_REFUSED && e.code <= RB_E_PROTOCOL) rb_fail(RB_E_IO, "%s", e.text);
}

static ray_val *open_text(ray_rt *rt, char *text, ray_client_opts *opts) {
    address a;
    RB_TRY(address_of(text, &a), NULL);
    opts->host = a.host;
    opts->port = a.port;
    opts->user = a.user;
    opts->password = a.password;
    rx_outside *o = rx_outside_get(rt);
    int64_t h = o ? rx_link_open(o, opts) : 0;
    if (h) return rv_i64_new(h);
    reclass();
    return NULL;
}

ray_val *rx_ipc_open(ray_rt *rt, ray_val *const *args, int n) {
    if (n < 1 || n > 2) return rb_fail_null(RB_E_RANK, ".ipc.open: expected an address and maybe options, got %d arguments", n);
    ray_client_opts opts;
    rn_client_opts_init(&opts);
    opts.connect_timeout = TIMEOUT_S;
    rb_bytes text = RB_BYTES_EMPTY;
    ray_val *h = NULL;
    if (rx_zero_ended(".ipc.open", args[0], &text) == 0 && (n < 2 || options_set(&opts, args[1]) == 0))
        h = open_text(rt, (char *)text.p, &opts);
    rb_bytes_free(&text);
    return h;
}

/* ---- handles -------------------------------------------------------------------------------------------------------- */

static int handle_of(const char *verb, const ray_val *v, int64_t *out) {
    if (v->type == -RY_I64) *out = v->u.i64;
    else if (v->type == -RY_I32) *out = v->u.i32;
    else return rb_fail(RB_E_TYPE, "%s: a handle is an I64 or I32, got %s", verb, ry_name(v->type));
    return 0;
}

static rx_end end_of(ray_rt *rt, int64_t h) {
    const rx_outside *o = rx_outside_of(rt);
    return o ? rx_end_get(o, h) : (rx_end){0};
}

static int not_open(const char *verb, int64_t h) {
    return rb_fail(RB_E_IO, "%s: no connection has the handle %lld", verb, (long long)h);
}

static int pair_check(const char *verb, int n) {
    return n == 2 ? 0 : rb_fail(RB_E_RANK, "%s: expected a handle and a message, got %d arguments", verb, n);
}

static int poll_rt(void *ctx) { return rb_rt_check(ctx) < 0; }

/* A client that does not answer is cut off: its answer would be taken for the one to the next question. */
static ray_val *ask_client(ray_rt *rt, const rx_server *x, int64_t h, ray_val *v) {
    rn_wait w;
    rn_wait_start(&w, ASK_S, poll_rt, rt);
    ray_val *reply = rn_server_ask(x->s, h, v, &w);
    if (reply) return reply;
    if (rb_error_code() == RB_E_INTERRUPTED && rb_rt_check(rt) < 0) return NULL;
    rb_error e;
    rb_error_copy_into(&e);
    if (e.code == RB_E_REPLY_TIMEOUT || e.code == RB_E_NOOPEN) rb_fail(RB_E_IO, "%s", e.text);
    return NULL;
}

/* A symbol that is sent means itself, wherever it came from. */
static ray_val *sendable(ray_val *v) { return v->type == -RY_SYM ? rv_sym_new(v->u.sym, true) : rv_retain(v); }

/* An error that the other side met is ours now. */
static ray_val *unwrap_take(ray_val *reply) {
    if (!reply || !rv_is_error(reply)) return reply;
    const char *cls = reply->u.error.cls;
    const ray_val *text = reply->u.error.text;
    int code = rb_error_code_of(cls, strlen(cls));
    rb_fail(code ? code : RB_E_USER, "the peer: %.*s", text ? (int)text->len : (int)strlen(cls), text ? (const char *)text->data : cls);
    rv_release(reply);
    return NULL;
}

ray_val *rx_ipc_send(ray_rt *rt, ray_val *const *args, int n) {
    int64_t h;
    RB_TRY(pair_check(".ipc.send", n), NULL);
    RB_TRY(handle_of(".ipc.send", args[0], &h), NULL);
    rx_end e = end_of(rt, h);
    if (!e.link && !e.server) {
        not_open(".ipc.send", h);
        return NULL;
    }
    ray_val *v = sendable(args[1]), *reply = NULL;
    if (v) reply = e.link ? rx_link_ask(e.link, v) : ask_client(rt, e.server, h, v);
    rv_release(v);
    return unwrap_take(reply);
}

ray_val *rx_ipc_post(ray_rt *rt, ray_val *const *args, int n) {
    int64_t h;
    RB_TRY(pair_check(".ipc.post", n), NULL);
    RB_TRY(handle_of(".ipc.post", args[0], &h), NULL);
    rx_end e = end_of(rt, h);
    if (!e.link && !e.server) {
        not_open(".ipc.post", h);
        return NULL;
    }
    ray_val *v = sendable(args[1]);
    int r = v ? 0 : -1;
    if (v) r = e.link ? rx_link_post(e.link, v) : rn_server_post(e.server->s, h, v);
    rv_release(v);
    if (r < 0 && rb_error_code() == RB_E_NOOPEN) not_open(".ipc.post", h);
    return r < 0 ? NULL : rv_null_get();
}

ray_val *rx_ipc_close(ray_rt *rt, ray_val *const *args, int n) {
    int64_t h;
    (void)n;
    RB_TRY(handle_of(".ipc.close", args[0], &h), NULL);
    rx_end e = end_of(rt, h);
    if (e.link) rx_link_end(e.link);
    if (e.server && rn_server_end(e.server->s, h) < 0 && rb_error_code() != RB_E_NOOPEN) return NULL;
    return rv_null_get();
}

/* ---- what is known of them ------------------------------------------------------------------------------------------- */

static ray_val *describe(const rx_end *e, int64_t h) {
    static const char *const keys[] = {"handle", "inbound", "limit_bytes", "limit_frames", "queued_bytes", "queued_frames",
                                       "hwm_bytes"};
    rn_client_info c = {.handle = h};
    if (e->server) {
        RB_TRY(rn_server_client(e->server->s, h, &c), NULL);
    } else {
        c.limit_bytes = e->link->out->limit_bytes;
        c.queued_bytes = rn_client_unsent(e->link->c);
    }
    return rx_dict_take(7, keys, (ray_val *[]){rv_i64_new(h), rv_b8_new(e->server), rv_i64_new(c.limit_bytes),
                                               rv_i64_new(c.limit_frames), rv_i64_new(c.queued_bytes),
                                               rv_i64_new(c.queued_frames), rv_i64_new(c.hwm_bytes)});
}

/* Whatever is no open connection stands for the one that is served. */
ray_val *rx_ipc_handle(ray_rt *rt, ray_val *const *args, int n) {
    const rx_outside *o = rx_outside_of(rt);
    if (n == 1 && (args[0]->type == -RY_I64 || args[0]->type == -RY_I32)) {
        int64_t h = args[0]->type == -RY_I64 ? args[0]->u.i64 : args[0]->u.i32;
        rx_end e = end_of(rt, h);
        if (e.link || e.server) return describe(&e, h);
    }
    return rv_i64_new(o ? o->current : -1);
}

/* ---- limits ------------------------------------------------------------------------------------------------------------ */

#define LIMIT_MIN 4096 /* bytes: room for a small message */

static int whole(const ray_val *v, int64_t *out) {
    if (v->type == -RY_I64) *out = v->u.i64;
    else if (v->type == -RY_I32) *out = v->u.i32;
    else return rb_fail(RB_E_TYPE, ".ipc.txlimit: expected integers, got %s", ry_name(v->type));
    return 0;
}

static ray_val *limits(int64_t bytes, int64_t frames) {
    static const char *const keys[] = {"bytes", "frames"};
    return rx_dict_take(2, keys, (ray_val *[]){rv_i64_new(bytes), rv_i64_new(frames)});
}

static int limits_set(rx_outside *o, int64_t h, int64_t bytes, int64_t frames) {
    if (bytes < LIMIT_MIN || frames < 0)
        return rb_fail(RB_E_DOMAIN, ".ipc.txlimit: expected at least %d bytes and 0 frames or more, got %lld and %lld", LIMIT_MIN,
                       (long long)bytes, (long long)frames);
    if (h) {
        rx_end e = rx_end_get(o, h);
        if (e.server && rn_server_limits_set(e.server->s, h, bytes, frames) == 0) return 0;
        return rb_fail(RB_E_DOMAIN, ".ipc.txlimit: no client has the handle %lld", (long long)h);
    }
    o->limit_bytes = bytes;
    o->limit_frames = frames;
    for (const rx_server *x = o->servers; x; x = x->next) RB_TRY(rn_server_limits_set(x->s, 0, bytes, frames), -1);
    return 0;
}

ray_val *rx_ipc_limit(ray_rt *rt, ray_val *const *args, int n) {
    int64_t x[3] = {0};
    if (n > 3) return rb_fail_null(RB_E_RANK, ".ipc.txlimit: expected ([handle] bytes frames), got %d arguments", n);
    for (int i = 0; i < n; i++) RB_TRY(whole(args[i], &x[i]), NULL);
    rx_outside *o = rx_outside_get(rt);
    if (!o) return NULL;
    if (n == 0) return limits(o->limit_bytes, o->limit_frames);
    int64_t h = n == 3 ? x[0] : 0, bytes = x[n == 3], frames = n == 1 ? o->limit_frames : x[n - 1];
    if (n == 3 && h < 1) return rb_fail_null(RB_E_DOMAIN, ".ipc.txlimit: no client has the handle %lld", (long long)h);
    return limits_set(o, h, bytes, frames) < 0 ? NULL : limits(bytes, frames);
}
