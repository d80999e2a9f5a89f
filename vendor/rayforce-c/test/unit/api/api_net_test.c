/* The public functions of net.h, together: a server of a runtime, and clients. */
#include "net/nt.h"

typedef struct served {
    ray_server *s;
    pthread_t thread;
    int result;
} served;

static void *run(void *arg) {
    served *s = arg;
    s->result = ray_server_run(s->s, -1);
    return NULL;
}

static void serve(served *s, ray_rt *rt) {
    ray_server_opts o;
    ray_server_opts_init(&o);
    o.port = 0;
    s->s = ray_server_new(rt, &o);
    UT_CHECK(s->s && ray_server_port(s->s) > 0);
    UT_CHECK(pthread_create(&s->thread, NULL, run, s) == 0);
}

static void stop(served *s) {
    ray_server_stop(s->s);
    pthread_join(s->thread, NULL);
    UT_EQ_INT(s->result, 1);
    ray_server_free(s->s);
}

static ray_client *client_of(const served *s) {
    ray_client_opts o;
    ray_client_opts_init(&o);
    o.port = ray_server_port(s->s);
    ray_client *c = ray_client_new(&o);
    UT_CHECK(c);
    return c;
}

static void session(void) {
    ray_rt *rt = ray_rt_new(NULL);
    served s;
    serve(&s, rt);
    ray_client *c = client_of(&s);
    UT_EQ_STR(ray_client_dialect_get(c), "2.x");
    UT_CHECK(ray_client_is_connected(c) && ray_client_fd(c) >= 0);
    UT_EQ_INT(ray_server_clients(s.s), 1);
    nt_is_int(ray_client_eval(c, "(+ 1 2)", 7, 5), 3);
    ray_val *two = rv_i64_new(2), *args[] = {two, two};
    ray_val *plus = rv_sym_new(rv_sym_intern_z("+"), false), *text = rv_str_new("+", 1);
    nt_is_int(ray_client_call(c, plus, args, 2, 5), 4);
    nt_is_int(ray_client_apply(c, text, args, 2, 5), 4);
    rv_release(ray_client_set(c, "x", two, 5));
    nt_is_int(ray_client_request(c, two, 5), 2);
    ray_val *m[] = {ray_client_call_message(c, plus, args, 2), ray_client_apply_message(c, text, args, 2),
                    ray_client_set_message(c, "y", two)};
    UT_CHECK(m[0] && m[1] && m[2]);
    UT_EQ_INT(ray_client_send(c, m[2], 5), 0);
    int64_t t[2] = {ray_client_submit(c, m[0], true, 5), ray_client_submit(c, m[1], true, 5)};
    UT_EQ_INT(ray_client_flush(c, 5), 0);
    nt_is_int(ray_client_claim(c, t[1], 5), 4);
    ray_client_abandon(c, t[0]);
    nt_is_int(ray_client_eval(c, "y", 1, 5), 2);
    ray_client_compress_set(c, 10);
    static const char long_text[] = "(count \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\")";
    nt_is_int(ray_client_eval(c, long_text, strlen(long_text), 5), 42);
    ray_client_stats stats;
    ray_client_stats_into(c, &stats);
    UT_EQ_INT(stats.sent, 10);
    UT_EQ_INT(stats.received, 9);
    UT_CHECK(stats.sent_bytes > 0 && stats.received_bytes > 0);
    for (int i = 0; i < 3; i++) rv_release(m[i]);
    rv_release(plus);
    rv_release(text);
    rv_release(two);
    ray_client_close(c, 1);
    UT_CHECK(!ray_client_is_connected(c));
    ray_client_free(c);
    stop(&s);
    UT_EQ_INT(ray_rt_listening(rt), 0);
    UT_ERROR(ray_rt_run(rt, 0), RB_E_STATE);
    ray_rt_free(rt);
}

UT_CASE(setup) { session(); }
UT_CASE(a_session_leaves_nothing_behind) { session(); }

/* One thread serves, others evaluate in the same runtime and ask over the wire. */
typedef struct worker {
    ray_rt *rt;
    ray_client *c;
} worker;

static void *work(void *arg) {
    worker *w = arg;
    for (int i = 0; i < 200; i++) {
        ray_val *v = w->c ? ray_client_eval(w->c, "(sum (til 100))", 15, 30) : ray_eval(w->rt, "(sum (til 100))", 15, 30);
        nt_is_int(v, 4950);
    }
    return NULL;
}

UT_CASE(a_runtime_is_shared) {
    ray_rt *rt = ray_rt_new(NULL);
    served s;
    serve(&s, rt);
    ray_client *c = client_of(&s);
    worker w[4] = {{rt, NULL}, {rt, NULL}, {rt, c}, {rt, c}};
    pthread_t t[4];
    for (int i = 0; i < 4; i++) UT_CHECK(pthread_create(&t[i], NULL, work, &w[i]) == 0);
    for (int i = 0; i < 4; i++) pthread_join(t[i], NULL);
    ray_client_free(c);
    stop(&s);
    ray_rt_free(rt);
}

static int no(void *ctx) {
    (void)ctx;
    return 1;
}

UT_CASE(serving_can_be_interrupted) {
    ray_rt_opts o = {.poll = no};
    ray_rt *rt = ray_rt_new(&o);
    ray_server_opts so;
    ray_server_opts_init(&so);
    so.port = 0;
    ray_server *s = ray_server_new(rt, &so);
    UT_CHECK(s);
    UT_ERROR(ray_server_run(s, -1), RB_E_INTERRUPTED);
    ray_server_free(s);
    ray_rt_free(rt);
}

UT_MAIN(setup, a_session_leaves_nothing_behind, a_runtime_is_shared, serving_can_be_interrupted)
