/* Elements by mask, and positions of the true ones. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(where [true false true])", "[0 2]"},
    {"(where [1 0])", "!type"},
    {"(filter [1 2 3] [true false true])", "[1 3]"},
    {"(filter [\"a longer string here\" \"b\"] [true false])", "[\"a longer string here\"]"},
    {"(filter (list 1 \"a\" [2]) [false true true])", "(\"a\" [2])"},
    {"(filter [1 2] (list true false))", "(1)"},
    {"(filter \"abc\" [true false true])", "\"ac\""},
    {"(filter [1 2] [true])", "!length"},
    {"(filter [1 2] [1 0])", "!type"},
    {"(filter [1 0N 3] [false true true])", "[0Nl 3]"},
    {"(count (filter (til 200000) (== 0 (% (til 200000) 3))))", "66667"},
    {"(value (at (table [a b] (list [1 2 3] [x y z])) [2 0]))", "([3 1] [z x])"},
};

VERB_CASES(cases)
