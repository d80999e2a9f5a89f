#include "lang_ut.h"

static const said rows[] = {
    {"(set v [1 2 3])", "[1 2 3]"},
    {"(set w v)", "[1 2 3]"},
    {"(alter 'v set 0 9)", "v"},
    {"(list v w)", "([9 2 3] [1 2 3])"},
    {"(alter 'v concat [7 8])", "v"},
    {"v", "[9 2 3 7 8]"},
    {"(alter 'v concat \"a\")", "!type"},
    {"(alter 'v set 99 1)", "!index"},
    {"(alter 'v set 0)", "!domain"},
    {"(alter 'v push 1)", "!domain"},
    {"(alter v set 0 1)", "!type"},
    {"(alter 'nosuch set 0 1)", "!name"},
    {"(do (let u [1]) (alter 'u concat 2))", "!domain"},
    {"(set l (list 1 \"a\" 2))", "(1 \"a\" 2)"},
    {"(alter 'l remove 1)", "l"},
    {"l", "(1 2)"},
    {"(alter 'v set nosuch 1)", "!name"},
    {"(alter 'v set 0 nosuch)", "!name"},
};

UT_CASE(all) {
    ray_rt *rt = rt_new();
    SAY_ALL(rt, rows);
    ray_rt_free(rt);
}

UT_CASE(setup) { all(); }

UT_MAIN(setup, all)
