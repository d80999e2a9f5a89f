/* Keys that make columns of different types comparable. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(in [1 0N] [0N 2])", "[false true]"},
    {"(in [0Ni 1i] [0N])", "[true false]"},
    {"(in [2.0 0Nf] [0Nh 2h])", "[true true]"},
    {"(in [9007199254740993] [9007199254740992.0])", "[true]"},
    {"(in [\"a longer string here\" \"b\"] [\"b\" \"a longer string here\"])", "[true true]"},
    {"(in [0Ng] [0Ng])", "[true]"},
    {"(in [a b] [\"a\"])", "[false false]"},
    {"(count (distinct (concat (til 70000) (til 70000))))", "70000"},
};

VERB_CASES(cases)
