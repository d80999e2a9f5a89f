/* One value a group. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

static const said cases[] = {
    {"(value (select {from: " T " by: s a: (sum (* p q)) b: (count p) c: (avg p)}))", "([a b c] [9.0 0.0 16.0] [2 1 1] [2.0 0Nf 4.0])"},
    {"(value (select {from: " T " by: q a: (min s) b: (max s) c: (first p)}))", "([1 2 3 4] [a b a c] [a b a c] [1.5 0Nf 2.5 4.0])"},
    {"(value (select {from: " T " by: s a: (med q) b: (quantile q 0.5) c: (wavg q q)}))", "([a b c] [2.0 2.0 4.0] [2.0 2.0 4.0] [2.5 2.0 4.0])"},
    {"(value (select {from: " T " by: s a: (sum 2) b: (count [1 2 3])}))", "([a b c] [4 2 2] [3 3 3])"},
    {"(value (select {from: (take " T " 0) by: s a: (sum q) b: (med q)}))", "([] [] [])"},
    {"(select {from: " T " by: q a: (sum s)})", "!type"},
    {"(select {from: " T " by: s a: (sum nosuch)})", "!schema"},
};

VERB_CASES(cases)
