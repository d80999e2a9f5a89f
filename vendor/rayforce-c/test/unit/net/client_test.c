#include "nt.h"

static ray_client_stats stats_of(ray_client *c) {
    ray_client_stats s;
    rn_client_stats_into(c, &s);
    return s;
}

UT_CASE(calls_and_sets) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    ray_val *one = rv_i64_new(1), *fn = rv_sym_new(rv_sym_intern_z("f"), false), *source = rv_str_new("f", 1);
    ray_val *args[] = {one, one};
    ray_val *r = rn_client_call(c, fn, args, 2, 5);
    UT_CHECK(r && rv_is_list(r));
    UT_EQ_INT(r->len, 3);
    rv_release(r);
    r = rn_client_apply(c, source, args, 2, 5);
    UT_CHECK(r);
    rv_release(r);
    r = rn_client_set(c, "x", one, 5);
    UT_CHECK(r && rv_is_list(r));
    rv_release(r);
    rv_release(one);
    rv_release(fn);
    rv_release(source);
    rn_client_free(c);
    nt_stop(&n);
}

/* Symbols are made once for the process. */
UT_CASE(setup) { calls_and_sets(); }

UT_CASE(asks_and_answers) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    UT_EQ_STR(rn_client_dialect(c), "2.x");
    UT_CHECK(rn_client_is_connected(c) && rn_client_fd(c) >= 0);
    for (int i = 0; i < 100; i++) nt_is_text(nt_eval(c, "x", 1), "x");
    ray_val *v = rv_i64_new(42);
    nt_is_int(rn_client_request(c, v, -1), 42);
    UT_EQ_INT(rn_client_send(c, v, -1), 0);
    nt_is_text(nt_eval(c, "after", 5), "after");
    UT_EQ_INT(n.messages, 103);
    rv_release(v);
    ray_val *e = nt_eval(c, "fail", 5);
    UT_CHECK(e && rv_is_error(e));
    UT_EQ_STR(e->u.error.cls, "domain");
    rv_release(e);
    ray_client_stats s = stats_of(c);
    UT_EQ_INT(s.sent, 104);
    UT_EQ_INT(s.received, 103);
    UT_EQ_INT(s.owed, 0);
    rn_client_free(c);
    nt_stop(&n);
}

UT_CASE(big_values_go_both_ways) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    ray_val *v = rv_vec_new(RY_I64, 3000000);
    for (int64_t i = 0; i < v->len; i++) RV_DATA(int64_t, v)[i] = i * 7;
    ray_val *r = rn_client_request(c, v, 30);
    UT_CHECK(r && rv_equal(r, v));
    rv_release(r);
    /* Several at once: both sides have more to write than the kernel holds, so each must read meanwhile. */
    int64_t t[6];
    for (int i = 0; i < 6; i++) UT_CHECK((t[i] = rn_client_submit(c, v, false, 30)) > 0);
    for (int i = 5; i >= 0; i--) {
        r = rn_client_claim(c, t[i], 30);
        UT_CHECK(r && rv_equal(r, v));
        rv_release(r);
    }
    rv_release(v);
    rn_client_free(c);
    nt_stop(&n);
}

UT_CASE(pipelines) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    enum { MANY = 2000 };
    static int64_t t[MANY];
    for (int i = 0; i < MANY; i++) {
        ray_val *v = rv_i64_new(i);
        UT_CHECK((t[i] = rn_client_submit(c, v, true, 5)) > 0);
        rv_release(v);
    }
    rn_client_abandon(c, t[7]);
    for (int i = MANY - 1; i >= 0; i--)
        if (i != 7) nt_is_int(rn_client_claim(c, t[i], 5), i);
    UT_ERROR(rn_client_claim(c, t[7], 5), RB_E_STATE);
    UT_ERROR(rn_client_claim(c, t[8], 5), RB_E_STATE);
    UT_EQ_INT(stats_of(c).owed, 0);
    ray_val *v = rv_i64_new(5);
    int64_t late = rn_client_submit(c, v, true, 5);
    rv_release(v);
    UT_EQ_INT(n.messages, MANY);
    UT_EQ_INT(rn_client_flush(c, 5), 0);
    NT_SOON(n.messages == MANY + 1);
    nt_is_int(rn_client_claim(c, late, 0.5), 5);
    rn_client_free(c);
    nt_stop(&n);
}

