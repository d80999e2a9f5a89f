/* Sorting. */
#include "ops/sweep_ut.h"

static const said cases[] = {
    {"(asc [3 0N 1])", "[0Nl 1 3]"},
    {"(desc [1.5 0Nf -1.5])", "[1.5 -1.5 0Nf]"},
    {"(asc [-0.0 0.0 -1.0])", "[-1.0 0.0 0.0]"},
    {"(asc [true false true])", "[false true true]"},
    {"(desc [2024.01.03 0Nd 2024.01.04])", "[2024.01.04 2024.01.03 0Nd]"},
    {"(asc [9223372036854775807 -9223372036854775807 0])", "[-9223372036854775807 0 9223372036854775807]"},
    {"(asc (list 1))", "!type"},
    {"(asc 5)", "5"},
    {"(iasc [2 1 2 1])", "[1 3 0 2]"},
    {"(idesc [2 1 2 1])", "[0 2 1 3]"},
    {"(iasc [1e300 -1e300 0Nf])", "[2 1 0]"},
    {"(iasc 5)", "!type"},
    {"(set x (% (* 7919 (til 100000)) 100003)) (all (== (asc x) (at x (iasc x))))", "true"},
    {"(set x (% (* 7919 (til 100000)) 50)) (all (== (desc x) (at x (idesc x))))", "true"},
    {"(set x (* 1e300 (- 0.5 (/ (% (* 7919 (til 50000)) 49999) 49999)))) (all (== (asc x) (at x (iasc x))))", "true"},
};

VERB_CASES(cases)
