/* upsert: a few rows are looked for one by one, many by numbering all keys; both must agree. */
#include "ops/sweep_ut.h"

#define T "(table [k n t l] (list [a b a] [1 2 3] [\"x\" \"y\" \"fourteen bytes\"] (list [1] 2 \"z\")))"
/* The same rows thrice more, so that there are more than a few. */
#define MANY(rows) "(raze (list " rows " " rows " " rows "))"
#define NEW "(table [k n t l] (list [b c c] [20 30 40] [\"u\" \"some new text\" \"w\"] (list [7] 8 9)))"

static const said cases[] = {
    {"(value (upsert " T " 1 " NEW "))",
     "([a b a c] [1 20 3 40] [\"x\" \"u\" \"fourteen bytes\" \"w\"] ([1] [7] \"z\" 9))"},
    {"(value (upsert " T " 1 " MANY(NEW) "))",
     "([a b a c] [1 20 3 40] [\"x\" \"u\" \"fourteen bytes\" \"w\"] ([1] [7] \"z\" 9))"},
    {"(value (upsert (table [k n] (list [a b] [1 2])) 2 (list [a b b] [1 3 3])))", "([a b b] [1 2 3])"},
    {"(value (upsert (table [k n] (list [1.5 0Nf] [1 2])) 1 (list [0Nf -0.0 0.0] [3 4 5])))",
     "([1.5 0Nf 0.0] [1 3 5])"},
    {"(value (upsert (table [k n] (list [\"x\" \"\"] [1 2])) 1 (list [\"\" \"x\"] [3 4])))", "([\"x\" \"\"] [4 3])"},
    {"(value (upsert (table [k n m] (list [a b] [1 2] [5 6])) 1 (dict [k m] (list [b c c] [7 8 9]))))",
     "([a b c] [1 2 0Nl] [5 7 9])"},
    {"(value (upsert (table [k n m] (list [a b] [1 2] [5 6])) 'm (dict [n m] (list 9 6))))", "([a b] [1 9] [5 6])"},
    {"(value (upsert (table [k n] (list [a b] [0N 2])) 1 (list 'a 1)))", "([a b] [1 2])"},
    {"(do (set v " T ") (set x v) (upsert 'v 1 " NEW ") (list (count v) (at x 'n)))", "(4 [1 2 3])"},
    {"(do (set v " T ") (upsert 'v 1 " NEW ") (upsert 'v 1 " NEW ") (at v 'n))", "[1 20 3 40]"},
    {"(do (set v " T ") (try (upsert 'v 1 (list 'a 1 2 3)) (fn [e] 0)) (at v 'n))", "[1 2 3]"},
    {"(value (upsert (table [l n] (list (list [1] 2) [1 2])) 1 (list [1] 5)))", "(([1] 2) [5 2])"},
    {"(upsert " T " 5 " NEW ")", "!domain"},
    {"(upsert " T " 0 " NEW ")", "!domain"},
    {"(upsert " T " 'x " NEW ")", "!domain"},
    {"(upsert " T " \"k\" " NEW ")", "!type"},
    {"(upsert [1 2] 1 [3])", "!type"},
    {"(upsert " T " 1 (dict [n] (list 1)))", "!value"},
};

VERB_CASES(cases)