UT_CASE(a_missed_deadline_leaves_the_connection) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    double start = nt_now();
    UT_ERROR(nt_eval(c, "sleep 200", 0.05), RB_E_REPLY_TIMEOUT);
    UT_CHECK(nt_now() - start < 0.15);
    UT_CHECK(strstr(rb_error_get()->text, "127.0.0.1:"));
    UT_EQ_INT(stats_of(c).owed, 1);
    UT_ERROR(nt_eval(c, "x", 0), RB_E_REPLY_TIMEOUT);
    nt_is_text(nt_eval(c, "next", 5), "next");
    UT_EQ_INT(stats_of(c).owed, 0);
    ray_val *v = rv_str_new("sleep 100", 9);
    int64_t t = rn_client_submit(c, v, false, 1);
    UT_ERROR(rn_client_claim(c, t, 0.01), RB_E_REPLY_TIMEOUT);
    nt_is_int(rn_client_claim(c, t, 5), 100);
    rv_release(v);
    rn_client_free(c);

    ray_client_opts o;
    nt_opts(&o, rn_server_port(n.s));
    o.close_on_timeout = true;
    c = rn_client_new(&o);
    UT_CHECK(c);
    UT_ERROR(nt_eval(c, "sleep 50", 0.01), RB_E_REPLY_TIMEOUT);
    UT_CHECK(!rn_client_is_connected(c));
    UT_EQ_INT(rn_client_fd(c), -1);
    UT_ERROR(nt_eval(c, "x", 1), RB_E_CONN_CLOSED);
    rn_client_free(c);
    nt_stop(&n);
}

typedef struct asked {
    int times, stop_at;
    double last, longest;
} asked;

static int ask_us(void *ctx) {
    asked *a = ctx;
    double now = nt_now();
    if (a->last > 0 && now - a->last > a->longest) a->longest = now - a->last;
    a->last = now;
    return ++a->times == a->stop_at;
}

UT_CASE(a_wait_can_be_interrupted) {
    nt_server n;
    nt_start(&n);
    asked a = {.stop_at = 3};
    ray_client_opts o;
    nt_opts(&o, rn_server_port(n.s));
    o.poll = ask_us;
    o.poll_ctx = &a;
    ray_client *c = rn_client_new(&o);
    UT_CHECK(c);
    double start = nt_now();
    UT_ERROR(nt_eval(c, "sleep 400", -1), RB_E_INTERRUPTED);
    UT_CHECK(nt_now() - start < 0.3);
    UT_EQ_INT(a.times, 3);
    a = (asked){.stop_at = -1};
    nt_is_text(nt_eval(c, "on it goes", 5), "on it goes");
    UT_CHECK(a.times > 3);
    UT_CHECK(a.longest < 0.05 || RB_SANITIZED); /* a promise that a loaded machine under a sanitizer may break */
    rn_client_free(c);
    nt_stop(&n);
}

/* Greets, reads nothing for a while, then answers each request with its number. */
static void *silent_peer(void *arg) {
    int fd = accept(*(int *)arg, NULL, NULL);
    char hello[2];
    UT_CHECK(nt_read(fd, hello, 2));
    nt_write(fd, "\3\0", 2);
    nt_sleep(0.2);
    for (int64_t i = 1; i <= 2; i++) {
        rw_msg m = nt_read_value(fd, "2.x");
        UT_EQ_INT(m.value->type, i == 1 ? RY_U8 : -RY_STR);
        if (i == 1) UT_EQ_INT(m.value->len, 20 << 20);
        rv_release(m.value);
        nt_write_value(fd, "2.x", RW_REPLY, rv_i64_new(i));
    }
    UT_CHECK(nt_is_ended(fd));
    close(fd);
    return NULL;
}

