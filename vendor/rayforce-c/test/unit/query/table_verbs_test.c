/* Making tables and taking them apart. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

static const said cases[] = {
    {"(value (table [a b] (list (list 1 2) [x y])))", "([1 2] [x y])"},
    {"(value (table [a b] [1 2]))", "([1] [2])"},
    {"(value (table [] (list)))", "()"},
    {"(table [a b] (list [1 2] [3]))", "!domain"},
    {"(table [a] (list [1] [2]))", "!domain"},
    {"(table [a] (list \"abc\"))", "!type"},
    {"(table [a] (list (list 1 \"x\")))", "!type"},
    {"(table [1] (list [1]))", "!type"},
    {"(cols " T ")", "[s q p]"},
    {"(row " T " 1)", "{s:b q:2 p:0Nf}"},
    {"(row " T " 's)", "!type"},
    {"(at (xasc " T " 'p) 'q)", "[2 1 3 4]"},
    {"(at (xdesc " T " [s q]) 'q)", "[4 2 3 1]"},
    {"(xasc " T " 'z)", "!domain"},
    {"(xasc " T " [])", "!type"},
    {"(key (xcol " T " [x y z]))", "[x y z]"},
    {"(xcol " T " [x])", "!length"},
    {"(key (xcols " T " [q s]))", "[q s]"},
    {"(xcols " T " [z])", "!domain"},
    {"(count (union-all " T " " T "))", "8"},
    {"(union-all " T " (xcols " T " [q s p]))", "!type"},
};

VERB_CASES(cases)
