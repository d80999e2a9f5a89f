/* xkey, xgroup, modify, fkeys. */
#include "ops/sweep_ut.h"

#define T "(table [k n] (list [a b c] [1 2 3]))"
#define G "(table [k n] (list [a b a] [1 2 3]))"

static const said cases[] = {
    {"(xkey " T " 'k)", "{a:{n:1} b:{n:2} c:{n:3}}"},
    {"(key (xkey " T " [k n]))", "((a 1) (b 2) (c 3))"},
    {"(xkey " G " 'k)", "!domain"},
    {"(xkey " T " 'x)", "!domain"},
    {"(xkey " T " [])", "!type"},
    {"(xkey [1 2] 'x)", "!type"},
    {"(map value (value (xgroup " G " 'k)))", "(([a a] [1 3]) ([b] [2]))"},
    {"(key (xgroup " G " [k n]))", "((a 1) (b 2) (a 3))"},
    {"(xgroup " G " \"k\")", "!type"},
    {"(value (modify " T " 'n neg))", "([a b c] [-1 -2 -3])"},
    {"(value (modify " T " 'n (fn [x] (as 'STR x))))", "([a b c] [\"1\" \"2\" \"3\"])"},
    {"(modify " T " 'n sum)", "!domain"},
    {"(value (modify " T " 'n distinct))", "([a b c] [1 2 3])"},
    {"(modify " G " 'k distinct)", "!length"},
    {"(modify " T " 'x neg)", "!domain"},
    {"(modify " T " [n] neg)", "!type"},
    {"(modify " T " 'n 5)", "!type"},
    {"(modify 't 'n neg)", "!type"},
    {"(fkeys " T ")", "{}"},
    {"(fkeys 5)", "!type"},
};

VERB_CASES(cases)
