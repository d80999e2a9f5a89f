/* Parts by count and place. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(take [1 2 3] 5)", "[1 2 3 1 2]"},
    {"(take [1 2 3] -5)", "[2 3 1 2 3]"},
    {"(take [1 2 3] [-2 1])", "[2]"},
    {"(take [1 2 3] [9 1])", "[]"},
    {"(take [1 2 3] [0 -1])", "!length"},
    {"(take {a: 1} [3 1])", "!range"},
    {"(take [] 2)", "[0 0]"},
    {"(take 'a 2)", "[a a]"},
    {"(take 0N 2)", "[0Nl 0Nl]"},
    {"(take \"abc\" 5)", "\"abcab\""},
    {"(take {a: 1 b: 2} 3)", "{a:1 b:2 a:1}"},
    {"(take [1 2] 1.5)", "!type"},
    {"(take [1 2] 0N)", "!type"},
    {"(drop [1 2 3] -1)", "[1 2]"},
    {"(drop (list 1 \"a\" 2) 1)", "(\"a\" 2)"},
    {"(drop [1] true)", "!type"},
    {"(rotate [1 2 3 4] -1)", "[4 1 2 3]"},
    {"(rotate {a: 1 b: 2 c: 3} 1)", "{b:2 c:3 a:1}"},
    {"(reverse [1 0N 3])", "[3 0Nl 1]"},
    {"(reverse [\"a longer string here\" \"b\"])", "[\"b\" \"a longer string here\"]"},
    {"(reverse \"abc\")", "\"abc\""},
    {"(cut [1 2 3 4] [0 2 2 4])", "([1 2] [3 4] [])"},
    {"(cut \"abcd\" [1])", "(\"a\" \"bcd\")"},
    {"(cut {a: 1 b: 2} [1])", "({a:1} {b:2})"},
    {"(cut [1 2] [2 1])", "!domain"},
    {"(cut [1 2] (list \"a\"))", "!type"},
};

VERB_CASES(cases)
