/* What the tests of served runtimes share: a runtime with a server that a thread runs, and clients. */
#ifndef XT_H
#define XT_H

#include "net/nt.h"
#include "value/value.h"

#include <rayforce/net.h>

typedef struct xt {
    ray_rt *rt;
    ray_server *s;
    pthread_t thread;
    int result;
} xt;

static inline ray_val *xt_eval(ray_rt *rt, const char *source) { return ray_eval(rt, source, strlen(source), -1); }

/* What the console shows, or "!class". */
static inline rb_bytes xt_text(const ray_val *v) {
    rb_bytes b = RB_BYTES_EMPTY;
    int r;
    if (!v) r = rb_bytes_printf(&b, "!%s", rb_error_class(rb_error_code()));
    else if (rv_is_error(v)) r = rb_bytes_printf(&b, "!%s", v->u.error.cls);
    else r = rv_format(&b, v, RV_REPL);
    UT_CHECK(r == 0 && rb_bytes_put(&b, "", 1) == 0);
    return b;
}

static inline void xt_is_take(const char *source, ray_val *v, const char *text) {
    rb_bytes b = xt_text(v);
    if (strcmp((const char *)b.p, text) != 0)
        UT_FAIL("%s gives %s (%s), expected %s", source, (const char *)b.p, rb_error_get()->text, text);
    rb_bytes_free(&b);
    rv_release(v);
}

/* In the runtime, by whoever embeds it; and by a client. */
#define xt_say(rt, source, text) xt_is_take(source, xt_eval(rt, source), text)
#define xt_ask(c, source, text) xt_is_take(source, nt_eval(c, source, 10), text)

static inline void *xt_run(void *arg) {
    xt *x = arg;
    x->result = ray_server_run(x->s, -1);
    return NULL;
}

static inline void xt_start_opts(xt *x, ray_rt *rt, const ray_server_opts *o) {
    *x = (xt){.rt = rt, .s = ray_server_new(rt, o)};
    UT_CHECK(x->s);
    UT_CHECK(pthread_create(&x->thread, NULL, xt_run, x) == 0);
}

static inline void xt_opts(ray_server_opts *o) {
    ray_server_opts_init(o);
    o->port = 0;
}

static inline void xt_start(xt *x) {
    static const ray_rt_opts one = {.threads = 1};
    ray_server_opts o;
    xt_opts(&o);
    ray_rt *rt = ray_rt_new(&one);
    UT_CHECK(rt);
    xt_start_opts(x, rt, &o);
}

/* The thread ends, the server stays. */
static inline void xt_halt(xt *x) {
    ray_server_stop(x->s);
    pthread_join(x->thread, NULL);
    UT_EQ_INT(x->result, 1);
}

static inline void xt_stop(xt *x) {
    xt_halt(x);
    ray_server_free(x->s);
}

static inline void xt_end(xt *x) {
    xt_stop(x);
    ray_rt_free(x->rt);
}

static inline ray_client *xt_client(const xt *x) { return nt_client(ray_server_port(x->s)); }

/* Sources with a port in them. */
#define xt_port(buf, source, x) (snprintf(buf, sizeof(buf), source, ray_server_port((x)->s)), buf)

#endif
