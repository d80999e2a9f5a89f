/* Servers that code opens, and what a served runtime makes of messages (serve.c). */
#include "net/nt.h"
#include "sys/serve.h"
#include "sys/sys.h"

static int free_port(void) {
    int port;
    close(nt_listen(&port));
    return port;
}

static ray_val *eval(ray_rt *rt, const char *source) { return ray_eval(rt, source, strlen(source), -1); }

static int listen_in(ray_rt *rt) {
    for (int tries = 0;; tries++) { /* somebody else may take the port first */
        char source[64];
        int port = free_port();
        snprintf(source, sizeof source, "(listen %d)", port);
        ray_val *v = eval(rt, source);
        if (!v && tries < 5) continue;
        UT_CHECK(v && v->type == -RY_I64);
        rv_release(v);
        return port;
    }
}

typedef struct running {
    ray_rt *rt;
    pthread_t thread;
    _Atomic bool stop;
} running;

static void *run(void *arg) {
    running *r = arg;
    while (!r->stop) UT_EQ_INT(rx_run(r->rt, 0.02), 0);
    return NULL;
}

static void run_start(running *r, ray_rt *rt) {
    *r = (running){.rt = rt};
    UT_CHECK(pthread_create(&r->thread, NULL, run, r) == 0);
}

static void run_stop(running *r) {
    r->stop = true;
    pthread_join(r->thread, NULL);
}

UT_CASE(setup) {
    ray_rt *rt = ray_rt_new(NULL);
    UT_CHECK(rt);
    int port = listen_in(rt);
    running r;
    run_start(&r, rt);
    ray_client *c = nt_client(port);
    nt_is_int(nt_eval(c, "(do (set x 5) x)", 10), 5);
    rn_client_free(c);
    run_stop(&r);
    ray_rt_free(rt);
}

UT_CASE(arguments) {
    ray_rt *rt = ray_rt_new(NULL);
    UT_EQ_INT(rx_listening(rt), 0);
    UT_ERROR(rx_run(rt, 0), RB_E_STATE);
    static const struct {
        const char *source;
        int code;
    } bad[] = {
        {"(listen 0)", RB_E_DOMAIN},        {"(listen -1)", RB_E_DOMAIN},         {"(listen 65536)", RB_E_DOMAIN},
        {"(listen 1.5)", RB_E_TYPE},        {"(listen 'a)", RB_E_TYPE},           {"(listen \"a\")", RB_E_TYPE},
        {"(listen \":5000\")", RB_E_TYPE},  {"(listen \"127.0.0.1:\")", RB_E_TYPE}, {"(listen \"127.0.0.1:5x\")", RB_E_TYPE},
        {"(listen \"127.0.0.1:0\")", RB_E_DOMAIN}, {"(listen \"0.0.0.0:5000\")", RB_E_ACCESS}, {"(listen)", RB_E_ARITY},
    };
    for (size_t i = 0; i < RB_COUNT(bad); i++) UT_ERROR(eval(rt, bad[i].source), bad[i].code);
    UT_EQ_INT(rx_listening(rt), 0);
    int port = listen_in(rt);
    char source[64];
    snprintf(source, sizeof source, "(.sys.listen \"127.0.0.1:%d\")", port);
    UT_ERROR(eval(rt, source), RB_E_IO);
    UT_EQ_INT(rx_listening(rt), 1);
    UT_EQ_INT(rx_run(rt, 0), 0);
    ray_rt_free(rt);
}

UT_CASE(restricted) {
    ray_rt_opts o = {.restricted = true};
    ray_rt *rt = ray_rt_new(&o);
    UT_ERROR(eval(rt, "(listen 5000)"), RB_E_ACCESS);
    ray_rt_free(rt);
}

