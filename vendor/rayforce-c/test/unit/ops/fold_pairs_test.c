/* An aggregate of a verb of two columns is what it is of the column that the verb makes, to the last bit. */
#include "ops/sweep_ut.h"

/* Two ranges of RK_GRAIN, the second not whole; four of them once for each aggregate. */
#define FEW "70001"
#define MANY "200001"
#define T(n)                                                                                                           \
    "(set v (/ (% (* 104729 (til " n ")) 4001) (% (til " n ") 3))) (set l (- (% (* 31 (til " n ")) 2003) 1000)) "      \
    "(set x (/ (% (* 7919 (til " n ")) 1009) 3.0))"
#define SAME(n, aggregate, pair)                                                                                       \
    {"(do " T(n) " (set m " pair ") (== (" aggregate " " pair ") (" aggregate " m)))", "true"},
#define EACH(n, pair)                                                                                                  \
    SAME(n, "sum", pair) SAME(n, "avg", pair) SAME(n, "min", pair) SAME(n, "max", pair) SAME(n, "dev", pair)
#define EVERY(pair) EACH(FEW, pair)

static const said cases[] = {
    EVERY("(* x v)") EVERY("(* x x)") EVERY("(+ v l)") EVERY("(- x 2)") EVERY("(/ l x)") EVERY("(/ 1 v)")
    EVERY("(* l l)") EVERY("(* l 3)")
    EACH(MANY, "(* x v)")
    {"(sum (* (as 'F64 (til 0)) (as 'F64 (til 0))))", "0.0"},
    {"(avg (/ [0 0] [0 0]))", "0Nf"},
    {"(min (/ [0 0] [0 0]))", "0Nf"},
    {"(max (* [1.0 0Nf] [2.0 3.0]))", "2.0"},
    {"(sum (* [1.0 2.0] [1.0 2.0 3.0]))", "!length"},
    {"(sum (* [1.0 2.0] 'a))", "!type"},
    {"(sum (* [1.0 2.0]))", "!arity"},
    {"(sum (* [1.0 2.0] unknown))", "!name"},
    {"(sum (* (list 1.0 [2.0 3.0]) 2))", "!type"},
    {"(sum (* 2.0 3.0))", "6.0"},
    {"(do (set l (fn [a b] 7)) (sum (l 1.0 2.0)))", "7"},
};

VERB_CASES(cases)
