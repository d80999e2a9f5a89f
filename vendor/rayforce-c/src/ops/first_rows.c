/* The first rows of an order without the order of the others. */
#include "collect.h"

/* Past this it is quicker to sort everything: each range of rows holds its own first ones. */
#define FIRST_MAX 4096
/* So few rows are sorted as they are. */
#define SMALL(k) (4 * (k) + 1024)

/* ---- the first keys of a column -------------------------------------------------------------------------------------- */

typedef struct search {
    const rk_keys *keys;
    bool down;
    int64_t k;
    rk_pair *heaps;   /* k for each range */
    int64_t *counts;
    _Atomic uint64_t bound; /* greater keys are not wanted */
    uint64_t limit;
    uint8_t *mask;
} search;

static void keys_into(const search *s, int64_t begin, int64_t n, uint64_t *out) {
    rk_keys_into(s->keys, begin, n, out);
    for (int64_t i = 0; s->down && i < n; i++) out[i] = ~out[i];
}

static int top_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    search *s = ctx;
    uint64_t block[RK_KEY_BLOCK];
    int64_t range = begin / RO_GRAIN;
    rk_top t = {.heap = s->heaps + range * s->k, .room = s->k, .bound = atomic_load(&s->bound)};
    for (; begin < end && !t.closed; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        keys_into(s, begin, n, block);
        rk_top_add(&t, block, n, begin);
    }
    s->counts[range] = t.n;
    uint64_t seen = atomic_load(&s->bound);
    while (t.n == s->k && t.heap[0].key < seen && !atomic_compare_exchange_weak(&s->bound, &seen, t.heap[0].key))
        ;
    return 0;
}

static int within_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const search *s = ctx;
    uint64_t block[RK_KEY_BLOCK];
    for (; begin < end; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        keys_into(s, begin, n, block);
        rk_keys_within(block, n, s->limit, s->mask + begin);
    }
    return 0;
}

/* The k-th key of all; every range has its own first k. */
static int find_limit(search *s, int64_t ranges) {
    rk_top t = {.heap = RO_ROOM(rk_pair, s->k), .room = s->k, .bound = UINT64_MAX};
    if (!t.heap) return -1;
    for (int64_t r = 0; r < ranges; r++)
        for (int64_t i = 0; i < s->counts[r]; i++) rk_top_add(&t, &s->heaps[r * s->k + i].key, 1, r * s->k + i);
    s->limit = t.heap[0].key;
    RO_ROOM_FREE(t.heap, s->k);
    return 0;
}

static int by_number(const void *ctx, int64_t i, int64_t j) {
    (void)ctx;
    return (i > j) - (i < j);
}

static int sort_numbers(ray_rt *rt, ray_val *at) {
    int64_t *tmp = RO_ROOM(int64_t, at->len);
    if (!tmp) return -1;
    int ok = rk_merge_sort(rt, at->data, tmp, at->len, by_number, NULL);
    RO_ROOM_FREE(tmp, at->len);
    return ok;
}

/* The rows that the ranges kept and that lie within the limit, ascending. */
static ray_val *kept_rows(ray_rt *rt, const search *s, int64_t ranges) {
    ray_val *at = rv_vec_room_new(RY_I64, 2 * s->k);
    for (int64_t r = 0; at && r < ranges; r++)
        for (int64_t i = 0; at && i < s->counts[r]; i++) {
            const rk_pair *x = &s->heaps[r * s->k + i];
            int64_t row = (int64_t)x->at;
            if (x->key > s->limit || rv_vec_append(at, &row, 1) == 0) continue;
            rv_release(at);
            at = NULL;
        }
    if (!at || sort_numbers(rt, at) == 0) return at;
    rv_release(at);
    return NULL;
}

static ray_val *rows_within(ray_rt *rt, search *s, int64_t n, uint64_t limit) {
    ray_val *mask = rv_vec_new(RY_B8, n), *at = NULL;
    if (!mask) return NULL;
    s->limit = limit;
    s->mask = mask->data;
    if (ro_parallel(rt, n, RO_GRAIN, within_range, s) == 0) at = ro_where(rt, &mask, 1);
    rv_release(mask);
    return at;
}

/* ---- the first rows of several columns -------------------------------------------------------------------------------- */

typedef struct order {
    ray_rt *rt;
    ray_val *const *columns;
    const bool *down;
    int n;
} order;

static ray_val *candidates(const order *o, int c, ray_val *at, int64_t k);

/* Places in `at` as what stands there; null: as themselves. Consumes places. */
static ray_val *stand_for_take(const order *o, const ray_val *at, ray_val *places) {
    if (!at || !places) return places;
    ray_val *rows = ro_gather(o->rt, at, places->data, places->len);
    rv_release(places);
    return rows;
}

