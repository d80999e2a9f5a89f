/* Positions in sorted order. */
#include "collect.h"
#include "order.h"

/* Row numbers of v in ascending order, as scratch of v->len. */
static int64_t *sorted_rows(ray_rt *rt, const ray_val *v, bool down) {
    int64_t *at = RO_ROOM(int64_t, v->len);
    if (at && ro_sort_rows(rt, v, down, at) < 0) {
        RO_ROOM_FREE(at, v->len);
        return NULL;
    }
    return at;
}

typedef struct ranking {
    const int64_t *at; /* rows in order */
    int64_t *out, buckets, n;
} ranking;

static int rank_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const ranking *r = ctx;
    for (int64_t i = begin; i < end; i++) r->out[r->at[i]] = i;
    return 0;
}

static int bucket_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const ranking *r = ctx;
    for (int64_t i = begin; i < end; i++) r->out[r->at[i]] = (int64_t)((__int128)i * r->buckets / r->n);
    return 0;
}

/* The rank of each row, or the one of so many equal buckets that its rank falls into. */
static ray_val *ranks(ray_rt *rt, const ray_val *v, int64_t buckets) {
    int64_t *at = sorted_rows(rt, v, false);
    if (!at) return NULL;
    ray_val *out = rv_vec_new(RY_I64, v->len);
    ranking r = {at, out ? out->data : NULL, buckets, v->len};
    if (out && ro_parallel(rt, v->len, RO_GRAIN, buckets ? bucket_range : rank_range, &r) < 0) {
        rv_release(out);
        out = NULL;
    }
    RO_ROOM_FREE(at, v->len);
    return out;
}

RV_VERB(ro_rank) {
    (void)n;
    if (!rv_is_vector(args[0])) return ro_refuse("rank", "a vector", args[0]);
    return ranks(rt, args[0], 0);
}

RV_VERB(ro_xrank) {
    (void)n;
    const ray_val *v = args[1];
    int64_t buckets;
    if (!ro_int_of(args[0], true, &buckets)) return ro_refuse("xrank", "a number of buckets", args[0]);
    if (!rv_is_vector(v)) return ro_refuse("xrank", "a vector", v);
    if (buckets <= 0) return rv_vec_new(RY_I64, 0);
    return ranks(rt, v, buckets);
}

static ray_val *first_sorted(ray_rt *rt, const char *verb, ray_val *const *args, bool down) {
    const ray_val *v = args[0];
    int64_t k;
    if (!rv_is_vector(v)) return ro_refuse(verb, "a vector", v);
    if (!ro_int_of(args[1], true, &k)) return ro_refuse(verb, "a count", args[1]);
    k = k < 0 ? 0 : k < v->len ? k : v->len;
    if (ro_first_pays(&args[0], 1, k)) {
        ray_val *first = ro_first_rows(rt, &args[0], &down, 1, k), *some = NULL;
        if (first) some = ro_gather(rt, v, first->data, first->len);
        rv_release(first);
        return some;
    }
    int64_t *at = sorted_rows(rt, v, down);
    if (!at) return NULL;
    ray_val *out = ro_gather(rt, v, at, k);
    RO_ROOM_FREE(at, v->len);
    return out;
}

RV_VERB(ro_top) {
    (void)n;
    return first_sorted(rt, "top", args, true);
}

RV_VERB(ro_bot) {
    (void)n;
    return first_sorted(rt, "bot", args, false);
}

/* The position that bin (or binr) gives for x. */
static int64_t place(const ray_val *v, int64_t x, bool right) {
    if (!right) return rk_bin_last(v->data, v->len, x);
    int64_t at = rk_bin_first(v->data, v->len, x);
    return at < v->len ? at : v->len - 1;
}

typedef struct bins {
    const ray_val *v;
    const int64_t *x;
    int64_t *out;
    bool right;
} bins;

static int bin_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const bins *b = ctx;
    for (int64_t i = begin; i < end; i++) b->out[i] = place(b->v, b->x[i], b->right);
    return 0;
}

static ray_val *bin(ray_rt *rt, const char *verb, const ray_val *v, const ray_val *x, bool right) {
    if (v->type != RY_I64) return ro_refuse(verb, "a sorted I64 vector", v);
    int64_t one;
    const bool atom = x->type == -RY_I64 || x->type == -RY_I32;
    if (atom && ro_int_of(x, false, &one)) return rv_i64_new(place(v, one, right));
    if (x->type != RY_I64) return ro_refuse(verb, "an i64, an i32 or an I64 vector", x);
    ray_val *out = rv_vec_new(RY_I64, x->len);
    bins b = {v, x->data, out ? out->data : NULL, right};
    if (!out || ro_parallel(rt, x->len, RO_GRAIN, bin_range, &b) == 0) return out;
    rv_release(out);
    return NULL;
}

RV_VERB(ro_bin) {
    (void)n;
    return bin(rt, "bin", args[0], args[1], false);
}

RV_VERB(ro_binr) {
    (void)n;
    return bin(rt, "binr", args[0], args[1], true);
}
