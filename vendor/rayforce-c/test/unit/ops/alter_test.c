/* The value parts of alter. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(set v [1 2 3]) (alter 'v set [0 2] [7 8]) v", "[7 2 8]"},
    {"(set v [1 2 3]) (alter 'v set 1 0N) v", "[1 0Nl 3]"},
    {"(set v [\"a\" \"b\"]) (alter 'v set 0 \"a longer string here\") v", "[\"a longer string here\" \"b\"]"},
    {"(set l (list 1 2)) (alter 'l set 0 [5 6]) l", "([5 6] 2)"},
    {"(set l (list 1 2 3)) (alter 'l remove [0 2 9]) l", "(2)"},
    {"(set v [1 2 3]) (alter 'v set 3 1)", "!index"},
    {"(set v [1 2 3]) (alter 'v set 0 \"a\")", "!type"},
    {"(set v [1 2 3]) (alter 'v set [0 1] [5])", "!length"},
    {"(set v [1 2 3]) (alter 'v remove 0)", "!type"},
};

VERB_CASES(cases)
