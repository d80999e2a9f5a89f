/* Calls over columns. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

static const said cases[] = {
    {"(select {from: " T " a: (if s 1 2)})", "!type"},
    {"(select {from: " T " by: s a: (if s 1 2)})", "!type"},
    {"(value (select {from: " T " a: (if (> q 2) \"big\" \"small\")}))", "([small small big big])"},
    {"(value (select {from: " T " a: (if (> q 3) 1.5 (> q 1) q 0)}))", "([0.0 2.0 3.0 1.5])"},
    {"(value (select {from: " T " a: ((fn [x] (if (> x 2) x 0)) q)}))", "([0 0 3 4])"},
    {"(value (select {from: " T " a: ((fn [x] (let y (* x 2)) (if (> y 4) y 0)) q)}))", "([0 0 6 8])"},
    {"(value (select {from: " T " a: ((fn [x] (if (> x 0) (+ x (self (- x 1))) 0)) q)}))", "([1 3 6 10])"},
    {"(value (select {from: " T " a: (sum 5) b: (count q)}))", "([20] [4])"},
    {"(value (select {from: " T " a: (- q (avg q))}))", "([-1.5 -0.5 0.5 1.5])"},
    {"(value (select {from: " T " a: (max q) b: (max q 2)}))", "([4 4 4 4] [2 2 3 4])"},
    {"(select {from: " T " a: (sum q) b: (max a)})", "!schema"},
    {"(select {from: " T " a: (+ s 1)})", "!type"},
    {"(select {from: " T " a: (+ q [1 2])})", "!length"},
    {"(select {from: " T " a: (sum)})", "!arity"},
    {"(select {from: " T " a: (1 q)})", "!type"},
};

VERB_CASES(cases)
