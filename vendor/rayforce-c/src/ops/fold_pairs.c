/* An aggregate of the sum, difference, product or quotient of two columns, without the column in between: each range of it
 * is made in the worker's own cache and folded there, as it would be folded in memory. */
#include "aggregate.h"
#include "lift.h"
#include "relation.h"

typedef struct fold {
    rk_job job;
    rk_reduce_fn reduce;
    double *scratch; /* RK_GRAIN for each worker */
    rk_acc *parts;
} fold;

static int fold_range(void *ctx, int64_t begin, int64_t end, int worker) {
    const fold *f = ctx;
    rk_job j = f->job;
    if (!j.a.scalar) j.a.data = (const char *)j.a.data + begin * ry_width(j.a.type);
    if (!j.b.scalar) j.b.data = (const char *)j.b.data + begin * ry_width(j.b.type);
    double *made = f->scratch + worker * RK_GRAIN;
    j.out = made;
    rk_binary_range(&j, 0, end - begin);
    f->reduce(made, end - begin, true, &f->parts[begin / RK_GRAIN]);
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

static ray_val *fold_all(ray_rt *rt, rv_verb_fn fn, enum rk_reduce_verb verb, fold *f, int64_t n) {
    const int64_t ranges = rk_ranges(n), scratch = RK_GRAIN * rb_pool_threads(rt->pool);
    rk_acc acc;
    rk_reduce_start(verb, true, &acc);
    f->reduce = rk_reduce[verb][RY_F64];
    f->parts = RO_ROOM(rk_acc, ranges);
    f->scratch = f->parts ? RO_ROOM(double, scratch) : NULL;
    int ok = f->scratch ? ro_parallel(rt, n, RK_GRAIN, fold_range, f) : -1;
    for (int64_t i = 0; ok == 0 && i < ranges; i++) rk_reduce_merge(verb, true, &acc, &f->parts[i]);
    if (f->scratch) RO_ROOM_FREE(f->scratch, scratch);
    if (f->parts) RO_ROOM_FREE(f->parts, ranges);
    return ok == 0 ? value_of(fn, &acc) : NULL;
}

bool ro_fold_pair(ray_rt *rt, rv_verb_fn aggregate, rv_verb_fn verb, const ray_val *a, const ray_val *b,
                  ray_val **out) {
    fold f;
    if (!ro_arith_job(verb, a, b, &f.job)) return false;
    for (size_t i = 0; i < RB_COUNT(folds); i++) {
        if (folds[i].fn != aggregate) continue;
        *out = fold_all(rt, aggregate, folds[i].verb, &f, rv_is_vector(a) ? a->len : b->len);
        return true;
    }
    return false;
}
