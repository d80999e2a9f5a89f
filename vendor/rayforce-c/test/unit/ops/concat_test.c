/* Joining values. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(concat [1 2] 3)", "[1 2 3]"},
    {"(concat [1 0N] [2])", "[1 0Nl 2]"},
    {"(concat 'a [b])", "[a b]"},
    {"(concat [\"a longer string here\"] \"zzz\")", "[\"a longer string herezzz\"]"},
    {"(concat \"b\" [\"a\" \"c\"])", "[\"ba\" \"bc\"]"},
    {"(concat [\"a\"] [\"a longer string here\"])", "[\"a\" \"a longer string here\"]"},
    {"(concat \"ab\" \"cd\")", "\"abcd\""},
    {"(concat [1] [2i])", "(1 2)"},
    {"(concat 1 2.5)", "(1 2.5)"},
    {"(concat 1e 2e)", "!type"},
    {"(concat [1] 2.5)", "!type"},
    {"(concat (list 1) [2 3])", "(1 2 3)"},
    {"(concat (list 1) {a: 1})", "!type"},
    {"(concat {a: 1 b: 2} {b: 3 c: 4 c: 5})", "{a:1 b:3 c:5}"},
    {"(concat {} {a: 1})", "{a:1}"},
    {"(concat {\"a\": 1} {b: 2})", "!type"},
    {"(count (concat (table [a b] (list [1] [x])) (table [b a] (list [y] [2]))))", "2"},
    {"(concat (table [a] (list [1])) (table [b] (list [2])))", "!value"},
    {"(concat (table [a] (list [1])) (table [a] (list [2.5])))", "!type"},
    {"(raze (list [1 2] 3 [4]))", "[1 2 3 4]"},
    {"(raze (list \"ab\" \"cd\"))", "\"abcd\""},
    {"(raze (list [1] (list 2 \"a\") [\"b\"]))", "(1 2 \"a\" \"b\")"},
    {"(raze (list {a: 1} {b: 2}))", "{a:1 b:2}"},
    {"(raze (list [1] 2.5))", "!type"},
    {"(raze {a: [1]})", "!type"},
};

VERB_CASES(cases)