/* A peer that does not read: the request is cut in the middle, and goes on with the next call. */
UT_CASE(an_interrupted_write_goes_on_later) {
    int port, listener = nt_listen(&port);
    asked a = {.stop_at = 2};
    ray_client_opts o;
    nt_opts(&o, port);
    o.poll = ask_us;
    o.poll_ctx = &a;
    pthread_t peer;
    UT_CHECK(pthread_create(&peer, NULL, silent_peer, &listener) == 0);
    ray_client *c = rn_client_new(&o);
    UT_CHECK(c);
    ray_val *v = rv_vec_new(RY_U8, 20 << 20);
    memset(v->data, 7, (size_t)v->len);
    UT_ERROR(rn_client_request(c, v, -1), RB_E_INTERRUPTED);
    rv_release(v);
    a = (asked){.stop_at = -1};
    nt_is_int(nt_eval(c, "second", 20), 2);
    UT_EQ_INT(stats_of(c).owed, 0);
    rn_client_free(c);
    pthread_join(peer, NULL);
    close(listener);
}

/* ---- pushes -------------------------------------------------------------------------------------------------- */

typedef struct pushed {
    ray_client *c;
    int64_t count, last;
    int refused;
} pushed;

static void take_push(void *ctx, ray_val *v) {
    pushed *p = ctx;
    UT_EQ_INT(v->type, -RY_I64);
    UT_EQ_INT(v->u.i64, p->count);
    p->count++;
    rb_error_clear();
    ray_val *r = nt_eval(p->c, "from inside", 1);
    p->refused += !r && rb_error_code() == RB_E_STATE;
    rv_release(r);
}

UT_CASE(pushes_are_data) {
    nt_server n;
    nt_start(&n);
    pushed p = {0};
    ray_client_opts o;
    nt_opts(&o, rn_server_port(n.s));
    o.push = take_push;
    o.push_ctx = &p;
    p.c = rn_client_new(&o);
    UT_CHECK(p.c);
    nt_is_int(nt_eval(p.c, "push 50", 5), 50);
    UT_EQ_INT(p.count, 50);
    UT_EQ_INT(p.refused, 50);
    UT_EQ_INT(stats_of(p.c).pushes, 50);
    UT_EQ_INT(stats_of(p.c).pushes_dropped, 0);
    rn_client_free(p.c);
    ray_client *c = nt_client(rn_server_port(n.s));
    nt_is_int(nt_eval(c, "push 3", 5), 3);
    UT_EQ_INT(stats_of(c).pushes_dropped, 3);
    rn_client_free(c);
    nt_stop(&n);
}

/* A peer that greets, reads one request and answers with these bytes. */
typedef struct odd_peer {
    int listener, port;
    const void *bytes;
    size_t n;
    bool asks;    /* a question of its own, before it answers */
    bool answers; /* a second request */
    pthread_t thread;
} odd_peer;

static void *be_odd(void *arg) {
    odd_peer *p = arg;
    int fd = accept(p->listener, NULL, NULL);
    char hello[2];
    UT_CHECK(nt_read(fd, hello, 2));
    nt_write(fd, "\3\0", 2);
    rv_release(nt_read_value(fd, "2.x").value);
    if (p->asks) {
        nt_write_value(fd, "2.x", RW_SYNC, rv_str_new("(exit 1)", 8));
        rw_msg m = nt_read_value(fd, "2.x");
        UT_EQ_INT(m.kind, RW_REPLY);
        UT_CHECK(rv_is_error(m.value));
        UT_EQ_STR(m.value->u.error.cls, "access");
        rv_release(m.value);
        nt_write_value(fd, "2.x", RW_REPLY, rv_i64_new(1));
    } else {
        nt_write(fd, p->bytes, p->n);
        if (p->answers) nt_write_value(fd, "2.x", RW_REPLY, rv_i64_new(1));
    }
    char rest[64];
    while (recv(fd, rest, sizeof rest, 0) > 0)
        ;
    close(fd);
    return NULL;
}

