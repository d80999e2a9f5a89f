/* Arithmetic of columns: which types come out. */
#include "ops/sweep_ut.h"

#define T "(table [s h i u e q] (list [a b a] [1h -2h 0Nh] [700i -5i 4i] [0x01 0x05 0x07] [1.5e -2.5e 0Ne] [1 2 3]))"

static const said cases[] = {
    {"(map type (value (select {from: " T " a: (+ h 1h) b: (* i 2i) c: (div u 0x02) d: (xbar i 2) f: (neg h)})))",
     "(I64 I64 I64 I64 I64)"},
    {"(value (select {from: " T " a: (+ h 32767h) b: (% u 0x02)}))", "([32768 32765 0Nl] [0x01 0x01 0x01])"},
    {"(value (select {from: " T " a: (floor e) b: (+ e e) c: (abs e)}))",
     "([1.0e -3.0e 0Ne] [3.0e -5.0e 0Ne] [1.5e 2.5e 0Ne])"},
    {"(map type (value (select {from: " T " a: (+ h (max h)) b: (fill h 1h)})))", "(I16 I16)"},
    {"(type (first (value (select {from: " T " a: (+ (min h) 1h)}))))", "I16"},
    {"(map type (value (select {from: " T " by: s a: (min (+ h 1h)) b: (+ (min h) 1h) c: (first e)})))",
     "(SYM I64 I16 F64)"},
    {"(map type (at (select {from: " T " by: s a: (+ h 1h)}) 'a))", "(I16 I16)"},
    {"(type (at (update {from: " T " by: s a: (+ h 1h)}) 'a))", "I64"},
    {"(count (select {from: " T " where: (== 32768 (+ h 32767h))}))", "1"},
    {"(type (at (select {from: " T " by: {g: (+ h 1h)} n: (count q)}) 'g))", "I64"},
};

VERB_CASES(cases)
