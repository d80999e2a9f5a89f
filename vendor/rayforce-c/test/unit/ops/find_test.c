/* First positions. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(find [10 20 10] 10)", "0"},
    {"(find [10 20] [20 99])", "[1 0Nl]"},
    {"(find [a b '] ')", "2"},
    {"(find [1.5 0Nf] 0N)", "1"},
    {"(find (list 1 \"a\" [1 2]) [1 2])", "[0 0Nl]"},
    {"(find [\"b\" \"a longer string here\"] \"a longer string here\")", "1"},
    {"(find \"abc\" \"c\")", "2"},
    {"(find \"abc\" [\"c\" \"z\"])", "[2 0Nl]"},
    {"(find \"abc\" (list \"a\" 1))", "!type"},
    {"(find \"abc\" \"bc\")", "!type"},
    {"(find 5 5)", "!type"},
    {"(find [1] null)", "!type"},
    {"(find (til 5000) [4999 -1])", "[4999 0Nl]"},
};

VERB_CASES(cases)
