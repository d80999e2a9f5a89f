/* Names, literals and rows by themselves. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

#define S "(table [q] (list [1 2]))"

static const said cases[] = {
    {"(value (select {from: " T " a: (+ 'q 1) b: 'x}))", "([2 3 4 5] [x x x x])"},
    {"(value (select {from: " T " a: (til q)}))", "(([0] [0 1] [0 1 2] [0 1 2 3]))"},
    {"(value (select {from: " T " a: q b: (* a 2) c: (sum a)}))", "([1 2 3 4] [2 4 6 8] [10 10 10 10])"},
    {"(select {from: " T " b: (* a 2) a: q})", "!schema"},
    {"(value (select {from: " T " p: (sum q) b: (count p)}))", "([10] [4])"},
    {"(select {from: " T " n: (sum q) b: (count n)})", "!schema"},
    {"(select {from: " T " a: (nosuch q)})", "!name"},
    {"(select {from: " T " where: (== s nosuch)})", "!name"},
    {"(value (select {from: (table [d] (list [2024.01.02 2023.05.06])) y: d.yyyy}))", "([2024 2023])"},
    {"(value (select {from: " S " a: (til 'q) b: (list 'a 'nosuch)}))", "(([0] [0 1]) (([0] nosuch) ([0 1] nosuch)))"},
    {"(value (select {from: " S " a: (list (quote q) [q] {z: 'q})}))", "(((q [q] {z:q}) (q [q] {z:q})))"},
    {"(do (set gv {a: 1}) (select {from: " T " where: (> q (count gv))}))", "!schema"},
    {"(do (set gv {a: 1}) (count (delete {from: " T " where: (> q (count gv))})))", "1"},
    {"(value (select {from: " T " a: (format \"<%>\" q)}))", "([\"<1>\" \"<2>\" \"<3>\" \"<4>\"])"},
};

VERB_CASES(cases)
