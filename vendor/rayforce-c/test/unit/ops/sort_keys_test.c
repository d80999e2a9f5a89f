/* Orders that keys alone do not tell. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(asc [c ' a B])", "[' B a c]"},
    {"(iasc [b a b ab])", "[1 3 0 2]"},
    {"(asc [\"prefix of 8b\" \"prefix of 8a\" \"prefix\" \"\"])", "[\"\" \"prefix\" \"prefix of 8a\" \"prefix of 8b\"]"},
    {"(idesc [\"same prefix 1\" \"same prefix 2\" \"same prefix 1\"])", "[1 0 2]"},
    {"(count (asc (guid 10)))", "10"},
    {"(asc [0Ng])", "[0Ng]"},
};

VERB_CASES(cases)
