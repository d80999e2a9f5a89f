/* The log of requests: what stands in it, how much of it is kept. */
#include "xt.h"

#include "base/alloc.h"
#include "sys/querylog.h"

static ray_rt *rt_new(void) {
    static const ray_rt_opts one = {.threads = 1};
    ray_rt *rt = ray_rt_new(&one);
    UT_CHECK(rt);
    return rt;
}

UT_CASE(requests_are_written_down_while_it_is_on) {
    xt x;
    xt_start(&x);
    ray_client *c = xt_client(&x);
    xt_ask(c, "(key (.sys.querylog))", "[time duration-ms result-rows memory-kib workers parallelism status query]");
    xt_ask(c, "(count (.sys.querylog))", "0");
    xt_ask(c, "(.sys.querylog.enable)", "1");
    xt_ask(c, "(til 1000)", "[0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 ..]");
    xt_ask(c, "(nosuch)", "!name");
    xt_ask(c, "(+ 1", "!parse");
    ray_val *form = ray_eval(x.rt, "(list + 1 2)", 12, -1), *r = rn_client_request(c, form, 10);
    xt_is_take("a form", r, "3");
    rv_release(form);
    r = ray_client_eval_verbose(c, "(nosuch)", 8, 10);
    xt_is_take("verbose", r, "!name");
    xt_ask(c, "(set t (.sys.querylog.enable 0))", "0");
    xt_ask(c, "(til 5)", "[0 1 2 3 4]");
    xt_say(x.rt, "(at (.sys.querylog) 'query)",
           "[\"(til 1000)\" \"(nosuch)\" \"(+ 1\" \"(<+> 1 2)\" \"(nosuch)\" ..]");
    xt_say(x.rt, "(last (at (.sys.querylog) 'query))", "\"(set t (.sys.querylog.enable 0))\"");
    xt_say(x.rt, "(at (.sys.querylog) 'status)", "[ok name parse ok name ok]");
    xt_say(x.rt, "(at (.sys.querylog) 'result-rows)", "[1000 0 0 1 0 1]");
    xt_say(x.rt, "(at (.sys.querylog) 'workers)", "[0Nl 0Nl 0Nl 0Nl 0Nl 0Nl]");
    xt_say(x.rt, "(all (>= (at (.sys.querylog) 'duration-ms) 0.0))", "true");
    xt_say(x.rt, "(type (at (.sys.querylog) 'time))", "TIMESTAMP");
    xt_say(x.rt, "(.sys.querylog.enable 'a)", "!type");
    xt_say(x.rt, "(.sys.querylog.enable 1 2)", "!domain");
    xt_say(x.rt, "(.sys.querylog 1)", "!domain");
    rn_client_free(c);
    xt_end(&x);
}

static void say(rx_querylog *l, const char *source, size_t n) {
    ray_val *v = rv_str_new(source, n);
    rw_msg m = {.kind = RW_SYNC, .ok = true, .value = v};
    rx_query q;
    rx_querylog_begin(l, &m, &q);
    rx_querylog_end(l, &q, v);
    rv_release(v);
}

UT_CASE(the_last_ones_are_kept_and_long_ones_cut) {
    ray_rt *rt = rt_new();
    rx_querylog l = {.on = true};
    char text[3000];
    for (int i = 0; i < RX_QUERYLOG_KEPT + 10; i++) say(&l, text, (size_t)snprintf(text, sizeof text, "%d", i));
    UT_EQ_INT(l.count, RX_QUERYLOG_KEPT);
    UT_EQ_INT(l.next, 10);
    rx_querylog_free(&l);
    UT_EQ_INT(l.count, 0);
    l.on = true;
    for (size_t lead = 0; lead < 2; lead++) { /* a character of two bytes is not cut in two */
        memset(text, 'x', lead);
        for (size_t i = lead; i + 1 < sizeof text; i += 2) memcpy(text + i, "\xc3\xa4", 2);
        say(&l, text, sizeof text - 2 + lead);
    }
    UT_EQ_INT(l.count, 2);
    rx_querylog_free(&l);
    ray_rt_free(rt);
}

UT_CASE(an_error_stays_what_it_was) {
    ray_rt *rt = rt_new();
    rx_querylog l = {.on = true};
    rw_msg m = {.kind = RW_SYNC, .ok = false};
    rx_query q;
    rx_querylog_begin(&l, &m, &q);
    rb_fail(RB_E_DOMAIN, "the request is not readable");
    rx_querylog_end(&l, &q, NULL);
    UT_EQ_INT(rb_error_code(), RB_E_DOMAIN);
    UT_EQ_STR(rb_error_get()->text, "the request is not readable");
    rb_error_clear();
    UT_EQ_INT(l.count, 1);
    rx_querylog_free(&l);
    ray_rt_free(rt);
}

UT_CASE(without_memory_nothing_is_written_down) {
    ray_rt *rt = rt_new();
    ray_val *v = rv_str_new("(+ 1 2)", 7);
    rw_msg m = {.kind = RW_SYNC, .ok = true, .value = v};
    for (int n = 1; n < 4; n++) {
        rx_querylog l = {.on = true};
        rx_query q;
        rb_alloc_fail_at(n, false);
        rx_querylog_begin(&l, &m, &q);
        UT_EQ_INT(rb_error_code(), RB_OK);
        rx_querylog_end(&l, &q, v);
        rb_alloc_fail_at(0, false);
        UT_EQ_INT(rb_error_code(), RB_OK);
        rx_querylog_free(&l);
    }
    rv_release(v);
    ray_rt_free(rt);
}

UT_CASE(setup) {
    requests_are_written_down_while_it_is_on();
    the_last_ones_are_kept_and_long_ones_cut();
    an_error_stays_what_it_was();
}

UT_MAIN(setup, requests_are_written_down_while_it_is_on, the_last_ones_are_kept_and_long_ones_cut, an_error_stays_what_it_was,
        without_memory_nothing_is_written_down)
