#include "lang/lang_ut.h"

#include "base/clock.h"

static const said rows[] = {
    {"(.sys.exec \"true\")", "0"},
    {"(.sys.exec \"exit 3\")", "3"},
    {"(.sys.exec \"kill -9 $$\")", "137"},
    {"(.sys.exec \"echo hi; exit 2\" 'out)", "{code:2 out:\"hi\n\"}"},
    {"(.sys.exec \"true\" 'out)", "{code:0 out:\"\"}"},
    {"(strlen (at (.sys.exec \"head -c 100000 /dev/zero\" 'out) 'out))", "100000"},
    {"(.sys.exec 5)", "!type"},
    {"(.sys.exec)", "!domain"},
    {"(.sys.exec \"true\" 5)", "!type"},
    {"(.sys.exec \"true\" 'foo)", "!domain"},
};

UT_CASE(all) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, rows);
    ray_rt_free(rt);
}

/* A program that runs on is killed when the time is up. */
UT_CASE(deadlines) {
    ray_rt *rt = rt_new();
    static const char *const slow[] = {"(.sys.exec \"exec sleep 60\")", "(.sys.exec \"exec sleep 60\" 'out)"};
    for (size_t i = 0; i < RB_COUNT(slow); i++) {
        int64_t start = rb_clock_mono_ns();
        UT_ERROR(ray_eval(rt, slow[i], strlen(slow[i]), 0.1), RB_E_TIMEOUT_EVAL);
        UT_CHECK(rb_clock_mono_ns() - start < INT64_C(20000000000));
    }
    ray_rt_free(rt);
}

UT_CASE(setup) { all(); }

UT_MAIN(setup, all, deadlines)
