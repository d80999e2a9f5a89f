/* An aggregate of the sum, difference, product or quotient of two columns, without the column in between: each piece of it
 * is made in the nearest cache and folded there, as it would be folded in memory. */
#include "aggregate.h"
#include "lift.h"
#include "relation.h"

#define PIECE 1024

typedef struct fold {
    rk_job job;
    enum rk_reduce_verb verb;
    rk_acc *parts;
} fold;

/* Moves the column on to row `at`. */
static void take_from(rk_side *side, const rk_side *column, int64_t at) {
    if (side->scalar) return;
    side->data = (const char *)column->data + at * ry_width(side->type);
}

static int fold_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const fold *f = ctx;
    double made[PIECE];
    rk_lanes lanes;
    rk_job j = f->job;
    j.out = made;
    rk_pieces_start(f->verb, &lanes);
    for (int64_t at = begin; at < end; at += PIECE) {
        const int64_t n = end - at < PIECE ? end - at : PIECE;
        take_from(&j.a, &f->job.a, at);
        take_from(&j.b, &f->job.b, at);
        rk_binary_range(&j, 0, n);
        rk_pieces_add(f->verb, made, n, &lanes);
    }
    rk_pieces_end(f->verb, &lanes, &f->parts[begin / RK_GRAIN]);
    return 0;
}

static const struct {
    rv_verb_fn fn;
    enum rk_reduce_verb verb;
} folds[] = {{ro_sum, RK_R_SUM}, {ro_avg, RK_R_SUM}, {ro_min, RK_R_MIN}, {ro_max, RK_R_MAX}};

static ray_val *value_of(rv_verb_fn fn, const rk_acc *acc) {
    if (fn != ro_sum && acc->n == 0) return rv_null_of_new(RY_F64);
    return ro_real(fn == ro_avg ? acc->u.f / (double)acc->n : acc->u.f);
}

static ray_val *fold_all(ray_rt *rt, rv_verb_fn fn, fold *f, int64_t n) {
    const int64_t ranges = rk_ranges(n);
    rk_acc acc;
    rk_reduce_start(f->verb, true, &acc);
    if (!(f->parts = RO_ROOM(rk_acc, ranges))) return NULL;
    int ok = ro_parallel(rt, n, RK_GRAIN, fold_range, f);
    for (int64_t i = 0; ok == 0 && i < ranges; i++) rk_reduce_merge(f->verb, true, &acc, &f->parts[i]);
    RO_ROOM_FREE(f->parts, ranges);
    return ok == 0 ? value_of(fn, &acc) : NULL;
}

bool ro_fold_pair(ray_rt *rt, rv_verb_fn aggregate, rv_verb_fn verb, const ray_val *a, const ray_val *b,
                  ray_val **out) {
    fold f;
    if (!ro_arith_job(verb, a, b, &f.job)) return false;
    for (size_t i = 0; i < RB_COUNT(folds); i++) {
        if (folds[i].fn != aggregate) continue;
        f.verb = folds[i].verb;
        *out = fold_all(rt, aggregate, &f, rv_is_vector(a) ? a->len : b->len);
        return true;
    }
    return false;
}
