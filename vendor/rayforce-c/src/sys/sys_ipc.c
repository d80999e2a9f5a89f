#include "../base/alloc.h"
#include "serve.h"
#include "sys.h"


#define HOST_MAX 255

/* The servers that code of one runtime opened: all on one loop, which rx_run runs. Under the runtime's lock. */
typedef struct servers {
    rn_loop *loop;
    ray_server **list;
    int count, cap;
} servers;

static void servers_free(ray_rt *rt, void *state) {
    servers *s = state;
    (void)rt;
    for (int i = 0; i < s->count; i++) rn_server_free(s->list[i]);
    rb_free(s->list, (size_t)s->cap * sizeof(ray_server *));
    rn_loop_free(s->loop);
    rb_free(s, sizeof *s);
}

static servers *servers_get(ray_rt *rt) {
    servers *s = rt->room[RB_RT_SYS];
    if (s) return s;
    s = rb_alloc_zero(sizeof *s);
    if (!s) return NULL;
    s->loop = rn_loop_new();
    if (!s->loop) {
        rb_free(s, sizeof *s);
        return NULL;
    }
    rt->room[RB_RT_SYS] = s;
    rt->room_free[RB_RT_SYS] = servers_free;
    return s;
}

static int room(servers *s) {
    if (s->count < s->cap) return 0;
    int cap = s->cap ? s->cap * 2 : 4;
    ray_server **more = rb_realloc(s->list, (size_t)s->cap * sizeof *more, (size_t)cap * sizeof *more);
    if (!more) return -1;
    s->list = more;
    s->cap = cap;
    return 0;
}

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
    ray_server_opts o;
    rn_server_opts_init(&o);
    o.port = port_of(args[0], host);
    if (host[0]) o.host = host;
    servers *s = o.port < 0 ? NULL : servers_get(rt);
    if (!s || room(s) < 0) return NULL;
    ray_val *number = rv_i64_new(s->count + 1);
    rn_handler h;
    rx_handler_into(rt, &h);
    ray_server *server = number ? rn_server_new(s->loop, &h, &o) : NULL;
    if (server) {
        s->list[s->count++] = server;
        return number;
    }
    rv_release(number);
    return NULL;
}

int rx_listening(ray_rt *rt) {
    pthread_mutex_lock(&rt->lock);
    servers *s = rt->room[RB_RT_SYS];
    int count = s ? s->count : 0;
    pthread_mutex_unlock(&rt->lock);
    return count;
}

int rx_run(ray_rt *rt, double seconds) {
    rn_handler h;
    rx_handler_into(rt, &h);
    rn_loop_run_opts o = {.seconds = seconds, .lock = &rt->lock, .poll = h.poll, .poll_ctx = rt};
    pthread_mutex_lock(&rt->lock);
    servers *s = rt->room[RB_RT_SYS];
    int r = s && s->count ? rn_loop_run(s->loop, &o)
                          : rb_fail(RB_E_STATE, "nothing to serve: no server was opened with (listen PORT)");
    pthread_mutex_unlock(&rt->lock);
    return r;
}
