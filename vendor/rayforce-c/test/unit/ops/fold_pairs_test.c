/* An aggregate of a verb of two columns is what it is of the column that the verb makes, to the last bit. */
#include "ops/sweep_ut.h"

#define N "200001"
#define T                                                                                                              \
    "(set v (/ (% (* 104729 (til " N ")) 4001) (% (til " N ") 3))) (set l (- (% (* 31 (til " N ")) 2003) 1000)) "        \
    "(set x (/ (% (* 7919 (til " N ")) 1009) 3.0))"
#define SAME(aggregate, pair)                                                                                          \
    {"(do " T " (set m " pair ") (== (" aggregate " " pair ") (" aggregate " m)))", "true"},
#define EVERY(pair) SAME("sum", pair) SAME("avg", pair) SAME("min", pair) SAME("max", pair) SAME("dev", pair)

static const said cases[] = {
    EVERY("(* x v)") EVERY("(* x x)") EVERY("(+ v l)") EVERY("(- x 2)") EVERY("(/ l x)") EVERY("(/ 1 v)") EVERY("(* l l)")
    EVERY("(* l 3)")
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
