/* Choosing and repeating. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

static const said cases[] = {
    {"(value (select {from: " T " a: (if (> q 2) [10 20 30 40] 0)}))", "([0 0 30 40])"},
    {"(value (select {from: " T " a: (if (> q 2) p 0.0)}))", "([0.0 0.0 2.5 4.0])"},
    {"(value (select {from: " T " a: (if (> q 2) q null)}))", "([0Nl 0Nl 3 4])"},
    {"(value (select {from: " T " a: (sum (if (> q 2) null p))}))", "([1.5])"},
    {"(select {from: " T " a: (if (> q 2) null null)})", "!type"},
    {"(select {from: " T " a: (if (> q 2) s 1)})", "!type"},
    {"(select {from: " T " a: (if (> q 2) [1 2] 1)})", "!length"},
    {"(value (select {from: " T " a: \"a longer string here\" take: 1}))", "([\"a longer string here\"])"},
    {"(select {from: " T " a: sum})", "!domain"},
};

VERB_CASES(cases)
