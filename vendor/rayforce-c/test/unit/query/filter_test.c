/* where:. */
#include "ops/sweep_ut.h"

#define T "(table [s q p] (list [a b a c] [1 2 3 4] [1.5 0Nf 2.5 4.0]))"

/* Aggregates under a mask, over every kind of column. */
#define ALL_TYPES                                                                                                      \
    "(table [b u h i l e f t d s] (list [true false true true] (as 'U8 [1 2 3 4]) (as 'I16 [1 0N 3 4]) "               \
    "(as 'I32 [1 0N 3 4]) [1 0N 3 4] (as 'F32 [1.5 0Nf 2.5 4.5]) [1.5 0Nf 2.5 4.5] [00:00:01 0Nt 00:00:03 00:00:04] "  \
    "[2024.01.01 0Nd 2024.01.03 2024.01.04] [a ' c d]))"
#define UNDER(mask, columns)                                                                                           \
    "(map (fn [c] (first c)) (value (select {from: " ALL_TYPES " where: " mask " " columns "})))"
#define EACH(verb)                                                                                                     \
    "b: (" verb " b) u: (" verb " u) h: (" verb " h) i: (" verb " i) l: (" verb " l) e: (" verb " e) f: (" verb " f)"

static const said cases[] = {
    {UNDER("[true true true false]", EACH("sum")), "(2 6 4 4 4 4.0 4.0)"},
    {UNDER("[true true true false]", EACH("avg")), "(0.67 2.0 2.0 2.0 2.0 2.0 2.0)"},
    {UNDER("[true true true false]", EACH("max")), "(true 0x03 3 3 3 2.5 2.5)"},
    {UNDER("[false true true false]", EACH("min")), "(false 0x02 3 3 3 2.5 2.5)"},
    {UNDER("[false false false true]", EACH("count")), "(1 1 1 1 1 1 1)"},
    {UNDER("[false true false false]", "x: (sum l) y: (sum f) a: (avg l) m: (min i) n: (max d) t: (sum t)"),
     "(0 0.0 0Nf 0Ni 0Nd 00:00:00.000)"},
    {UNDER("[true false true false]", "x: (sum t) m: (max t) y: (min d) z: (max s) q: (sum (+ l 1))"),
     "(00:00:04.000 00:00:03.000 2024.01.01 c 6)"},
    {"(select {from: " ALL_TYPES " where: [true false true false] x: (sum d)})", "!type"},
    {"(select {from: " ALL_TYPES " where: [true false true false] x: (avg s)})", "!type"},
    {"(value (select {from: " ALL_TYPES " where: [true false true false] l: f x: (sum l)}))", "([1.5 2.5] [4.0 4.0])"},
    {"(value (select {from: " T " where: (and (> q 1) (< q 4)) x: q}))", "([2 3])"},
    {"(value (select {from: " T " where: 0 x: q}))", "([])"},
    {"(value (select {from: " T " where: (> q (avg q)) x: q}))", "([3 4])"},
    {"(value (select {from: " T " where: (< (rank q) 2) x: q}))", "([1 2])"},
    {"(select {from: " T " where: \"x\"})", "!type"},
    {"(select {from: " T " where: q})", "!type"},
    {"(value (select {from: " T " where: [true] x: q}))", "([1 2 3 4])"},
    {"(value (select {from: " T " where: [false] x: q}))", "([])"},
    {"(value (select {from: (take " T " 1) where: [false] x: q}))", "([])"},
    {"(value (select {from: (take " T " 0) where: [true] x: q}))", "([])"},
    {"(value (select {from: " T " where: (== [1] 1) x: (sum q)}))", "([10])"},
    {"(count (delete {from: " T " where: [true]}))", "0"},
    {"(at (update {from: " T " where: [false] q: 9}) 'q)", "[1 2 3 4]"},
    {"(select {from: " T " where: [true false]})", "!length"},
    {"(select {from: " T " where: (> nosuch 1)})", "!schema"},
};

VERB_CASES(cases)
