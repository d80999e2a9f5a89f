/* Outputs of groups, by what they are made of. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

static const said cases[] = {
    {"(value (select {from: " T " by: s a: q b: (* q 2) c: (reverse q)}))", "([a b c] ([1 3] [2] [4]) ([2 6] [4] [8]) ([3 1] [2] [4]))"},
    {"(value (select {from: " T " by: s a: (- q (avg q))}))", "([a b c] ([-1.0 1.0] [0.0] [0.0]))"},
    {"(value (select {from: " T " by: s n: (sum q) m: (+ n 1) v: q w: (max v)}))", "([a b c] [4 2 4] [5 3 5] ([1 3] [2] [4]) [3 2 4])"},
    {"(value (select {from: " T " by: s a: (if (> (sum q) 3) 1 0) b: 7 c: [1 2]}))", "([a b c] [1 0 1] (7 7 7) ([1 2] [1 2] [1 2]))"},
    {"(value (select {from: " T " by: s n: 7 m: (sum q) k: n}))", "([a b c] [7 7 7] [4 2 4] [7 7 7])"},
    {"(value (select {from: " T " by: s n: 7 m: q}))", "([a b c] (7 7 7) ([1 3] [2] [4]))"},
    {"(value (select {from: " T " by: [s q] n: 7 m: p}))", "([a b a c] [1 2 3 4] [7 7 7 7] ([1.5] [0Nf] [2.5] [4.0]))"},
    {"(value (select {from: " T " where: (> q 9) by: s n: 7 m: q k: (+ 1 2)}))", "([] [] () ())"},
    {"(value (select {from: " T " by: s a: ((fn [x] (let y 1) (+ y (sum x))) q)}))", "([a b c] [5 3 5])"},
    {"(value (select {from: " T " by: s}))", "([a b c] [1 2 4] [1.5 0Nf 4.0])"},
    {"(value (select {from: " T " by: s s: s a: (sum q)}))", "([a b c] [4 2 4])"},
    {"(value (select {from: " T " by: [s q] m: s a: (sum q)}))", "([a b a c] [1 2 3 4] ([a] [b] [a] [c]) [1 2 3 4])"},
    {"(value (select {from: " T " where: (> q 1) by: s a: (count (distinct q))}))", "([b a c] [1 1 1])"},
    {"(select {from: " T " by: s n: (sum q) a: (max n)})", "!domain"},
    {"(select {from: " T " by: s a: (max (sum q))})", "!domain"},
    {"(select {from: " T " by: s n: (count q) a: (* q n)})", "!domain"},
    {"(select {from: " T " by: s a: (list (min q) (max q))})", "!domain"},
    {"(select {from: " T " by: s a: (nosuch q)})", "!name"},
    {"(select {from: " T " by: s a: (max q) b: (- (first a) (last))})", "!domain"},
    {"(value (select {from: " T " where: (> q 9) by: s a: (count (distinct q)) b: (reverse q) c: (sum q) d: (sums c)}))",
     "([] [] () [] [])"},
    {"(type (at (select {from: " T " where: (> q 9) by: s a: (count (distinct q))}) 'a))", "I64"},
    {"(select {from: " T " where: (> q 9) by: s a: (reverse nosuch)})", "!schema"},
    {"(select {from: " T " where: (> q 9) by: s a: (count nosuch)})", "!schema"},
    {"(do (set v " T ") (select {from: v by: s a: (count v)}))", "!schema"},
};

VERB_CASES(cases)
