/* The log of queries, profiles, colon commands. */
#include "base/alloc.h"
#include "sys/queries.h"
#include "xt.h"

static const char *const rows[][2] = {
    {"(count (.sys.querylog))", "0"},
    {"(key (.sys.querylog))", "[time duration-ms result-rows memory-kib workers parallelism status query]"},
    {"(.sys.querylog 1)", "!domain"},
    {"(.sys.querylog.enable \"a\")", "!type"},
    {"(.sys.querylog.enable 0.5)", "!type"},
    {"(.sys.querylog.enable 1 2)", "!arity"},
    {"(.sys.querylog.enable)", "1"},
    {"(.sys.querylog.enable)", "0"},
    {"(.sys.querylog.enable 5)", "1"},
    {"(til 1000)", NULL},
    {"(+ 1 'a)", "!type"},
    {"(+ 1", "!parse"},
    {"(at (.sys.querylog) 'status)", "[ok ok type parse]"},
    {"(at (.sys.querylog) 'result-rows)", "[1 1000 0 0 4]"},
    {"(at (at (.sys.querylog) 'query) 1)", "\"(til 1000)\""},
    {"(min (at (.sys.querylog) 'duration-ms))", NULL},
    {"(.sys.querylog.enable 0)", "0"},
    {"(set n (count (.sys.querylog)))", "9"},
    {"(== n (count (.sys.querylog)))", "true"},
    {"(count (.sys.prof))", "0"},
    {"(take (key (.sys.prof)) 4)", "[operator depth cumulative-ms exclusive-ms]"},
    {"(drop (key (.sys.prof)) 4)", "[percent rows allocated-kib workers busy-ms parallelism]"},
    {"(.sys.prof 1)", "!arity"},
    {"(.sys.timeit \"a\")", "!type"},
    {"(.sys.timeit 0.5)", "!type"},
    {"(.sys.timeit 1 2)", "!arity"},
    {"(.sys.timeit)", "1"},
    {"(.sys.timeit)", "0"},
    {"(.sys.timeit 1)", "1"},
    {"(+ 1 (sum (til 10)))", "46"},
    {"(set p (.sys.prof))", NULL},
    {"(.sys.timeit 0)", "0"},
    {"(at p 'operator)", "[til sum + top-level]"},
    {"(at p 'depth)", "[3 2 1 0]"},
    {"(at p 'rows)", "[10 1 1 1]"},
    {"(< (abs (- 100.0 (sum (at p 'percent)))) 1e-6)", "true"},
    {"(all (>= (at p 'cumulative-ms) (at p 'exclusive-ms)))", "true"},
    {"(.sys.cmd \"timeit 1\")", "1"},
    {"(map (fn [x] (* x x)) (til 10000))", NULL}, /* more calls than spans */
    {"(set p (.sys.prof))", NULL},
    {"(.sys.cmd \"timeit\")", "0"},
    {"(count p)", "8192"},
    {"(last (at p 'operator))", "top-level"},
    {"(.sys.cmd \"timeit x\")", "!type"},
    {"(.sys.cmd \"timeit 1 2\")", "!type"},
    {"(== (.sys.cmd \"env\") (.sys.env))", "true"},
    {"(.sys.cmd \"env 1\")", "!domain"},
    {"(.sys.cmd \"listen 0\")", "!domain"},
    {"(.sys.cmd \"listen\")", "!domain"},
    {"(.sys.cmd \"listen nowhere\")", "!type"},
    {"(.sys.cmd \"help\")", "!domain"},
    {"(.sys.cmd \"q\")", "!domain"},
    {"(.sys.cmd \"\")", "!domain"},
    {"(.sys.cmd \"  \")", "!domain"},
    {"(.sys.cmd 5)", "!type"},
    {"(.sys.cmd \"exit 3\")", "3"},
    {"(.sys.cmd \"true\")", "0"},
};

static ray_rt *rt_new(void) {
    static const ray_rt_opts one = {.threads = 1};
    ray_rt *rt = ray_rt_new(&one);
    UT_CHECK(rt);
    return rt;
}

UT_CASE(setup) {
    ray_rt *rt = rt_new();
    for (size_t i = 0; i < RB_COUNT(rows); i++) {
        if (rows[i][1]) xt_say(rt, rows[i][0], rows[i][1]);
        else rv_release(xt_eval(rt, rows[i][0]));
    }
    ray_rt_free(rt);
}

/* The oldest make room, long ones are cut between characters, and the order is kept. */
UT_CASE(a_long_log) {
    ray_rt *rt = rt_new();
    rv_release(xt_eval(rt, "(.sys.querylog.enable 1)"));
    for (int i = 0; i < RX_QUERIES_MAX + 10; i++) {
        char source[32];
        snprintf(source, sizeof source, "%d", i);
        rv_release(xt_eval(rt, source));
    }
    xt_say(rt, "(count (.sys.querylog))", "1000");
    xt_say(rt, "(at (at (.sys.querylog) 'query) 0)", "\"11\"");
    char text[3 * RX_QUERY_TEXT] = "\"a";
    size_t n = 2;
    while (n < sizeof text - 4) memcpy(text + n, "\xe2\x82\xac", 3), n += 3;
    text[n++] = '"';
    ray_val *v = ray_eval(rt, text, n, -1);
    UT_CHECK(v);
    rv_release(v);
    ray_val *last = xt_eval(rt, "(last (at (.sys.querylog) 'query))");
    UT_CHECK(last && last->len <= RX_QUERY_TEXT && last->len > RX_QUERY_TEXT - 3);
    UT_CHECK(ray_is_utf8(last->data, (size_t)last->len));
    rv_release(last);
    ray_rt_free(rt);
}

/* To look changes nothing: what is evaluated gives the same, or fails for want of memory, and leaves nothing behind. */
UT_CASE(out_of_memory) {
    ray_rt *rt = rt_new();
    static const char source[] = "(list (+ 1 (sum (til 10))) (count (.sys.prof)) (count (.sys.querylog)))";
    rv_release(xt_eval(rt, "(.sys.timeit 1)"));
    rv_release(xt_eval(rt, "(.sys.querylog.enable 1)"));
    for (int i = 0; i < RX_QUERIES_MAX; i++) rv_release(xt_eval(rt, source)); /* the log is full: it does not grow */
    bool more = true;
    for (int i = 1; more; i++) {
        rb_alloc_fail_at(i, false);
        ray_val *v = xt_eval(rt, source);
        more = rb_alloc_has_failed();
        rb_alloc_fail_at(0, false);
        UT_CHECK(v || rb_error_code() == RB_E_OOM);
        rv_release(v);
    }
    ray_rt_free(rt);
}

/* Requests of clients are noted, whatever they are. */
UT_CASE(served) {
    xt x;
    xt_start(&x);
    ray_client *c = xt_client(&x);
    xt_ask(c, "(.sys.querylog.enable 1)", "1");
    xt_ask(c, "(+ 1 2)", "3");
    ray_val *form = ray_parse("(* 3 (+ 1 2))", 13);
    UT_CHECK(form);
    ray_val *v = rn_client_request(c, rv_list_get(form, 0), 10);
    UT_CHECK(v);
    rv_release(v);
    rv_release(form);
    xt_ask(c, "(foo)", "!name");
    xt_ask(c, "(at (.sys.querylog) 'status)", "[ok ok name]");
    xt_ask(c, "(first (at (.sys.querylog) 'query))", "\"(+ 1 2)\"");
    rn_client_free(c);
    xt_end(&x);
}

UT_MAIN(setup, a_long_log, out_of_memory, served)
