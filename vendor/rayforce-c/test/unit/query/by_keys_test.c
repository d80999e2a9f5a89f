/* What rows are grouped by. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

static const said cases[] = {
    {"(key (select {from: " T " by: [s q] n: (count p)}))", "[s q n]"},
    {"(value (select {from: " T " by: {k: (> q 2)} n: (count q)}))", "([false true] [2 2])"},
    {"(key (select {from: " T " by: (xbar q 2) n: (count q)}))", "[q n]"},
    {"(value (select {from: " T " by: (- 5 q) n: (sum q)}))", "([1 2 3 4] [4 3 2 1])"},
    {"(value (select {from: " T " by: {k: (- 5 q)} n: (sum q)}))", "([4 3 2 1] [1 2 3 4])"},
    {"(value (select {from: " T " by: 1 n: (sum q)}))", "([1] [10])"},
    {"(value (select {from: " T " by: (sum q) n: (sum q)}))", "([10] [10])"},
    {"(value (select {from: " T " where: (> q 2) by: (+ 1 2) n: (sum q)}))", "([3] [7])"},
    {"(value (select {from: " T " by: (xbar q 0) n: (count q)}))", "([0Nl] [4])"},
    {"(key (select {from: " T " by: (if (> q 2) 'x 'y) n: (count q)}))", "[key n]"},
    {"(select {from: " T " by: nosuch n: (count q)})", "!schema"},
    {"(select {from: " T " by: 'nosuch n: (count q)})", "!schema"},
    {"(select {from: " T " by: [nosuch] n: (count q)})", "!domain"},
    {"(select {from: " T " by: {q: s}})", "!domain"},
    {"(select {from: " T " by: {k: 1}})", "!length"},
    {"(select {from: " T " by: {k: (sum q)}})", "!length"},
    {"(select {from: " T " by: (list 1 2) n: (sum q)})", "!length"},
    {"(select {from: " T " by: []})", "!length"},
    {"(select {from: " T " by: {}})", "!domain"},
};

VERB_CASES(cases)
