/* The rows of reduce.def for each storage type, the table of them, and how ranges come together. */
#include "kernel.h"

#include <math.h>

#define RK_BODY "reduce.h"
#include "tmpl/storage.h"

const rk_reduce_fn rk_reduce[RK_REDUCE_VERBS][RY_VECTOR_END] = {
#define R(verb, ...)                                                                                                   \
    [RK_R_##verb] = {[RY_U8] = verb##_u8, [RY_I16] = verb##_i16, [RY_I32] = verb##_i32, [RY_I64] = verb##_i64,         \
                     [RY_F32] = verb##_f32, [RY_F64] = verb##_f64},
#include "reduce.def"
#undef R
};

/* ---- in pieces --------------------------------------------------------------------------------------------------- */

#define R(verb, ...)                                                                                                   \
    static void verb##_lanes(rk_lanes *l) { verb##_start_f64(l->lane, l->gone); }                                      \
    RB_HOT static void verb##_piece(const double *in, int64_t n, rk_lanes *l) {                                        \
        double lane[RK_LANES];                                                                                         \
        int64_t gone[RK_LANES];                                                                                        \
        memcpy(lane, l->lane, sizeof lane);                                                                            \
        memcpy(gone, l->gone, sizeof gone);                                                                            \
        verb##_more_f64(in, n, true, lane, gone);                                                                      \
        memcpy(l->lane, lane, sizeof lane);                                                                            \
        memcpy(l->gone, gone, sizeof gone);                                                                            \
    }                                                                                                                  \
    static void verb##_whole(rk_lanes *l, rk_acc *out) { verb##_end_f64(l->lane, l->gone, l->n, out); }
#include "reduce.def"
#undef R

static const struct {
    void (*start)(rk_lanes *l);
    void (*add)(const double *in, int64_t n, rk_lanes *l);
    void (*end)(rk_lanes *l, rk_acc *out);
} pieces[RK_REDUCE_VERBS] = {
#define R(verb, ...) [RK_R_##verb] = {verb##_lanes, verb##_piece, verb##_whole},
#include "reduce.def"
#undef R
};

void rk_pieces_start(enum rk_reduce_verb verb, rk_lanes *out) {
    pieces[verb].start(out);
    out->n = 0;
}

void rk_pieces_add(enum rk_reduce_verb verb, const double *in, int64_t n, rk_lanes *into) {
    pieces[verb].add(in, n, into);
    into->n += n;
}

void rk_pieces_end(enum rk_reduce_verb verb, rk_lanes *l, rk_acc *out) { pieces[verb].end(l, out); }

/* ---- of ranges --------------------------------------------------------------------------------------------------- */

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
