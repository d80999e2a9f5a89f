/* Group numbers, dense, hashed and of several columns. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(group [3 1 2 1])", "{3:[0] 1:[1 3] 2:[2]}"},
    {"(group [1000000000000 5 1000000000000])", "{1000000000000:[0 2] 5:[1]}"},
    {"(group [1.5 0Nf 1.5 0Nf])", "{1.5:[0 2] 0Nf:[1 3]}"},
    {"(count (group (* 1000003 (% (til 6000) 2003))))", "2003"},
    {"(count (distinct (table [a b] (list (% (til 1000) 7) (% (til 1000) 3)))))", "21"},
    {"(count (distinct (table [a b c] (list (* 1000000007 (% (til 1000) 7)) (* 1000000009 (% (til 1000) 11)) (* 1000000000039 (% (til 1000) 13))))))", "1000"},
    {"(count (distinct (table [a b] (list [\"x\" \"y\" \"x\"] [1.5 0Nf 1.5]))))", "2"},
};

VERB_CASES(cases)
