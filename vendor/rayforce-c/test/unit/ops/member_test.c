/* Membership and sets. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(in 2 [1 2])", "true"},
    {"(in [1 2 3] [2 1000000000000])", "[false true false]"},
    {"(in (list [1 2] 3) [1 3])", "([true false] true)"},
    {"(in \"ab\" \"abc\")", "[true true]"},
    {"(in [\"abc\" \"a\"] \"abc\")", "[true false]"},
    {"(in \"ab\" [\"ab\" \"c\"])", "true"},
    {"(in 1 {a: 1})", "!type"},
    {"(not-in [1 0N] [0N])", "[true false]"},
    {"(except [1 2 2 3] [3])", "[1 2 2]"},
    {"(except [1 2 3] (list 2))", "(1 3)"},
    {"(except 1 [1])", "!type"},
    {"(sect [0N 1 2] [0N 2])", "[0Nl 2]"},
    {"(sect [1 2] 2)", "!type"},
    {"(union [2 2] [3 2 3])", "[2 2 3 3]"},
    {"(union [1 2] [2.0 3.0])", "(1 2 3.0)"},
    {"(union [1] 2)", "!type"},
    {"(sum (in (til 200000) (* 2 (til 1000))))", "1000"},
};

VERB_CASES(cases)
