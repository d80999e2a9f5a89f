/* Choosing elements by position and by mask. */
#include "../base/alloc.h"
#include "collect.h"

/* ---- by position ----------------------------------------------------------------------------------------------- */

typedef struct gather {
    int width;
    const void *src;
    const int64_t *at;
    const int32_t *names; /* src are numbers of these */
    uint8_t null[16];
    void *out;
} gather;

static int gather_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const gather *g = ctx;
    rk_gather(g->width, g->src, g->at + begin, end - begin, g->null, (uint8_t *)g->out + begin * g->width);
    return 0;
}

/* STR elements of out point into the buffers of v. */
static void share_heap(ray_val *out, const ray_val *v) {
    if (!v->u.heap) return;
    atomic_fetch_add_explicit(&v->u.heap->rc, 1, memory_order_relaxed);
    out->u.heap = v->u.heap;
}

static ray_val *gather_list(const ray_val *v, const int64_t *at, int64_t n) {
    ray_val *out = rv_vec_new(RY_LIST, n), *missing = NULL;
    if (!out) return NULL;
    if (rk_any_missing(at, n) && !(missing = rv_null_of_new(RY_I64))) {
        rv_release(out);
        return NULL;
    }
    for (int64_t i = 0; i < n; i++) RV_DATA(ray_val *, out)[i] = rv_retain(at[i] < 0 ? missing : rv_list_get(v, at[i]));
    rv_release(missing);
    return out;
}

static ray_val *gather_vector(ray_rt *rt, const ray_val *v, const int64_t *at, int64_t n) {
    ray_val *out = rv_vec_new(v->type, n);
    if (!out) return NULL;
    gather g = {.width = ry_width(v->type), .src = v->data, .at = at, .out = out->data};
    ry_null_into(v->type, g.null);
    if (ro_parallel(rt, n, RO_GRAIN, gather_range, &g) < 0) {
        rv_release(out);
        return NULL;
    }
    if (v->type == RY_STR) share_heap(out, v);
    if (v->attrs & RV_A_NULLS)
        rv_vec_scan_nulls(out);
    else if (v->type != RY_B8 && v->type != RY_U8 && rk_any_missing(at, n))
        out->attrs |= RV_A_NULLS;
    return out;
}

bool ro_stays_coded(const ray_val *coded, int64_t n) {
    return n >= RV_REST_ROWS && coded->u.coded.names->len <= n / RV_REST_SHARE;
}

ray_val *ro_named_take(const ray_val *coded, ray_val *numbers) {
    if (numbers && ro_stays_coded(coded, numbers->len)) return rv_coded_like_take(coded, numbers);
    ray_val *out = numbers ? rv_vec_new(RY_SYM, numbers->len) : NULL;
    if (out) rk_named(ry_width(numbers->type), numbers->data, numbers->len, coded->u.coded.names->data, out->data);
    if (out && (coded->attrs & RV_A_NULLS)) rv_vec_scan_nulls(out);
    rv_release(numbers);
    return out;
}

static int named_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const gather *g = ctx;
    rk_named_at(g->width, g->src, g->at + begin, end - begin, g->names, (int32_t *)g->out + begin);
    return 0;
}

static ray_val *gather_coded(ray_rt *rt, const ray_val *v, const int64_t *at, int64_t n) {
    const ray_val *numbers = v->u.coded.numbers;
    const bool missing = rk_any_missing(at, n);
    if (!missing && ro_stays_coded(v, n)) return rv_coded_like_take(v, gather_vector(rt, numbers, at, n));
    ray_val *out = rv_vec_new(RY_SYM, n);
    if (!out) return NULL;
    gather g = {.width = ry_width(numbers->type), .src = numbers->data, .at = at, .out = out->data};
    g.names = v->u.coded.names->data;
    if (ro_parallel(rt, n, RO_GRAIN, named_range, &g) < 0) {
        rv_release(out);
        return NULL;
    }
    if (v->attrs & RV_A_NULLS) rv_vec_scan_nulls(out);
    else if (missing) out->attrs |= RV_A_NULLS;
    return out;
}

