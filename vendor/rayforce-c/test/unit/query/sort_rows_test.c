/* asc:, desc: and take:. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

static const said cases[] = {
    {"(value (select {from: " T " asc: s desc: q x: q}))", "([3 1 2 4])"},
    {"(value (select {from: " T " desc: [s q] x: q}))", "([4 2 3 1])"},
    {"(select {from: " T " asc: nosuch})", "!nyi"},
    {"(select {from: " T " asc: 1})", "!domain"},
    {"(value (select {from: " T " x: q take: -2}))", "([3 4])"},
    {"(value (select {from: " T " x: q take: [1 2]}))", "([2 3])"},
    {"(select {from: " T " take: 2.0})", "!domain"},
    {"(select {from: " T " take: 0N})", "!type"},
    {"(value (select {from: " T " by: s n: (sum q) desc: n take: 1}))", "([a] [4])"},
};

VERB_CASES(cases)
