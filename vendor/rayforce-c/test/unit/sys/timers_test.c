/* Timers: by the clock of the test, by the loop of a server, and without any server. */
#include "sys/timers.h"
#include "sys/serve.h"
#include "base/clock.h"
#include "xt.h"

#define MS INT64_C(1000000)

static ray_rt *rt_new(void) {
    static const ray_rt_opts one = {.threads = 1};
    ray_rt *rt = ray_rt_new(&one);
    UT_CHECK(rt);
    return rt;
}

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    xt_say(rt, "(.time.timer.set 100000 0 (fn [t] t))", "0");
    ray_rt_free(rt);
}

static const rx_timer *due(rx_timers *t, int64_t now) {
    static rx_timer last;
    ray_val *fn = rx_timers_take_due(t, now);
    if (!fn) return NULL;
    last.fn = fn;
    rv_release(fn);
    return &last;
}

UT_CASE(order) {
    rx_timers t = {0};
    ray_val *f[3] = {rv_i64_new(0), rv_i64_new(1), rv_i64_new(2)};
    rb_clock_fix(0, 0);
    UT_EQ_INT(rx_timers_next(&t), INT64_MAX);
    UT_EQ_INT(rx_timers_add(&t, 10, 2, f[0]), 0);
    UT_EQ_INT(rx_timers_add(&t, 3, 0, f[1]), 1);
    UT_EQ_INT(rx_timers_add(&t, 0, 1, f[2]), 2);
    UT_EQ_INT(rx_timers_next(&t), MS); /* all the time is every millisecond */
    UT_CHECK(!due(&t, 0));
    UT_CHECK(due(&t, 3 * MS)->fn == f[2]); /* and gone */
    UT_CHECK(due(&t, 3 * MS)->fn == f[1]);
    UT_CHECK(!due(&t, 3 * MS));
    UT_EQ_INT(rx_timers_next(&t), 6 * MS);
    UT_CHECK(due(&t, 100 * MS)->fn == f[1]); /* once, however many were missed */
    UT_CHECK(due(&t, 100 * MS)->fn == f[0]);
    UT_CHECK(!due(&t, 100 * MS));
    UT_EQ_INT(rx_timers_next(&t), 103 * MS);
    rx_timers_remove(&t, 1);
    rx_timers_remove(&t, 1);
    rx_timers_remove(&t, 99);
    UT_EQ_INT(rx_timers_next(&t), 110 * MS);
    UT_CHECK(due(&t, 110 * MS)->fn == f[0]);
    UT_EQ_INT(t.count, 0);
    UT_EQ_INT(rx_timers_add(&t, INT64_MAX, 0, f[0]), 3); /* numbers are not used again */
    UT_CHECK(rx_timers_next(&t) > 1000000 * MS);
    rb_clock_unfix();
    rx_timers_free(&t);
    for (int i = 0; i < 3; i++) rv_release(f[i]);
}

UT_CASE(arguments) {
    static const char *const rows[][2] = {
        {"(.time.timer.set 100000 0 (fn [t] t))", "0"}, {"(.time.timer.set 100000 0 (fn [t] t))", "1"},
        {"(.time.timer.set -1 0 (fn [t] t))", "!domain"}, {"(.time.timer.set 1 -1 (fn [t] t))", "!domain"},
        {"(.time.timer.set 1 0 (fn [] 1))", "!domain"}, {"(.time.timer.set 1 0 5)", "!type"},
        {"(.time.timer.set 1.5 0 (fn [t] t))", "!type"}, {"(.time.timer.set 1)", "!domain"},
        {"(.time.timer.del 0)", ""}, {"(.time.timer.del 999)", ""}, {"(.time.timer.del \"x\")", "!type"},
        {"(.time.timer.set 5 1 (fn [t] t))", "2"},
    };
    ray_rt *rt = rt_new();
    UT_ERROR(rx_run(rt, 0), RB_E_STATE);
    for (size_t i = 0; i < RB_COUNT(rows); i++) xt_say(rt, rows[i][0], rows[i][1]);
    UT_EQ_INT(rx_listening(rt), 2);
    ray_rt_free(rt);
}

/* Without a server the last timer is the end. */
UT_CASE(alone) {
    ray_rt *rt = rt_new();
    xt_say(rt, "(do (set n 0) (.time.timer.set 2 3 (fn [t] (set n (+ n 1)))))", "0");
    UT_EQ_INT(rx_run(rt, 10), 1);
    xt_say(rt, "n", "3");
    UT_ERROR(rx_run(rt, 0), RB_E_STATE);
    /* one that fails has run, too; one that ends itself and sets another */
    xt_say(rt, "(do (set n 0) (.time.timer.set 1 2 (fn [t] (do (set n (+ n 1)) (foo)))))", "1");
    xt_say(rt, "(.time.timer.set 1 0 (fn [t] (do (.time.timer.del 2) (.time.timer.set 1 1 (fn [u] (set last (- u t)))))))", "2");
    UT_EQ_INT(rx_run(rt, 10), 1);
    xt_say(rt, "(list n (>= last 0))", "(2 true)");
    xt_say(rt, "(.time.timer.set 100000 0 (fn [t] t))", "4");
    UT_EQ_INT(rx_run(rt, 0.01), 0);
    ray_rt_free(rt);
}

UT_CASE(beside_a_server) {
    xt x;
    xt_start(&x);
    ray_client *c = xt_client(&x);
    xt_ask(c, "(do (set n 0) (.time.timer.set 1 0 (fn [t] (set n (+ n 1)))))", "0");
    for (double end = nt_now() + 10; nt_now() < end; nt_sleep(0.002)) {
        ray_val *v = nt_eval(c, "(> n 5)", 5);
        bool enough = v && v->type == -RY_B8 && v->u.b8;
        rv_release(v);
        if (enough) break;
    }
    xt_ask(c, "(> n 5)", "true");
    xt_say(x.rt, "(.time.timer.del 0)", ""); /* by another thread */
    xt_say(x.rt, "(.time.timer.set 1 1 (fn [t] (set done 1)))", "1");
    nt_sleep(0.05);
    xt_ask(c, "done", "1");
    rn_client_free(c);
    xt_stop(&x);
    xt_say(x.rt, "(do (set n 0) (.time.timer.set 1 1 (fn [t] (set n 7))))", "2");
    UT_EQ_INT(rx_run(x.rt, 10), 1); /* the server is gone, its loop with it */
    xt_say(x.rt, "n", "7");
    ray_rt_free(x.rt);
}

UT_MAIN(setup, order, arguments, alone, beside_a_server)
