/* Aggregates in expressions that are evaluated row by row, and running verbs over what aggregates give. */
#include "ops/sweep_ut.h"

#define T "(table [s q] (list [a b a c] [4 1 2 3]))"

static const said cases[] = {
    {"(value (select {from: " T " a: (til (sum q))}))", "([0 1 2 3 4 5 6 7 8 9])"},
    {"(count (at (at (select {from: " T " a: (til (+ q (sum q)))}) 'a) 1))", "11"},
    {"(value (select {from: " T " a: (list q (max q))}))", "(((4 4) (1 4) (2 4) (3 4)))"},
    {"(value (select {from: " T " a: (list q (first s))}))", "(((4 a) (1 a) (2 a) (3 a)))"},
    {"(value (select {from: " T " a: (enlist (sum q))}))", "([10])"},
    {"(value (select {from: " T " a: (format \"%\" (sum q))}))", "([\"10\"])"},
    {"(value (select {from: " T " a: ((fn [x] (til x)) (min q))}))", "([0])"},
    {"(count (raze (at (select {from: " T " a: (do (set q 2) (til (sum q)))}) 'a)))", "40"},
    {"(select {from: " T " a: (til (sum nosuch))})", "!name"},
    {"(value (select {from: " T " by: s a: (sums (sum q))}))", "([a b c] [6 7 10])"},
    {"(value (select {from: " T " by: s a: (reverse (sum q))}))", "([a b c] [3 1 6])"},
    {"(value (select {from: " T " by: s a: (rank (neg (sum q)))}))", "([a b c] [0 2 1])"},
    {"(value (select {from: " T " by: s a: (sum q) b: (sums a)}))", "([a b c] [6 1 3] [6 7 10])"},
    {"(value (select {from: " T " by: s a: (sums q) b: (count a) c: (reverse a) d: (at a 0)}))",
     "([a b c] ([4 6] [1] [3]) [2 1 1] ([6 4] [1] [3]) [4 1 3])"},
    {"(value (select {from: " T " by: s q: (count q) a: (top q 1) b: (+ q (top q 1))}))",
     "([a b c] [2 1 1] ([4] [1] [3]) ([6] [2] [4]))"},
    {"(at (update {from: " T " by: s a: (til (count q))}) 'a)", "[0 0 1 0]"},
    {"(select {from: " T " by: s a: (distinct (count q))})", "!domain"},
    {"(select {from: " T " by: s a: (format \"%\" (sum q))})", "!domain"},
    {"(select {from: " T " by: null a: (sum q)})", "!schema"},
    {"(select {from: " T " where: null})", "!type"},
};

VERB_CASES(cases)