static ray_client *odd_start(odd_peer *p) {
    p->listener = nt_listen(&p->port);
    UT_CHECK(pthread_create(&p->thread, NULL, be_odd, p) == 0);
    return nt_client(p->port);
}

static void odd_end(odd_peer *p, ray_client *c) {
    rn_client_free(c);
    pthread_join(p->thread, NULL);
    close(p->listener);
}

UT_CASE(a_server_that_asks_is_refused_at_once) {
    odd_peer p = {.asks = true};
    ray_client *c = odd_start(&p);
    nt_is_int(nt_eval(c, "x", 5), 1);
    UT_EQ_INT(stats_of(c).pushes, 1);
    odd_end(&p, c);
}

UT_CASE(replies_that_make_no_sense) {
    odd_peer nonsense = {.bytes = "GARBAGEGARBAGE!!", .n = 16};
    ray_client *c = odd_start(&nonsense);
    UT_ERROR(nt_eval(c, "x", 5), RB_E_PROTOCOL);
    UT_CHECK(strstr(rb_error_get()->text, "127.0.0.1:"));
    UT_ERROR(nt_eval(c, "x", 5), RB_E_CONN_LOST);
    odd_end(&nonsense, c);

    /* A whole frame with a value that nobody knows: that reply is an error, and the connection goes on. */
    odd_peer unreadable = {.bytes = "\xfa\xde\xfa\xce\3\0\0\2\2\0\0\0\0\0\0\0\x50\0", .n = 18, .answers = true};
    c = odd_start(&unreadable);
    ray_val *v = rv_i64_new(5);
    int64_t t[2] = {rn_client_submit(c, v, true, 5), rn_client_submit(c, v, true, 5)};
    rv_release(v);
    ray_val *r = rn_client_claim(c, t[0], 5);
    UT_CHECK(!r && rb_error_code() != RB_E_CONN_LOST && rb_error_code() != RB_OK);
    nt_is_int(rn_client_claim(c, t[1], 5), 1);
    UT_CHECK(rn_client_is_connected(c));
    odd_end(&unreadable, c);
}

/* ---- ends ---------------------------------------------------------------------------------------------------- */

UT_CASE(a_lost_connection_says_so) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    UT_ERROR(nt_eval(c, "end", 5), RB_E_CONN_LOST);
    UT_EQ_INT(rb_error_get()->detail[0], 1);
    UT_CHECK(!rn_client_is_connected(c));
    UT_ERROR(nt_eval(c, "x", 5), RB_E_CONN_LOST);
    UT_EQ_INT(rb_error_get()->detail[0], 0);
    rn_client_free(c);

    c = nt_client(rn_server_port(n.s));
    UT_CHECK(rn_client_is_connected(c));
    nt_stop(&n);
    UT_CHECK(!rn_client_is_connected(c));
    UT_ERROR(nt_eval(c, "x", 5), RB_E_CONN_LOST);
    ray_val *v = rv_i64_new(1);
    UT_ERROR(rn_client_send(c, v, 5), RB_E_CONN_LOST);
    rv_release(v);
    rn_client_free(c);
}

static void *close_soon(void *c) {
    nt_sleep(0.05);
    rn_client_close(c, 0);
    return NULL;
}

