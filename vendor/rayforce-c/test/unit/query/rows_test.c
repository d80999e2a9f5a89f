/* Columns seen through a filter and an order. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

static const said cases[] = {
    {"(value (select {from: " T " where: (> q 1) desc: q x: s y: q}))", "([c a b] [4 3 2])"},
    {"(value (select {from: " T " where: (> q 1) x: [10 20 30 40]}))", "([20 30 40])"},
    {"((fn [q] (value (select {from: " T " x: (+ q 1) y: s}))) 7)", "([8 8 8 8] [a b a c])"},
    {"(value (select {from: " T " where: false}))", "([] [] [])"},
};

VERB_CASES(cases)
