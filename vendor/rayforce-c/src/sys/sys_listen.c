#include "outside.h"
#include "sys.h"

#define HOST_MAX 255

/* ---- the argument -------------------------------------------------------------------------------------------------- */

static int port_in_range(int64_t port) {
    if (port >= 1 && port <= 65535) return (int)port;
    return rb_fail(RB_E_DOMAIN, "listen: a port is a number from 1 to 65535, not %lld", (long long)port);
}

static int no_address(const ray_val *v) {
    return rb_fail(RB_E_TYPE, "listen: expected a port number or \"HOST:PORT\", got a %s", ry_name(v->type));
}

/* "HOST:PORT"; the host goes to `host`. The last colon counts, and an address with colons may stand in brackets. */
static int port_of_text(const ray_val *v, char host[HOST_MAX + 1]) {
    size_t n;
    const char *text = rv_str_get(v, &n);
    size_t at = n;
    while (at && text[at - 1] != ':') at--;
    size_t digits = n - at;
    if (at) at--;
    if (!at || !digits || digits > 5 || at > HOST_MAX || memchr(text, 0, n)) return no_address(v);
    bool brackets = text[0] == '[' && text[at - 1] == ']';
    memcpy(host, text + brackets, at - 2 * brackets);
    host[at - 2 * brackets] = 0;
    int64_t port = 0;
    for (size_t i = at + 1; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return no_address(v);
        port = port * 10 + (text[i] - '0');
    }
    return port_in_range(port);
}

static int port_of(const ray_val *v, char host[HOST_MAX + 1]) {
    host[0] = 0;
    switch (v->type) {
    case -RY_I64: return port_in_range(v->u.i64);
    case -RY_I32: return port_in_range(v->u.i32);
    case -RY_I16: return port_in_range(v->u.i16);
    case -RY_STR: return port_of_text(v, host);
    default: return no_address(v);
    }
}

/* ---- the verb, and serving ------------------------------------------------------------------------------------------ */

ray_val *rx_listen(ray_rt *rt, ray_val *const *args, int n) {
    char host[HOST_MAX + 1];
    (void)n;
    ray_server_opts opts;
    rn_server_opts_init(&opts);
    opts.port = port_of(args[0], host);
    if (host[0]) opts.host = host;
    rx_outside *o = opts.port < 0 ? NULL : rx_outside_get(rt);
    if (!o) return NULL;
    if (!o->loop && !(o->loop = rn_loop_new())) return NULL;
    ray_val *number = rv_i64_new(o->listening + 1);
    if (number && rx_server_new(rt, o->loop, &opts)) {
        o->listening++;
        o->reason = RX_FOR_SERVERS;
        return number;
    }
    rv_release(number);
    return NULL;
}

int rx_listening(ray_rt *rt) {
    pthread_mutex_lock(&rt->lock);
    const rx_outside *o = rx_outside_of(rt);
    int count = o ? o->listening + (int)o->timers.count : 0;
    pthread_mutex_unlock(&rt->lock);
    return count;
}

/* With the lock. */
static int run_outside(rx_outside *o, const rn_loop_run_opts *opts) {
    bool is_free = o && (!o->home || o->home == o->loop); /* no server of an embedder looks after the rest */
    if (!o || (!o->listening && !(is_free && (o->timers.count || o->links))))
        return rb_fail(RB_E_STATE, "nothing to serve: no server was opened with (listen PORT), and there are no timers");
    if (!o->loop && !(o->loop = rn_loop_new())) return -1;
    o->reason = o->listening ? RX_FOR_SERVERS : o->timers.count ? RX_FOR_TIMERS : RX_FOR_LINKS;
    if (!o->home) rx_home_take(o, o->loop);
    int r = rn_loop_run(o->loop, opts);
    o->reason = RX_FOR_SERVERS;
    if (!o->listening) { /* a server that comes later takes over */
        rx_home_leave(o, o->loop);
        rx_home_choose(o);
    }
    return r;
}

int rx_run(ray_rt *rt, double seconds) {
    rn_loop_run_opts opts = {.seconds = seconds, .lock = &rt->lock, .poll = rt->poll, .poll_ctx = rt->poll_ctx};
    pthread_mutex_lock(&rt->lock);
    int r = run_outside(rx_outside_of(rt), &opts);
    pthread_mutex_unlock(&rt->lock);
    return r;
}
