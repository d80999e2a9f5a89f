#include "lang/lang_ut.h"

static const said rows[] = {
    {"(.sys.gc)", "0"},
    {"(.sys.gc 1)", "!arity"},
    {"(key (.sys.mem))", "[alloc-count bytes-allocated peak-bytes sys-current sym-count sym-bytes]"},
    {"(> (at (.sys.mem) 'peak-bytes) 0)", "true"},
    {"(> (.mem.objsize (til 1000)) 8000)", "true"},
    {"(at (.mem.ts (+ 1 2)) 'result)", "3"},
    {"(>= (at (.mem.ts (til 1000)) 'result-bytes) 8000)", "true"},
    {"(>= (at (.mem.ts 1) 'time-ns) 0)", "true"},
    {"(.mem.ts)", "!arity"},
    {"(.mem.ts nosuch)", "!name"},
    {"(<= (.time.now) (.time.now))", "true"},
    {"(.time.now 1)", "!domain"},
};

UT_CASE(all) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, rows);
    ray_rt_free(rt);
}

UT_CASE(setup) { all(); }

UT_MAIN(setup, all)