UT_CASE(closing_wakes_who_waits) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    pthread_t t;
    UT_CHECK(pthread_create(&t, NULL, close_soon, c) == 0);
    double start = nt_now();
    UT_ERROR(nt_eval(c, "sleep 300", -1), RB_E_CONN_CLOSED);
    UT_CHECK(nt_now() - start < 0.25);
    pthread_join(t, NULL);
    UT_EQ_INT(rn_client_fd(c), -1);
    UT_ERROR(nt_eval(c, "x", -1), RB_E_CONN_CLOSED);
    rn_client_close(c, 1);
    rn_client_free(c);
    nt_stop(&n);
}

UT_CASE(a_reply_too_large_ends_the_connection) {
    nt_server n;
    nt_start(&n);
    ray_client_opts o;
    nt_opts(&o, rn_server_port(n.s));
    o.message_max = 1000;
    ray_client *c = rn_client_new(&o);
    UT_CHECK(c);
    nt_is_text(nt_eval(c, "x", 5), "x");
    ray_val *big = rv_str_new("big 1000", 8), *small = rv_i64_new(1);
    int64_t first = rn_client_submit(c, big, false, 5), second = rn_client_submit(c, small, false, 5);
    UT_ERROR(rn_client_claim(c, second, 5), RB_E_CONN_LOST);
    UT_EQ_INT(rb_error_get()->detail[0], 1);
    UT_ERROR(rn_client_claim(c, first, 5), RB_E_TOO_LARGE);
    UT_CHECK(rb_error_get()->detail[0] > 8000);
    UT_EQ_INT(rb_error_get()->detail[1], 1000);
    rv_release(big);
    rv_release(small);
    rn_client_free(c);
    nt_stop(&n);
}

UT_CASE(a_child_process_must_not_use_it) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    pid_t child = fork();
    if (!child) {
        bool refused = !nt_eval(c, "x", 5) && rb_error_code() == RB_E_CONN_FORKED && !rn_client_is_connected(c);
        rn_client_free(c);
        _exit(refused ? 0 : 1);
    }
    int status;
    UT_CHECK(waitpid(child, &status, 0) == child && status == 0);
    nt_is_text(nt_eval(c, "still here", 5), "still here");
    rn_client_free(c);
    nt_stop(&n);
}

UT_CASE(spins_if_told_to) {
    nt_server n;
    nt_start(&n);
    ray_client_opts o;
    nt_opts(&o, rn_server_port(n.s));
    o.spin = 0.0005;
    ray_client *c = rn_client_new(&o);
    UT_CHECK(c);
    for (int i = 0; i < 20; i++) nt_is_text(nt_eval(c, "x", 1), "x");
    nt_is_int(nt_eval(c, "sleep 5", 1), 5);
    rn_client_free(c);
    nt_stop(&n);
}

UT_CASE(memory_may_run_out) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    ray_val *v = rv_i64_new(3);
    /* The server's thread allocates too: what must hold is that nothing leaks and errors are plain. */
    for (int i = 1; i < 30; i++) {
        rb_alloc_fail_at(i, false);
        int64_t t = rn_client_submit(c, v, false, 5);
        bool failed = rb_alloc_has_failed();
        ray_val *r = t > 0 ? rn_client_claim(c, t, 5) : NULL;
        failed = failed || rb_alloc_has_failed();
        rb_alloc_fail_at(0, false);
        UT_CHECK(r || failed);
        rv_release(r);
        if (!rn_client_is_connected(c)) {
            rn_client_free(c);
            c = nt_client(rn_server_port(n.s));
        }
    }
    rv_release(v);
    rn_client_free(c);
    nt_stop(&n);
}

UT_MAIN(setup, asks_and_answers, calls_and_sets, big_values_go_both_ways, pipelines,
        a_missed_deadline_leaves_the_connection, a_wait_can_be_interrupted, an_interrupted_write_goes_on_later,
        pushes_are_data, a_server_that_asks_is_refused_at_once, replies_that_make_no_sense,
        a_lost_connection_says_so, closing_wakes_who_waits, a_reply_too_large_ends_the_connection,
        a_child_process_must_not_use_it, spins_if_told_to, memory_may_run_out)
