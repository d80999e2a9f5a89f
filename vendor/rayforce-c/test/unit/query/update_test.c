/* update: whole columns, some rows, and groups. */
#include "ops/sweep_ut.h"

#define T "(table [k n f t l] (list [a b a] [1 2 3] [0.5 1.5 0Nf] [\"x\" \"y\" \"\"] (list [1] 2 \"z\")))"
#define SET(clauses, column) "(at (update {from: " T " " clauses "}) '" column ")"

static const said cases[] = {
    {SET("n: (+ n 1) m: n", "m"), "[1 2 3]"},
    {SET("f: 7", "f"), "[7.0 7.0 7.0]"},
    {SET("f: (+ n 0)", "f"), "[1.0 2.0 3.0]"},
    {SET("n: (+ f 0)", "n"), "[0.5 1.5 0Nf]"},
    {SET("n: (list 1 \"x\" 'y)", "n"), "(1 \"x\" y)"},
    {SET("m: 1.5 where: (> n 1)", "m"), "[0Nf 1.5 1.5]"},
    {SET("m: 'q where: (> n 1)", "m"), "[' q q]"},
    {SET("m: true where: (> n 1)", "m"), "[false true true]"},
    {SET("n: f where: (== k 'b)", "n"), "[1 1 3]"},
    {SET("f: n where: (== k 'a)", "f"), "[1.0 1.5 3.0]"},
    {SET("n: (as 'I32 [7 8 9]) where: (== k 'a)", "n"), "[7 2 9]"},
    {SET("t: \"a text of more than twelve bytes\" where: (== k 'b)", "t"),
     "[\"x\" \"a text of more than twelve bytes\" \"\"]"},
    {SET("n: 0N where: true", "n"), "[0Nl 0Nl 0Nl]"},
    {SET("n: 9 where: false", "n"), "[1 2 3]"},
    {SET("m: (sum n) by: k", "m"), "[4 2 4]"},
    {SET("m: (sums n) by: k", "m"), "[1 2 4]"},
    {SET("m: (+ n 1) by: k", "m"), "[2 3 4]"},
    {SET("m: (- n (avg n)) by: 'k", "m"), "[-1.0 0.0 1.0]"},
    {SET("m: 5 by: k", "m"), "[5 5 5]"},
    {SET("m: (reverse t) by: k", "m"), "[\"\" \"y\" \"x\"]"},
    {SET("m: (distinct k) by: k", "m"), "!length"},
    {SET("m: (sum n) by: [k]", "m"), "!type"},
    {SET("m: (sum n) by: z", "m"), "!domain"},
    {SET("m: (sum n) by: k where: true", "m"), "!nyi"},
    {SET("n: 1.5", "n"), "!type"},
    {SET("n: \"x\" where: (> n 1)", "n"), "!type"},
    {SET("n: (list 1 2 3) where: (> n 1)", "n"), "!type"},
    {SET("k: t", "k"), "!type"},
    {SET("n: null", "n"), "!length"},
    {SET("n: [1 2]", "n"), "!length"},
    {SET("n: {x: 1}", "n"), "!domain"},
    {SET("n: m m: 1", "n"), "!schema"},
    {SET("n: 1 where: (> m 1)", "n"), "!name"},
    {"(do (set v " T ") (set x v) (update {from: 'v n: 0}) (list (at v 'n) (at x 'n)))", "([0 0 0] [1 2 3])"},
    {"(do (set v " T ") (try (update {from: 'v n: 0 k: 1}) (fn [e] 0)) (at v 'n))", "[1 2 3]"},
    {"(update {n: 1})", "!domain"},
    {"(update {from: [1 2] n: 1})", "!type"},
    {"(update)", "!arity"},
};

VERB_CASES(cases)
