/* distinct, group, diverse. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(distinct [3 0N 1 0N 3])", "[0Nl 1 3]"},
    {"(distinct [3000000000000 1 3000000000000])", "[1 3000000000000]"},
    {"(distinct [2.5 0Nf -1.5 2.5])", "[0Nf -1.5 2.5]"},
    {"(distinct [true true])", "[true]"},
    {"(distinct [c a c])", "[c a]"},
    {"(distinct \"banana\")", "\"abn\""},
    {"(count (distinct (* 1000003 (til 70000))))", "70000"},
    {"(distinct (* 1000000007000 (% (til 70000) 3)))", "[0 1000000007000 2000000014000]"},
    {"(distinct 5)", "!type"},
    {"(group [])", "{}"},
    {"(group [\"a longer string here\" \"b\" \"a longer string here\"])", "{\"a longer string here\":[0 2] \"b\":[1]}"},
    {"(group \"abc\")", "!type"},
    {"(diverse [1 2 1])", "false"},
    {"(diverse (list [1] [1.0]))", "true"},
    {"(diverse {a: 1})", "!type"},
};

VERB_CASES(cases)
