/* Verbs that differ in statements. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

static const said cases[] = {
    {"(value (select {from: " T " where: (== s \"a\") x: q}))", "([1 3])"},
    {"(value (select {from: " T " where: (in p [1.5 0Nf]) x: q}))", "([1])"},
    {"(value (select {from: " T " where: (not-in p [1.5]) x: q}))", "([3 4])"},
    {"(value (select {from: " T " where: (within p [0 3]) x: q}))", "([1 3])"},
    {"(value (select {from: " T " where: (within p [0Nf 3.0]) x: q}))", "([1 2 3])"},
    {"(value (select {from: " T " where: (> q 2) x: (in q [4 3 2 1]) y: (not-in q [4 3 2 1])}))",
     "([true true] [false false])"},
    {"(value (select {from: (take " T " 2) where: (> q 1) x: (within q [0 5])}))", "([true])"},
    {"(value (select {from: " T " by: s x: (reverse (in q [4 3 2 1]))}))", "([a b c] ([true true] [true] [true]))"},
    {"(do (set v [4 3 2 1]) (value (select {from: " T " where: (> q 2) x: (in q v) y: (+ q v)})))",
     "([true true] [5 5])"},
    {"(value (select {from: " T " x: (concat s \"k\") y: (concat s s)}))", "([ak bk ak ck] [aa bb aa cc])"},
    {"(value (select {from: " T " x: (concat (first s) (last s)) y: (concat (first s) \"k\") z: q}))",
     "([ac ac ac ac] [ak ak ak ak] [1 2 3 4])"},
    {"(value (select {from: " T " by: s x: (concat (first s) 'k) y: (concat \"k\" (last s))}))",
     "([a b c] [ak bk ck] [ka kb kc])"},
    {"(value (select {from: " T " x: (concat \"a\" \"b\") y: q}))", "([\"ab\" \"ab\" \"ab\" \"ab\"] [1 2 3 4])"},
    {"(at (update {from: " T " x: (concat (first s) 'k) by: s}) 'x)", "[ak bk ak ck]"},
    {"(value (select {from: " T " x: (first p) y: (last p) z: (prod p)}))", "([1.5] [4.0] [15.0])"},
    {"(value (select {from: " T " where: (== q 2) x: (prod p) y: (first p)}))", "([0Nf] [0Nf])"},
    {"(value (select {from: " T " x: (sum q) y: (distinct x) z: 5 w: (distinct z)}))", "([10] [10] [5] [5])"},
    {"(value (select {from: " T " x: (first s) y: (distinct x)}))", "([a] [a])"},
    {"(select {from: " T " x: (sum q) y: (distinct x) z: q})", "!length"},
    {"(select {from: " T " x: (distinct (sum q))})", "!type"},
    {"(value (select {from: " T " x: (xbar q (- q 2)) y: (xbar p 0)}))", "([1 0Nl 3 4] [0Nf 0Nf 0Nf 0Nf])"},
    {"(value (select {from: " T " where: (== (xbar q (- q 2)) 3) x: q}))", "([3])"},
    {"(select {from: " T " where: (within q 1)})", "!type"},
    {"(select {from: " T " where: (within q [1 2 3])})", "!length"},
};

VERB_CASES(cases)
