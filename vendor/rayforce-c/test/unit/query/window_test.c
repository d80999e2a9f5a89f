/* `window`: frames, orders, types, refusals. */
#include "ops/sweep_ut.h"

#define T "(table [k v f d s e] (list [a b a b] [1 2 0N 4] [1.5 0Nf 2.5 3.5] [2024.01.01 2024.01.02 0Nd 2024.01.04] [x y z '] (list [1] \"a\" 1 'b)))"
#define W(clauses, names) "(value (xcols (window {from: " T " " clauses "}) [" names "]))"

static const said cases[] = {
    {W("part: [k] order: [f] frame: 'running funcs: {q: (sum v) m: (max v) n: (count v) a: (avg f)}", "q m n a"),
     "([1 2 1 6] [1 2 1 4] [1 1 2 2] [1.5 0Nf 2.0 3.5])"},
    {W("part: k order: 'v frame: 2 funcs: {q: (sum v) m: (min f) z: (first v) l: (last v)}", "q m z l"),
     "([1 2 0 6] [1.5 0Nf 2.5 3.5] [0Nl 2 0Nl 2] [1 2 0Nl 4])"},
    {W("part: [k] frame: whole funcs: {q: (sum v) n: (count e) a: (avg v)}", "q n a"),
     "([1 6 1 6] [2 2 2 2] [1.0 3.0 1.0 3.0])"},
    {W("part: [k] funcs: {m: (max d)}", "m"), "([2024.01.01 2024.01.04 2024.01.01 2024.01.04])"},
    {W("funcs: {q: (sum f)}", "q"), "([7.5 7.5 7.5 7.5])"},
    {W("order: [s v] frame: 'running funcs: {z: (first s) l: (last e)}", "z l"), "([' ' ' '] ([1] \"a\" 1 b))"},
    {W("order: [s v] frame: 'running funcs: {m: (max d)}", "m"), "([2024.01.04 2024.01.04 2024.01.04 2024.01.04])"},
    {W("order: [v] frame: 9223372036854775807 funcs: {q: (sum v)}", "q"), "([1 3 0 7])"},
    {"(value (window {from: (table [h b] (list [1h 2h] [true false])) frame: 'running funcs: {a: (max h) c: (min b) q: (sum b)}}))",
     "([1 2] [true false] [1 2] [true false] [1 1])"},
    {"(value (window {from: (table [t] (list [00:00:01 00:00:02])) frame: 'running funcs: {x: (sum t)}}))",
     "([00:00:01.000 00:00:02.000] [00:00:01.000 00:00:03.000])"},
    {"(value (window {from: (table [v f d] (list [] (as 'F64 []) (as 'DATE []))) order: [v] frame: 3 funcs: {q: (sum v) a: (sum f) m: (min d) z: (first d)}}))",
     "([] [] [] [] [] [] [])"},
    {"(count (window {from: (take " T " 100) part: [k v] order: [f] frame: 3 funcs: {q: (sum v)}}))", "100"},
    {"(sum (at (window {from: (table [v] (list (til 5000))) frame: 700 funcs: {q: (max v)}}) 'q))", "12497500"},
    {"(sum (at (window {from: (table [k v] (list (% (til 80000) 100) (til 80000))) part: [k] frame: 2 funcs: {q: (min v)}}) 'q))", "3191970000"},
    {W("part: [k] order: [v] frame: 'running funcs: {r: (med v)}", "r"), "!domain"},
    {W("part: [k] order: [v] frame: 'running funcs: {r: (nosuch v)}", "r"), "!domain"},
    {W("funcs: {r: (sum (* v 2))}", "r"), "!domain"},
    {W("funcs: {r: v}", "r"), "!domain"},
    {W("funcs: {r: (first v)}", "r"), "!domain"},
    {W("funcs: {r: (sum s)}", "r"), "!type"},
    {W("funcs: {r: (sum d)}", "r"), "!type"},
    {W("frame: 2 funcs: {r: (max e)}", "r"), "!type"},
    {W("frame: 'bad funcs: {r: (sum v)}", "r"), "!domain"},
    {W("frame: \"whole\" funcs: {r: (sum v)}", "r"), "!domain"},
    {W("frame: 0 funcs: {r: (sum v)}", "r"), "!range"},
    {W("part: [zz] funcs: {r: (sum v)}", "r"), "!nyi"},
    {W("order: zz funcs: {r: (sum v)}", "r"), "!nyi"},
    {W("funcs: {r: (sum zz)}", "r"), "!nyi"},
    {W("part: 5 funcs: {r: (sum v)}", "r"), "!type"},
    {W("funcs: {}", "r"), "!domain"},
    {W("funcs: 5", "r"), "!domain"},
    {W("part: k", "r"), "!domain"},
    {"(window {funcs: {r: (sum v)}})", "!domain"},
    {"(window {from: 5 funcs: {r: (sum v)}})", "!type"},
    {"(window {from: nosuch funcs: {r: (sum v)}})", "!name"},
    {"(window 5)", "!type"},
    {"(window)", "!arity"},
};

VERB_CASES(cases)
