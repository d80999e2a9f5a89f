/* insert: rows into tables, elements into vectors and lists; what fails changes nothing. */
#include "ops/sweep_ut.h"

#define T "(table [k n] (list [a b] [1 2]))"
#define TEXTS "(table [t l] (list [\"x\" \"fourteen bytes\"] (list [1] 2)))"

static const said cases[] = {
    {"(value (insert " T " (list 'c 3)))", "([a b c] [1 2 3])"},
    {"(value (insert " T " (list [c d] [3 4])))", "([a b c d] [1 2 3 4])"},
    {"(value (insert " T " (dict [n] (list 3))))", "([a b '] [1 2 3])"},
    {"(value (insert " T " (dict [n] (list [3 4]))))", "([a b ' '] [1 2 3 4])"},
    {"(value (insert " T " (table [n k] (list [3] [c]))))", "([a b c] [1 2 3])"},
    {"(value (insert " TEXTS " (list \"another text it is\" [5 6])))",
     "([\"x\" \"fourteen bytes\" \"another text it is\"] ([1] 2 [5 6]))"},
    {"(value (insert " TEXTS " (dict [t] (list \"y\"))))",
     "([\"x\" \"fourteen bytes\" \"y\"] ([1] 2 null))"},
    {"(do (set v " T ") (set x v) (insert 'v (list 'c 3)) (list (count v) (count x)))", "(3 2)"},
    {"(do (set v " TEXTS ") (insert 'v (list \"y\" 7)) (insert 'v v) (value v))",
     "([\"x\" \"fourteen bytes\" \"y\" \"x\" \"fourteen bytes\" \"y\"] ([1] 2 7 [1] 2 7))"},
    {"(do (set x {a: 1}) (set x.t " T ") (insert 'x.t (list 'c 3)) (count x.t))", "3"},
    {"(do (set v " T ") (try (insert 'v (list 'c \"no\")) (fn [e] 0)) (value v))", "([a b] [1 2])"},
    {"(value (insert " T " (list \"\" ')))", "([a b '] [1 2 0Nl])"},
    {"(value (insert " T " (list [\"\"] (list 0Ng))))", "([a b '] [1 2 0Nl])"},
    {"(value (insert (table [u] (list [0x01])) (list [0 255 0N])))", "([0x01 0x00 0xff 0x00])"},
    {"(insert (table [u] (list [0x01])) (list 256))", "!domain"},
    {"(insert (table [u] (list [0x01])) (list -1))", "!domain"},
    {"(insert " T " (list 'c))", "!domain"},
    {"(insert " T " (list [c d] 3))", "!length"},
    {"(insert " T " (list [c d] [3 4 5]))", "!length"},
    {"(insert " T " (table [n] (list [3])))", "!domain"},
    {"(insert " T " (table [n x] (list [3] [c])))", "!value"},
    {"(insert " T " (dict [\"n\"] (list 3)))", "!type"},
    {"(insert " T " 3)", "!type"},
    {"(insert " T " 0 (list 'c 3))", "!type"},
    {"(insert {a: 1} {b: 2})", "!type"},
    {"(insert 'nowhere (list 1))", "!domain"},
    {"(insert [1 2 3] 1 [9 8])", "[1 9 8 2 3]"},
    {"(insert [1 2 3] [3 0 0] [9 8 7])", "[8 7 1 2 3 9]"},
    {"(insert [1 2 3] [3 0] 5)", "[5 1 2 3 5]"},
    {"(insert [\"x\"] 0 \"y\")", "[\"y\" \"x\"]"},
    {"(insert (list 1 \"a\") 1 [5 6])", "(1 [5 6] \"a\")"},
    {"(insert (list 1 \"a\") [0 2] [5 6])", "(5 1 \"a\" 6)"},
    {"(insert [1 2] [])", "[1 2]"},
    {"(insert [1 2] [0 1] [7])", "!length"},
    {"(insert [1 2] 3 7)", "!range"},
    {"(insert [1 2] -1 7)", "!range"},
    {"(insert [1 2] 0N 7)", "!range"},
    {"(insert [1 2] 1.0 7)", "!type"},
    {"(insert [1 2] [0.5] 7)", "!type"},
    {"(do (set v [1 2]) (insert 'v 3) (insert 'v v) v)", "[1 2 3 1 2 3]"},
    {"(do (set l (list 1)) (insert 'l l) (count l))", "2"},
};

VERB_CASES(cases)
