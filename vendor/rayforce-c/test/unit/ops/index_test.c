/* What lies at a position or under a key. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(at [1 2 3] 1)", "2"},
    {"(at [1 2 3] 7)", "0Nl"},
    {"(at [1 2 3] [0 -1 2])", "[1 0Nl 3]"},
    {"(at [1 2 3] (list 0 [1 2]))", "(1 [2 3])"},
    {"(at (list 1 \"a\") [1 5])", "(\"a\" 0Nl)"},
    {"(at \"abc\" [0 2])", "\"ac\""},
    {"(at \"abc\" 3)", "!domain"},
    {"(at {a: 1 b: [2 3]} 'b)", "[2 3]"},
    {"(at {a: 1} [a z])", "(1 0Nl)"},
    {"(at (dict [1 2] [10 20]) 1i)", "0Nl"},
    {"(at (dict [a '] [1 2]) ')", "2"},
    {"(at (group (list 1 \"a\")) 1.0)", "[0]"},
    {"(at (table [a] (list [1 2])) 0)", "{a:1}"},
    {"(at (table [a] (list [1 2])) 2)", "!domain"},
    {"(at (table [a b] (list [1 2] [3 4])) [b a])", "([3 4] [1 2])"},
    {"(at (table [a] (list [1 2])) (list 0 1))", "({a:1} {a:2})"},
    {"(at [1 2] 1.0)", "!type"},
    {"(at 5 0)", "!type"},
    {"(. {a: 7} 'a)", "7"},
};

VERB_CASES(cases)
