/* A statement taken apart. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

static const said cases[] = {
    {"(value (select {from: " T " x: q limit: 2}))", "([1 2 3 4] [2 2 2 2])"},
    {"(value (select {from: " T " where: (> q 1) where: (> q 3) x: q}))", "([2 3 4])"},
    {"(select {x: q})", "!domain"},
    {"(select)", "!arity"},
    {"(select 5)", "!type"},
    {"(select {from: 5})", "!type"},
    {"(select {from: 't})", "!type"},
    {"(value (eval (list select (dict [\"from\" \"x\"] (list " T " 1)))))", "([1 1 1 1])"},
    {"(eval (list select (dict [1 2] (list " T " 1))))", "!type"},
};

VERB_CASES(cases)
