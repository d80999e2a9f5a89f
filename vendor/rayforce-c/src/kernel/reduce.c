/* The rows of reduce.def for each storage type, the table of them, and how ranges come together. */
#include "kernel.h"

#include <math.h>

#define RK_LANES 32

#define RK_BODY "reduce.h"
#include "tmpl/storage.h"

const rk_reduce_fn rk_reduce[RK_REDUCE_VERBS][RY_VECTOR_END] = {
#define R(verb, ...)                                                                                                   \
    [RK_R_##verb] = {[RY_U8] = verb##_u8, [RY_I16] = verb##_i16, [RY_I32] = verb##_i32, [RY_I64] = verb##_i64,         \
                     [RY_F32] = verb##_f32, [RY_F64] = verb##_f64},
#include "reduce.def"
#undef R
};

void rk_reduce_start(enum rk_reduce_verb verb, bool real, rk_acc *out) {
    out->n = 0;
    switch (verb) {
#define R(verb, int_start, real_start, step, merge)                                                                    \
    case RK_R_##verb:                                                                                                  \
        if (real)                                                                                                      \
            out->u.f = (real_start);                                                                                   \
        else                                                                                                           \
            out->u.i = (int_start);                                                                                    \
        break;
#include "reduce.def"
#undef R
    case RK_REDUCE_VERBS: break;
    }
}

void rk_reduce_merge(enum rk_reduce_verb verb, bool real, rk_acc *into, const rk_acc *next) {
    into->n += next->n;
    switch (verb) {
#define R(verb, ...)                                                                                                   \
    case RK_R_##verb:                                                                                                  \
        if (real)                                                                                                      \
            into->u.f = verb##_merge_f64(into->u.f, next->u.f);                                                        \
        else                                                                                                           \
            into->u.i = verb##_merge_i64(into->u.i, next->u.i);                                                        \
        break;
#include "reduce.def"
#undef R
    case RK_REDUCE_VERBS: break;
    }
}