/* Of the places `within` those that are not `before`; both ascend. */
static ray_val *without(const ray_val *within, const ray_val *before) {
    int64_t b = 0;
    ray_val *out = rv_vec_room_new(RY_I64, within->len - before->len);
    for (int64_t i = 0; out && i < within->len; i++) {
        int64_t place = RV_DATA(int64_t, within)[i];
        if (b < before->len && RV_DATA(int64_t, before)[b] == place) b++;
        else RV_DATA(int64_t, out)[out->len++] = place;
    }
    return out;
}

/* Rows before the limit, and of those at it the first by the columns that follow. */
static ray_val *refined(const order *o, int c, search *s, const ray_val *at, const ray_val *within, int64_t n,
                        int64_t k) {
    ray_val *before = s->limit ? rows_within(o->rt, s, n, s->limit - 1) : rv_vec_new(RY_I64, 0);
    ray_val *ties = before ? stand_for_take(o, at, without(within, before)) : NULL;
    before = stand_for_take(o, at, before);
    ray_val *more = before && ties ? candidates(o, c + 1, ties, k - before->len) : NULL;
    ray_val *out = more ? rv_vec_room_new(RY_I64, before->len + more->len) : NULL;
    bool ok = out && rv_vec_append(out, before->data, before->len) == 0 &&
              rv_vec_append(out, more->data, more->len) == 0 && sort_numbers(o->rt, out) == 0;
    rv_release(before);
    rv_release(ties);
    rv_release(more);
    if (ok) return out;
    rv_release(out);
    return NULL;
}

/* Rows, ascending, among which the first k by column c and those behind it are; `column` has its elements at `at`. */
static ray_val *of_column(const order *o, int c, const ray_val *column, const ray_val *at, int64_t k) {
    ro_keyer keyer;
    bool inexact;
    int64_t n = column->len, ranges = (n + RO_GRAIN - 1) / RO_GRAIN;
    RB_TRY(ro_sort_keyer(o->rt, column, &keyer, &inexact), NULL);
    search s = {.keys = &keyer.keys, .down = o->down[c], .k = k, .bound = UINT64_MAX};
    s.heaps = RO_ROOM(rk_pair, ranges * k);
    s.counts = s.heaps ? RO_ROOM(int64_t, ranges) : NULL;
    bool ok = s.counts && ro_parallel(o->rt, n, RO_GRAIN, top_range, &s) == 0 && find_limit(&s, ranges) == 0;
    ray_val *out = NULL;
    uint64_t limit = s.limit;
    if (ok && !inexact && c + 1 == o->n) {
        out = stand_for_take(o, at, kept_rows(o->rt, &s, ranges));
    } else if (ok) {
        ray_val *within = rows_within(o->rt, &s, n, limit);
        bool refine = within && !inexact && within->len > SMALL(k);
        out = refine ? refined(o, c, &s, at, within, n, k) : stand_for_take(o, at, within);
        if (refine) rv_release(within);
    }
    if (s.counts) RO_ROOM_FREE(s.counts, ranges);
    if (s.heaps) RO_ROOM_FREE(s.heaps, ranges * k);
    ro_keyer_free(&keyer);
    return out;
}

/* The same among the rows `at`, which ascend; null: all rows. */
static ray_val *candidates(const order *o, int c, ray_val *at, int64_t k) {
    if (at && (at->len <= SMALL(k) || c == o->n)) return rv_retain(at);
    ray_val *column = at ? ro_gather(o->rt, o->columns[c], at->data, at->len) : rv_retain(o->columns[c]);
    ray_val *out = column ? of_column(o, c, column, at, k) : NULL;
    rv_release(column);
    return out;
}

bool ro_first_pays(ray_val *const *columns, int n, int64_t k) {
    for (int c = 0; c < n; c++)
        if (rv_is_list(columns[c])) return false;
    return n > 0 && k > 0 && k <= FIRST_MAX && columns[0]->len > 2 * SMALL(k);
}

ray_val *ro_first_rows(ray_rt *rt, ray_val *const *columns, const bool *down, int n, int64_t k) {
    order o = {rt, columns, down, n};
    ray_val *at = candidates(&o, 0, NULL, k), *out = NULL, *by = NULL;
    ray_val **few = at ? rb_alloc_zero((size_t)n * sizeof *few) : NULL;
    bool ok = few != NULL;
    for (int c = 0; ok && c < n; c++) ok = (few[c] = ro_gather(rt, columns[c], at->data, at->len)) != NULL;
    if (ok) by = ro_sorted_rows(rt, few, down, n);
    if (by) out = ro_gather(rt, at, by->data, k < by->len ? k : by->len);
    for (int c = 0; few && c < n; c++) rv_release(few[c]);
    if (few) rb_free(few, (size_t)n * sizeof *few);
    rv_release(by);
    rv_release(at);
    return out;
}