UT_CASE(messages) {
    ray_rt *rt = ray_rt_new(NULL);
    int port = listen_in(rt), other = listen_in(rt);
    UT_EQ_INT(rx_listening(rt), 2);
    running r;
    run_start(&r, rt);
    ray_client *c = nt_client(port), *d = nt_client(other);
    nt_is_int(nt_eval(c, "(+ 1 2)", 10), 3);
    ray_val *seven = rv_i64_new(7), *plus = rv_sym_new(rv_sym_intern_z("+"), false);
    ray_val *set = rn_client_set(c, "x", seven, 10);
    UT_CHECK(set && !rv_is_error(set));
    rv_release(set);
    nt_is_int(nt_eval(d, "x", 10), 7); /* one environment */
    nt_is_int(rn_client_call(d, plus, (ray_val *[]){seven, seven}, 2, 10), 14);
    ray_val *source = rv_str_new("(fn [a] (* a 2))", 16);
    nt_is_int(rn_client_apply(d, source, &seven, 1, 10), 14);
    ray_val *e = nt_eval(d, "nobody-knows-this", 10);
    UT_CHECK(e && rv_is_error(e));
    UT_EQ_STR(e->u.error.cls, "name");
    rv_release(e);
    /* the embedder evaluates meanwhile */
    nt_is_int(eval(rt, "(+ x 1)"), 8);
    rv_release(seven);
    rv_release(plus);
    rv_release(source);
    rn_client_free(c);
    rn_client_free(d);
    run_stop(&r);
    ray_rt_free(rt);
}

static void greet(int fd) {
    char back[2];
    nt_write(fd, "\3\0", 2);
    UT_CHECK(nt_read(fd, back, 2));
}

/* The pair of output and result that a verbose request is answered with. */
static ray_val *ask_verbose(int fd, const char *source, size_t damage) {
    ray_val *v = rv_str_new(source, strlen(source));
    rb_bytes f = nt_frame("2.x", RW_SYNC, v, true);
    if (damage) f.p[damage] = 0x50;
    nt_write(fd, f.p, f.len);
    rb_bytes_free(&f);
    rv_release(v);
    uint8_t head[16], body[512];
    int64_t size;
    UT_CHECK(nt_read(fd, head, 16));
    memcpy(&size, head + 8, 8);
    UT_CHECK(size <= (int64_t)sizeof body && nt_read(fd, body, (size_t)size));
    UT_EQ_INT(head[5], 0);
    UT_EQ_MEM(body, "\0\0\2\0\0\0\0\0\0\0\xf3\0", 12); /* a list of two, the first a text */
    size_t n = body[12], at = 20 + n;
    ray_val *pair[2] = {rv_str_new((char *)body + 20, n), rw_decode(rw_dialect_find("2.x"), body + at, (size_t)size - at, NULL, NULL)};
    UT_CHECK(pair[0] && pair[1]);
    return rv_list_of_take(2, pair);
}

UT_CASE(verbose) {
    ray_rt *rt = ray_rt_new(NULL);
    int port = listen_in(rt);
    running r;
    run_start(&r, rt);
    int fd = nt_connect(port);
    greet(fd);
    ray_val *v = ask_verbose(fd, "(do (println \"a\") 7)", 0);
    nt_is_text(rv_retain(rv_list_get(v, 0)), "a\n");
    nt_is_int(rv_retain(rv_list_get(v, 1)), 7);
    rv_release(v);
    v = ask_verbose(fd, "(do (println \"b\") nobody-knows-this)", 0);
    nt_is_text(rv_retain(rv_list_get(v, 0)), "b\n");
    UT_CHECK(rv_is_error(rv_list_get(v, 1)));
    rv_release(v);
    v = ask_verbose(fd, "7", 16); /* not readable */
    UT_CHECK(rv_is_error(rv_list_get(v, 1)));
    UT_EQ_STR(rv_list_get(v, 1)->u.error.cls, "domain");
    UT_EQ_INT(rv_list_get(v, 0)->len, 0);
    rv_release(v);
    close(fd);
    run_stop(&r);
    ray_rt_free(rt);
}

UT_MAIN(setup, arguments, restricted, messages, verbose)
