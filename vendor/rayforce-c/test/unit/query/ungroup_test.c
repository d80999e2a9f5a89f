/* ungroup: cells of every kind. */
#include "ops/sweep_ut.h"

#define OF(cells) "(value (ungroup (table [k l] (list [a b] (list " cells ")))))"

static const said cases[] = {
    {OF("[1 2] [3]"), "([a a b] [1 2 3])"},
    {OF("[1 2] 3"), "([a a b] [1 2 3])"},
    {OF("[] [3]"), "([b] [3])"},
    {OF("[] []"), "([] [])"},
    {OF("[\"a text of more than twelve bytes\" \"y\"] [\"x\"]"), "([a a b] [\"a text of more than twelve bytes\" \"y\" \"x\"])"},
    {OF("[\"x\"] \"y\""), "([a b] [\"x\" \"y\"])"},
    {OF("[1 2] [1.5]"), "([a a b] (1 2 1.5))"},
    {OF("(list 1 [2 3]) (list \"x\")"), "([a a b] (1 [2 3] \"x\"))"},
    {OF("(list 1 2) [3]"), "([a a b] [1 2 3])"},
    {OF("[1 0N] [2]"), "([a a b] [1 0Nl 2])"},
    {"(value (ungroup (table [l m] (list (list [1 2] [3]) (list [a b] [c])))))", "([1 2 3] [a b c])"},
    {"(ungroup (table [l m] (list (list [1 2] [3]) (list [a b] [c d]))))", "!length"},
    {"(value (ungroup (table [k] (list [a b]))))", "([a b])"},
    {"(value (ungroup (take (table [l] (list (list [1 2] [3]))) 0)))", "(())"},
    {"(ungroup 5)", "!type"},
};

VERB_CASES(cases)
