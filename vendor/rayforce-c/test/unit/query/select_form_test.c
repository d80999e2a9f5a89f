/* select without groups. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

static const said cases[] = {
    {"(value (select {from: " T "}))", "([a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0])"},
    {"(value (select {from: " T " a: (sum q) b: 1}))", "([10] [1])"},
    {"(value (select {from: " T " a: 1}))", "([1 1 1 1])"},
    {"(value (select {from: " T " a: (distinct s) b: 1}))", "([a b c] [1 1 1])"},
    {"(select {from: " T " a: (distinct s) b: q})", "!length"},
    {"(value (select {from: (take " T " 0) a: (sum q)}))", "([])"},
    {"(value (select {from: (take " T " 0) a: (sum q) b: (* 2 (sum q))}))", "([0] [0])"},
    {"(value (select {from: " T " where: (> q 9) a: (sum q) b: (min q)}))", "([0] [0Nl])"},
};

VERB_CASES(cases)
