/* pivot: names, cells, nulls. */
#include "ops/sweep_ut.h"

#define OF(c) "(table [r c v] (list [x x y x] " c " [1 2 3 4]))"
#define NAMES(c) "(cols (pivot " OF(c) " 'r 'c 'v sum))"

static const said cases[] = {
    {"(value (pivot " OF("[p q p p]") " 'r 'c 'v sum))", "([x y] [5 3] [2 0Nl])"},
    {"(value (pivot " OF("[p q p p]") " 'r 'c 'v count))", "([x y] [2 1] [1 0Nl])"},
    {"(value (pivot " OF("[p q p p]") " 'r 'c 'v (fn [x] (last x))))", "([x y] [4 3] [2 0Nl])"},
    {"(value (pivot " OF("[p q p p]") " 'r 'c 'v (fn [x] x)))", "([x y] ([1 4] [3]) ([2] 0Nl))"},
    {"(value (pivot " OF("[p q p p]") " 'r 'c 'v med))", "([x y] [2.5 3.0] [2.0 0Nf])"},
    {"(value (pivot " OF("[p q p p]") " [r v] 'c 'v max))", "([x x y x] [1 2 3 4] [1 0Nl 3 4] [0Nl 2 0Nl 0Nl])"},
    {NAMES("[p ' p p]"), "[r p ']"},
    {NAMES("[1 0N -2 1]"), "[r 1 -2]"},
    {NAMES("[1.5 150.0 0Nf 1.5]"), "[r 1.5 150]"},
    {NAMES("[true false true true]"), "[r true false]"},
    {NAMES("[2024.01.15 0Nd 2024.01.15 2024.01.15]"), "[r 8780]"},
    {NAMES("[09:30:00 0Nt 09:30:00 09:30:00]"), "[r 34200000]"},
    {NAMES("(as 'U8 [1 2 3 1])"), "[r 1 2 3]"},
    {NAMES("(as 'I16 [1 2 3 1])"), "[r 1 2 3]"},
    {NAMES("[\"p\" \"q\" \"p\" \"p\"]"), "!nyi"},
    {"(value (pivot (take " OF("[p q p p]") " 0) 'r 'c 'v sum))", "()"},
    {"(pivot " OF("[p q p p]") " 'x 'c 'v sum)", "!domain"},
    {"(pivot " OF("[p q p p]") " 'r 'x 'v sum)", "!domain"},
    {"(pivot " OF("[p q p p]") " 'r 'c 'x sum)", "!domain"},
    {"(pivot " OF("[p q p p]") " 'r \"c\" 'v sum)", "!type"},
    {"(pivot " OF("[p q p p]") " 'r 'c 'v 'sum)", "!type"},
    {"(pivot " OF("[p q p p]") " 'r 'c 'r sum)", "!type"},
    {"(pivot 5 'r 'c 'v sum)", "!type"},
};

VERB_CASES(cases)
