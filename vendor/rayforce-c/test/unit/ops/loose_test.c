/* Equality across types. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(find (list 1 2.0 \"a\") 2)", "1"},
    {"(find (list 0N 1) 0Nf)", "0"},
    {"(find (list 0Nd 1) 0Nf)", "0Nl"},
    {"(in (list 1D 2) [86400000000000])", "[true false]"},
    {"(in [00:00:01] [0D00:00:01])", "[true]"},
    {"(in [2024.01.01] [8766])", "[false]"},
    {"(distinct (list 1 1i true 1.0 \"1\"))", "(1 \"1\")"},
    {"(distinct (list [1 2] (list 1 2) [1 2]))", "([1 2] (1 2))"},
    {"(distinct (list -0.0 0))", "(0.0)"},
    {"(distinct (list \"\" '))", "(\"\" ')"},
    {"(group (list sum sum avg))", "{<sum>:[0 1] <avg>:[2]}"},
};

VERB_CASES(cases)
