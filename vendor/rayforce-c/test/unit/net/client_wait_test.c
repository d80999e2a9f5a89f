/* Many threads on one client: each gets its own reply, and a leader that leaves is replaced. */
#include "nt.h"

enum { THREADS = 8, EACH = 1250 };

typedef struct job {
    ray_client *c;
    int number, timeouts;
} job;

static void *ask_often(void *arg) {
    job *j = arg;
    for (int i = 0; i < EACH; i++) {
        int64_t x = (int64_t)j->number * EACH + i;
        ray_val *v = rv_i64_new(x);
        nt_is_int(rn_client_request(j->c, v, 60), x);
        rv_release(v);
    }
    return NULL;
}

static void run(void *(*fn)(void *), job *jobs, int n, ray_client *c) {
    pthread_t t[THREADS];
    for (int i = 0; i < n; i++) {
        jobs[i] = (job){.c = c, .number = i};
        UT_CHECK(pthread_create(&t[i], NULL, fn, &jobs[i]) == 0);
    }
    for (int i = 0; i < n; i++) pthread_join(t[i], NULL);
}

UT_CASE(setup) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    nt_is_text(nt_eval(c, "x", 5), "x");
    rn_client_free(c);
    nt_stop(&n);
}

UT_CASE(threads_share_a_client) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    job jobs[THREADS];
    run(ask_often, jobs, THREADS, c);
    UT_EQ_INT(n.messages, THREADS * EACH);
    ray_client_stats s;
    rn_client_stats_into(c, &s);
    UT_EQ_INT(s.received, THREADS * EACH);
    rn_client_free(c);
    nt_stop(&n);
}

/* Long and short waits mixed, some given up: leaders leave in the middle of the others' replies. */
static void *ask_impatiently(void *arg) {
    job *j = arg;
    for (int i = 0; i < 40; i++) {
        if (j->number % 2) {
            int64_t x = j->number * 1000 + i;
            ray_val *v = rv_i64_new(x);
            nt_is_int(rn_client_request(j->c, v, -1), x);
            rv_release(v);
        } else {
            ray_val *r = nt_eval(j->c, "sleep 2", 0.001 * (i % 5));
            UT_CHECK(r || rb_error_code() == RB_E_REPLY_TIMEOUT);
            j->timeouts += !r;
            rv_release(r);
        }
    }
    return NULL;
}

UT_CASE(leaders_leave) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    job jobs[4];
    run(ask_impatiently, jobs, 4, c);
    UT_CHECK(jobs[0].timeouts > 0);
    nt_is_text(nt_eval(c, "last", 60), "last");
    ray_client_stats s;
    rn_client_stats_into(c, &s);
    UT_EQ_INT(s.owed, 0);
    rn_client_free(c);
    nt_stop(&n);
}

/* Large frames from several threads: writers block, and whoever leads must not leave them alone. */
static void *ask_for_much(void *arg) {
    job *j = arg;
    ray_val *v = rv_vec_new(RY_I64, 400000);
    for (int64_t i = 0; i < v->len; i++) RV_DATA(int64_t, v)[i] = i ^ j->number;
    for (int i = 0; i < 5; i++) {
        ray_val *r = rn_client_request(j->c, v, 60);
        UT_CHECK(r && rv_equal(r, v));
        rv_release(r);
    }
    rv_release(v);
    return NULL;
}

UT_CASE(large_frames_from_many_threads) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    job jobs[4];
    run(ask_for_much, jobs, 4, c);
    rn_client_free(c);
    nt_stop(&n);
}

static void *ask_until_closed(void *arg) {
    job *j = arg;
    for (;;) {
        ray_val *r = nt_eval(j->c, "sleep 1", -1);
        if (!r) {
            UT_EQ_INT(rb_error_code(), RB_E_CONN_CLOSED);
            return NULL;
        }
        rv_release(r);
    }
}

static void *close_soon(void *c) {
    nt_sleep(0.03);
    rn_client_close(c, 0);
    return NULL;
}

UT_CASE(a_close_ends_all) {
    nt_server n;
    nt_start(&n);
    ray_client *c = nt_client(rn_server_port(n.s));
    job jobs[THREADS];
    pthread_t closer;
    UT_CHECK(pthread_create(&closer, NULL, close_soon, c) == 0);
    run(ask_until_closed, jobs, THREADS, c);
    pthread_join(closer, NULL);
    UT_EQ_INT(rn_client_fd(c), -1);
    rn_client_free(c);
    nt_stop(&n);
}

/* Pushes come to a client that asks for nothing; the end of the connection ends the wait. */
static _Atomic int pushes;

static void count_push(void *ctx, ray_val *v) { UT_EQ_INT(v->u.i64, atomic_fetch_add((_Atomic int *)ctx, 1)); }

static void *push_then_close(void *arg) {
    job *j = arg;
    ray_val *v = rv_str_new("push 3", 6);
    UT_CHECK(rn_client_send(j->c, v, 5) == 0);
    rv_release(v);
    NT_SOON(pushes == 3);
    nt_is_text(nt_eval(j->c, "still answered", 5), "still answered");
    rn_client_close(j->c, 0);
    return NULL;
}

UT_CASE(waits_for_pushes) {
    nt_server n;
    nt_start(&n);
    job j = {.number = 1};
    ray_client_opts o;
    nt_opts(&o, rn_server_port(n.s));
    o.push = count_push;
    o.push_ctx = &pushes;
    j.c = rn_client_new(&o);
    UT_CHECK(j.c);
    UT_EQ_INT(rn_client_pass(j.c, 0.02), 0);
    pthread_t other;
    UT_CHECK(pthread_create(&other, NULL, push_then_close, &j) == 0);
    UT_ERROR(rn_client_pass(j.c, -1), RB_E_CONN_CLOSED);
    pthread_join(other, NULL);
    UT_EQ_INT(pushes, 3);
    rn_client_free(j.c);
    nt_stop(&n);
}

UT_MAIN(setup, waits_for_pushes, threads_share_a_client, leaders_leave, large_frames_from_many_threads, a_close_ends_all)
