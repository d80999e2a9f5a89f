/* where:. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

static const said cases[] = {
    {"(value (select {from: " T " where: (and (> q 1) (< q 4)) x: q}))", "([2 3])"},
    {"(value (select {from: " T " where: 0 x: q}))", "([])"},
    {"(value (select {from: " T " where: (> q (avg q)) x: q}))", "([3 4])"},
    {"(value (select {from: " T " where: (< (rank q) 2) x: q}))", "([1 2])"},
    {"(select {from: " T " where: \"x\"})", "!type"},
    {"(select {from: " T " where: q})", "!type"},
    {"(select {from: " T " where: [true]})", "!length"},
    {"(select {from: " T " where: (> nosuch 1)})", "!schema"},
};

VERB_CASES(cases)
