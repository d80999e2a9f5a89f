/* delete, and targets of changes. */
#include "ops/sweep_ut.h"

#define T "(table [k n] (list [a b a] [1 2 0N]))"

static const said cases[] = {
    {"(value (delete {from: " T " where: (< n 2)}))", "([b] [2])"},
    {"(value (delete {from: " T " where: true}))", "([] [])"},
    {"(value (delete {from: " T " where: 0 x: 5}))", "([a b a] [1 2 0Nl])"},
    {"(do (set v " T ") (set x v) (delete {from: 'v where: (== k 'a)}) (list (count v) (count x)))", "(1 3)"},
    {"(do (set v " T ") (delete {from: 'v where: (== k 'a)}))", "v"},
    {"(delete {from: " T "})", "!domain"},
    {"(delete {from: " T " where: true by: k})", "!domain"},
    {"(delete {from: " T " where: (> unknown 1)})", "!name"},
    {"(delete {from: " T " where: n})", "!type"},
    {"(delete {from: " T " where: [true false]})", "!length"},
    {"(delete {from: 'nowhere where: true})", "!domain"},
    {"(delete {from: 5 where: true})", "!type"},
    {"(delete 5)", "!type"},
    {"(delete)", "!arity"},
};

VERB_CASES(cases)
