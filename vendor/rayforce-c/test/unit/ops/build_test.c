/* Collections made from little. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(til 4)", "[0 1 2 3]"},
    {"(til -1)", "!domain"},
    {"(til 5i)", "!type"},
    {"(til 9223372036854775807)", "!oom"},
    {"(sum (til 300000))", "44999850000"},
    {"(cross [1 2] [a b])", "((1 a) (1 b) (2 a) (2 b))"},
    {"(cross 1 \"ab\")", "((1 \"ab\"))"},
    {"(cross [1] {a: 1})", "!type"},
    {"(unify [1] [2.5])", "([1] [2.5])"},
    {"(unify 1 null)", "!type"},
    {"(count (rand 100 7))", "100"},
    {"(max (rand 1000 7))", "6"},
    {"(rand 3 0)", "!domain"},
    {"(rand 3h 5)", "!type"},
};

VERB_CASES(cases)
