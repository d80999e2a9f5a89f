#include "lang_ut.h"

static const said rows[] = {
    {"(set a.b.c 1)", "1"},
    {"a", "{b:{c:1}}"},
    {"a.b.c", "1"},
    {"a.b.d", "!name"},
    {"a.c", "!name"},
    {"(set keep a)", "{b:{c:1}}"},
    {"(set a.b.d 2)", "2"},
    {"a", "{b:{c:1 d:2}}"},
    {"keep", "{b:{c:1}}"},
    {"(del a.b.c)", "0"},
    {"(del a.b.nosuch)", "0"},
    {"a", "{b:{d:2}}"},
    {"(del a.b.d)", "0"},
    {"a", "!name"},
    {"(del a.b.d)", "0"},
    {"(set n 3)", "3"},
    {"(set n.x 1)", "!type"},
    {"(del n.x)", "!type"},
    {"n.x", "!name"},
    {"(set d {})", "{}"},
    {"(set d.x 1)", "1"},
    {"d", "{x:1}"},
    {"(set s {\"k\": 1})", "{\"k\":1}"},
    {"(set s.k 1)", "!type"},
    {"s.k", "!name"},
    {"(set e.f (fn [x] (list x x)))", "lambda"},
    {"(e.f 3)", "(3 3)"},
    {"(do (let l.m 3) l)", "{m:3}"},
    {"l", "!name"},
    {"(do (let keep.z 3) (list keep.z keep))", "(3 {b:{c:1} z:3})"},
    {"keep", "{b:{c:1}}"},
    {"((fn [] (let l.m 3) l.m))", "3"},
    {"((fn [t] t.p) {p: 7})", "7"},
    {"(do (set ts 2024.01.02D03:04:05.0) (list ts.yyyy ts.hh ts.date.dd ts.nosuch))", "!name"},
    {"(list ts.yyyy ts.hh ts.date.dd)", "(2024 3 2)"},
    {"(resolve 'keep.b.c)", "1"},
    {"(resolve 'keep.nosuch)", ""},
    {"(type .sys)", "DICT"},
    {"(count (key .os))", "2"},
    {".nosuch", "!name"},
    {".sys.nosuch", "!name"},
    {"(do (set neg.x 1))", "!type"},
};

UT_CASE(steps) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, rows);
    ray_rt_free(rt);
}

/* As many dicts in dicts as steps: more than may be nested are refused, not walked into. */
UT_CASE(length_is_limited) {
    ray_rt *rt = rt_new();
    rb_bytes b = RB_BYTES_EMPTY;
    UT_CHECK(rb_bytes_put_text(&b, "(set a") == 0);
    for (int i = 0; i < 100000; i++) UT_CHECK(rb_bytes_put_text(&b, ".b") == 0);
    UT_CHECK(rb_bytes_put(&b, " 1)", 4) == 0);
    say(rt, (const char *)b.p, "!limit");
    memcpy(b.p, "(del", 4);
    say(rt, "(set a.b 1)", "1");
    say(rt, (const char *)b.p, "!limit");
    rb_bytes_free(&b);
    ray_rt_free(rt);
}

UT_CASE(setup) {
    steps();
    length_is_limited();
}

UT_MAIN(setup, steps, length_is_limited)
