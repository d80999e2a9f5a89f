/* Cells made fit for a column. */
#include "ops/sweep_ut.h"

#define INTO(type, x) "(insert (as '" type " []) " x ")"

static const said cases[] = {
    {INTO("I16", "7"), "[7]"},
    {INTO("I16", "(as 'U8 7)"), "[7]"},
    {INTO("I16", "32767"), "[32767]"},
    {INTO("I16", "32768"), "!domain"},
    {INTO("I16", "-32768"), "!domain"},
    {INTO("I32", "[1 0N 2147483648]"), "!domain"},
    {INTO("I32", "[1 0N]"), "[1 0Ni]"},
    {INTO("F64", "[1 0N]"), "[1.0 0Nf]"},
    {INTO("F32", "1.5"), "[1.5e]"},
    {INTO("F32", "[1.5 0Nf]"), "[1.5e 0Ne]"},
    {INTO("I64", "1.5"), "!type"},
    {INTO("I64", "true"), "!type"},
    {INTO("I64", "2024.01.01"), "!type"},
    {INTO("I64", "null"), "[0Nl]"},
    {INTO("I64", "0Nf"), "[0Nl]"},
    {INTO("DATE", "0N"), "[0Nd]"},
    {INTO("DATE", "[0N 0N]"), "[0Nd 0Nd]"},
    {INTO("DATE", "[0N 1]"), "!type"},
    {INTO("B8", "0N"), "[false]"},
    {INTO("SYM", "null"), "[']"},
    {INTO("SYM", "\"x\""), "!type"},
    {INTO("STR", "'x"), "!type"},
    {INTO("STR", "null"), "[\"\"]"},
    {INTO("I64", "{a: 1}"), "!type"},
    {"(value (insert (table [a b] (list [1] [x])) (list (list 2 3i) (list 'y null))))", "([1 2 3] [x y '])"},
    {"(insert (table [a] (list [1])) (list (list 2 \"x\")))", "!type"},
    {"(value (insert (table [a] (list [1])) (list (list))))", "([1])"},
};

VERB_CASES(cases)