static ray_val *gather_held(ray_rt *rt, const ray_val *v, const int64_t *at, int64_t n) {
    if (rv_exact_get(v)) return gather_coded(rt, v, at, n);
    return gather_vector(rt, rv_plain_get((ray_val *)(uintptr_t)v), at, n);
}

static ray_val *gather_columns(ray_rt *rt, const ray_val *columns, const int64_t *at, int64_t n) {
    ray_val *out = rv_vec_room_new(RY_LIST, columns->len);
    for (int64_t c = 0; out && c < columns->len; c++) {
        if (rv_list_append_take(out, ro_gather(rt, rv_list_held(columns, c), at, n)) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    return out;
}

ray_val *ro_gather(ray_rt *rt, const ray_val *v, const int64_t *at, int64_t n) {
    if (v->type == RY_CODED) return gather_held(rt, v, at, n);
    if (rv_is_list(v)) return gather_list(v, at, n);
    if (rv_is_vector(v)) return gather_vector(rt, v, at, n);
    if (v->type == RY_TABLE) {
        ray_val *columns = gather_columns(rt, v->u.pair.values, at, n);
        return columns ? rv_table_new_take(rv_retain(v->u.pair.keys), columns) : NULL;
    }
    if (v->type == RY_DICT) {
        ray_val *keys = ro_gather(rt, v->u.pair.keys, at, n);
        ray_val *values = keys ? ro_gather(rt, v->u.pair.values, at, n) : NULL;
        if (values) return rv_dict_new_take(keys, values);
        rv_release(keys);
        return NULL;
    }
    return ro_refuse("at", "a vector, list, dict or table", v);
}

ray_val *ro_element(const ray_val *v, int64_t i) {
    if (ro_is_collection(v)) return rv_vec_at(v, i);
    if (v->type == RY_DICT) return rv_dict_at(v, i);
    if (v->type != RY_TABLE) return ro_refuse("at", "a vector, list, dict or table", v);
    const ray_val *columns = v->u.pair.values;
    ray_val *cells = rv_vec_room_new(RY_LIST, columns->len);
    for (int64_t c = 0; cells && c < columns->len; c++) {
        if (rv_list_append_take(cells, rv_held_at(rv_list_held(columns, c), i)) < 0) {
            rv_release(cells);
            return NULL;
        }
    }
    return cells ? rv_dict_new_take(rv_retain(v->u.pair.keys), cells) : NULL;
}

ray_val *ro_spread(const ray_val *v) {
    int64_t n = ro_elements(v);
    ray_val *out = rv_vec_room_new(RY_LIST, n);
    for (int64_t i = 0; out && i < n; i++) {
        ray_val *x = ro_is_collection(v) ? rv_vec_at(v, i) : rv_retain((ray_val *)(uintptr_t)v);
        if (rv_list_append_take(out, x) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    return out;
}

static ray_val *collapse_text(const ray_val *list) {
    ray_val *out = rv_vec_room_new(RY_STR, list->len);
    for (int64_t i = 0; out && i < list->len; i++) {
        size_t n;
        const char *text = rv_str_get(rv_list_get(list, i), &n);
        if (rv_strvec_append(out, text, n) < 0) {
            rv_release(out);
            return NULL;
        }
    }
    if (out) rv_vec_scan_nulls(out);
    return out;
}

ray_val *ro_collapse_take(ray_val *list) {
    if (!list || !rv_is_list(list) || list->len == 0) return list;
    int type = rv_list_get(list, 0)->type;
    for (int64_t i = 0; i < list->len; i++)
        if (rv_list_get(list, i)->type != type) return list;
    if (type >= 0) return list;
    ray_val *out;
    if (type == -RY_STR) {
        out = collapse_text(list);
    } else if ((out = rv_vec_new(-type, list->len))) {
        int width = ry_width(-type);
        for (int64_t i = 0; i < list->len; i++)
            memcpy(RV_DATA(uint8_t, out) + i * width, rv_list_get(list, i)->data, (size_t)width);
        rv_vec_scan_nulls(out);
    }
    rv_release(list);
    return out;
}

/* ---- by mask ----------------------------------------------------------------------------------------------------- */

/* A pass over ranges of a mask: first how many are chosen in each, then where each writes. */
typedef struct chosen {
    const uint8_t *mask;
    int64_t ranges, total, *start;
    int width; /* 0: positions */
    const void *src;
    const int32_t *names; /* src are numbers of these; else null */
    void *out;
} chosen;

static int count_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const chosen *c = ctx;
    c->start[begin / RO_GRAIN] = rk_mask_count(c->mask + begin, end - begin);
    return 0;
}

#define NAMED 2048 /* numbers that are chosen before they become ids */

static void select_named(const chosen *c, int64_t begin, int64_t end, int32_t *out) {
    uint32_t some[NAMED];
    for (int64_t n; begin < end; begin += n) {
        n = end - begin < NAMED ? end - begin : NAMED;
        int64_t k = rk_mask_select(c->width, (const uint8_t *)c->src + begin * c->width, c->mask + begin, n, some);
        rk_named(c->width, some, k, c->names, out);
        out += k;
    }
}

static int select_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const chosen *c = ctx;
    int64_t at = c->start[begin / RO_GRAIN];
    if (c->width == 0)
        rk_mask_positions(c->mask + begin, end - begin, begin, (int64_t *)c->out + at);
    else if (c->names)
        select_named(c, begin, end, (int32_t *)c->out + at);
    else
        rk_mask_select(c->width, (const uint8_t *)c->src + begin * c->width, c->mask + begin, end - begin,
                       (uint8_t *)c->out + at * c->width);
    return 0;
}

static int choose(ray_rt *rt, const ray_val *mask, chosen *c) {
    int64_t n = mask->len, sum = 0;
    *c = (chosen){.mask = mask->data, .ranges = n / RO_GRAIN + 1};
    c->start = rb_alloc_zero((size_t)c->ranges * sizeof *c->start);
    if (!c->start) return -1;
    if (ro_parallel(rt, n, RO_GRAIN, count_range, c) < 0) {
        rb_free(c->start, (size_t)c->ranges * sizeof *c->start);
        return -1;
    }
    for (int64_t r = 0; r < c->ranges; r++) {
        int64_t k = c->start[r];
        c->start[r] = sum;
        sum += k;
    }
    c->total = sum;
    return 0;
}

static void choose_free(chosen *c) { rb_free(c->start, (size_t)c->ranges * sizeof *c->start); }

static ray_val *select_vector(ray_rt *rt, const ray_val *v, int64_t n, chosen *c);

static ray_val *select_coded(ray_rt *rt, const ray_val *v, int64_t n, chosen *c) {
    const ray_val *numbers = v->u.coded.numbers;
    if (ro_stays_coded(v, c->total)) return rv_coded_like_take(v, select_vector(rt, numbers, n, c));
    ray_val *out = rv_vec_new(RY_SYM, c->total);
    if (!out) return NULL;
    c->width = ry_width(numbers->type);
    c->src = numbers->data;
    c->names = v->u.coded.names->data;
    c->out = out->data;
    int ok = ro_parallel(rt, n, RO_GRAIN, select_range, c);
    c->names = NULL;
    if (ok == 0) {
        if (v->attrs & RV_A_NULLS) rv_vec_scan_nulls(out);
        return out;
    }
    rv_release(out);
    return NULL;
}

static ray_val *select_vector(ray_rt *rt, const ray_val *v, int64_t n, chosen *c) {
    if (rv_exact_get(v)) return select_coded(rt, v, n, c);
    if (v->type == RY_CODED) v = rv_plain_get((ray_val *)(uintptr_t)v);
    ray_val *out = rv_vec_new(v->type, c->total);
    if (!out) return NULL;
    c->width = ry_width(v->type);
    c->src = v->data;
    c->out = out->data;
    if (ro_parallel(rt, n, RO_GRAIN, select_range, c) < 0) {
        if (rv_is_list(out)) out->len = 0; /* what was copied is not held yet */
        rv_release(out);
        return NULL;
    }
    if (v->type == RY_STR) share_heap(out, v);
    if (rv_is_list(v))
        for (int64_t i = 0; i < out->len; i++) rv_retain(rv_list_get(out, i));
    else if (v->attrs & RV_A_NULLS)
        rv_vec_scan_nulls(out);
    return out;
}

ray_val *ro_filter_by(ray_rt *rt, const ray_val *v, const ray_val *mask) {
    const int64_t n = rv_count(v);
    const bool rows = v->type == RY_TABLE, fits = mask->type == RY_B8;
    if (!ro_is_collection(v) && !rows && v->type != RY_CODED) return ro_refuse("filter", "a vector, list or table", v);
    if (!ro_is_collection(mask) || (rows && !fits)) return ro_refuse("filter", "a B8 mask", mask);
    if (mask->len == n && !fits) return n ? ro_refuse("filter", "a B8 mask", mask) : rv_vec_new(RY_LIST, 0);
    if (mask->len != n)
        return rb_fail_null(RB_E_LENGTH, "filter: a mask of %lld for %lld elements", (long long)mask->len,
                            (long long)n);
    chosen c;
    RB_TRY(choose(rt, mask, &c), NULL);
    ray_val *out = NULL;
    if (v->type == RY_TABLE) {
        const ray_val *columns = v->u.pair.values;
        ray_val *kept = rv_vec_room_new(RY_LIST, columns->len);
        for (int64_t i = 0; kept && i < columns->len; i++) {
            if (rv_list_append_take(kept, select_vector(rt, rv_list_held(columns, i), n, &c)) < 0) {
                rv_release(kept);
                kept = NULL;
            }
        }
        if (kept) out = rv_table_new_take(rv_retain(v->u.pair.keys), kept);
    } else {
        out = select_vector(rt, v, n, &c);
    }
    choose_free(&c);
    return out;
}

RV_VERB(ro_where) {
    (void)n;
    const ray_val *mask = args[0];
    if (mask->type != RY_B8) return ro_refuse("where", "a B8 vector", mask);
    chosen c;
    RB_TRY(choose(rt, mask, &c), NULL);
    ray_val *out = rv_vec_new(RY_I64, c.total);
    if (out) {
        c.out = out->data;
        if (ro_parallel(rt, mask->len, RO_GRAIN, select_range, &c) < 0) {
            rv_release(out);
            out = NULL;
        }
    }
    choose_free(&c);
    return out;
}

/* A list of booleans as a B8 vector. */
static ray_val *mask_of_list(const ray_val *list) {
    ray_val *mask = rv_vec_new(RY_B8, list->len);
    for (int64_t i = 0; mask && i < list->len; i++) {
        const ray_val *x = rv_list_get(list, i);
        if (x->type != -RY_B8) {
            rv_release(mask);
            return ro_refuse("filter", "a mask of booleans", x);
        }
        RV_DATA(uint8_t, mask)[i] = x->u.b8;
    }
    return mask;
}

static ray_val *filter_text(const ray_val *v, const ray_val *mask) {
    if (mask->len != v->len)
        return rb_fail_null(RB_E_LENGTH, "filter: a mask of %lld for %lld bytes", (long long)mask->len,
                            (long long)v->len);
    ray_val *out = rv_str_room_new((size_t)rk_mask_count(mask->data, mask->len));
    if (out) rk_mask_select(1, v->data, mask->data, mask->len, out->data);
    return out;
}

RV_VERB(ro_filter) {
    (void)n;
    const ray_val *v = args[0], *mask = args[1];
    if (v->type == -RY_STR) return mask->type == RY_B8 ? filter_text(v, mask) : ro_refuse("filter", "a B8 mask", mask);
    const bool places = rv_is_list(mask) && (ro_is_collection(v) || v->type == RY_TABLE) && mask->len == rv_count(v);
    if (!places) return ro_filter_by(rt, v, mask);
    ray_val *bools = mask_of_list(mask);
    if (!bools) return NULL;
    /* A mask that is a list makes a list of the result. */
    ray_val *kept = ro_filter_by(rt, v, bools), *out = kept;
    rv_release(bools);
    if (kept && rv_is_vector(kept)) {
        out = ro_spread(kept);
        rv_release(kept);
    }
    return out;
}
