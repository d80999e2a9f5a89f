/* distinct, group, diverse. */
#include "collect.h"

/* Rows of the first appearances. */
static ray_val *first_ones(ray_rt *rt, ray_val *v) {
    ro_groups g;
    int64_t ncolumns = v->type == RY_TABLE ? rv_table_columns(v) : 1;
    if (ncolumns == 0) return ro_gather(rt, v, NULL, 0);
    ray_val *const *columns = v->type == RY_TABLE ? v->u.pair.values->data : &v;
    RB_TRY(ro_group_rows(rt, columns, (int)ncolumns, &g), NULL);
    ray_val *out = ro_gather(rt, v, g.first, g.count);
    ro_groups_free(&g);
    return out;
}

#define BITS_PER_ROW 64 /* a bitmap no larger than the column */
#define SAMPLE ((int64_t)1 << 16)
#define SAMPLE_REPEATS 8 /* rows of the sample for each different one: then hashing beats sorting */

static ray_val *from_keys(const ray_val *v, const ro_keyer *k, const uint64_t *keys, int64_t n) {
    ray_val *out = rv_vec_new(v->type, n);
    if (!out) return NULL;
    rk_keys_back(v->type, k->keys.base, keys, n, out->data);
    if (v->attrs & RV_A_NULLS) rv_vec_scan_nulls(out);
    return out;
}

static ray_val *distinct_bits(ray_rt *rt, const ray_val *v, const ro_keyer *k, uint64_t top) {
    int64_t words = (int64_t)(top / 64 + 1), count;
    rk_bits bits = {RO_ROOM(uint64_t, words), top, k->keys.base};
    if (!bits.word) return NULL;
    memset(bits.word, 0, (size_t)words * 8);
    uint64_t block[RK_KEY_BLOCK], *keys = NULL;
    int ok = 0;
    for (int64_t at = 0; ok == 0 && at < k->n; at += RK_KEY_BLOCK) {
        int64_t n = k->n - at < RK_KEY_BLOCK ? k->n - at : RK_KEY_BLOCK;
        if (at % RO_GRAIN == 0) ok = rb_rt_check(rt);
        rk_keys_into(&k->keys, at, n, block);
        rk_bits_add(&bits, block, n);
    }
    ray_val *out = NULL;
    count = rk_bits_count(&bits);
    if (ok == 0 && (keys = RO_ROOM(uint64_t, count))) {
        rk_bits_list(&bits, keys);
        out = from_keys(v, k, keys, count);
        RO_ROOM_FREE(keys, count);
    }
    RO_ROOM_FREE(bits.word, words);
    return out;
}

static ray_val *distinct_sorted(ray_rt *rt, const ray_val *v, const ro_keyer *k, uint64_t top) {
    uint64_t *keys;
    int64_t count;
    RB_TRY(ro_sorted_unique(rt, k, top, &keys, &count), NULL);
    ray_val *out = from_keys(v, k, keys, count);
    RO_ROOM_FREE(keys, k->n);
    return out;
}

/* Does the beginning of the column repeat itself? */
static int repeats(ray_rt *rt, const ro_keyer *k) {
    ro_keyer some = *k;
    ro_groups g;
    some.n = k->n < SAMPLE ? k->n : SAMPLE;
    RB_TRY(ro_number_rows(rt, &some, &g), -1);
    bool yes = g.count * SAMPLE_REPEATS < some.n;
    ro_groups_free(&g);
    return yes;
}

/* Numbers come back in ascending order. */
static ray_val *distinct_numbers(ray_rt *rt, ray_val *v) {
    ro_keyer k;
    uint64_t top;
    RB_TRY(ro_keyer_of(rt, v, &k), NULL);
    RB_TRY(ro_keyer_rebase(rt, &k, &top), NULL);
    if (top < (uint64_t)SAMPLE || top / BITS_PER_ROW < (uint64_t)k.n) return distinct_bits(rt, v, &k, top);
    int few = repeats(rt, &k);
    RB_TRY(few, NULL);
    if (!few) return distinct_sorted(rt, v, &k, top);
    ray_val *ones = first_ones(rt, v), *out = ones ? ro_sorted(rt, ones, false) : NULL;
    rv_release(ones);
    return out;
}

static ray_val *distinct_bytes(const ray_val *text) {
    bool seen[256] = {false};
    char bytes[256];
    size_t n = 0;
    for (int64_t i = 0; i < text->len; i++) seen[RV_DATA(uint8_t, text)[i]] = true;
    for (int b = 0; b < 256; b++)
        if (seen[b]) bytes[n++] = (char)b;
    return rv_str_new(bytes, n);
}

RV_VERB(ro_distinct) {
    (void)n;
    ray_val *v = args[0];
    if (v->type == -RY_STR) return distinct_bytes(v);
    if (ry_is_fixed(v->type) && v->type != RY_GUID) return distinct_numbers(rt, v);
    if (!ro_is_collection(v) && v->type != RY_TABLE) return ro_refuse("distinct", "a vector, list, string or table", v);
    return first_ones(rt, v);
}

/* The rows of each group as I64 vectors: views of one vector. */
static ray_val *rows_by_group(const ro_groups *g) {
    ray_val *rows = rv_vec_new(RY_I64, g->n), *out = rows ? rv_vec_room_new(RY_LIST, g->count) : NULL;
    int64_t *start = out ? RO_ROOM(int64_t, g->count + 1) : NULL;
    bool ok = start != NULL;
    if (ok) {
        rk_group_starts(g->id, g->n, g->count, start);
        rk_group_rows(g->id, g->n, g->count, start, rows->data);
    }
    for (int64_t i = 0; ok && i < g->count; i++)
        ok = rv_list_append_take(out, rv_vec_slice(rows, start[i], start[i + 1] - start[i])) == 0;
    if (start) RO_ROOM_FREE(start, g->count + 1);
    rv_release(rows);
    if (ok) return out;
    rv_release(out);
    return NULL;
}

RV_VERB(ro_group) {
    (void)n;
    ray_val *v = args[0];
    if (!ro_is_collection(v)) return ro_refuse("group", "a vector or list", v);
    if (v->len == 0) {
        ray_val *none = rv_vec_new(RY_LIST, 0), *too = none ? rv_vec_new(RY_LIST, 0) : NULL;
        if (too) return rv_dict_new_take(none, too);
        rv_release(none);
        return NULL;
    }
    ro_groups g;
    RB_TRY(ro_group_rows(rt, &v, 1, &g), NULL);
    ray_val *keys = ro_gather(rt, v, g.first, g.count), *rows = keys ? rows_by_group(&g) : NULL;
    ro_groups_free(&g);
    if (rows) return rv_dict_new_take(keys, rows);
    rv_release(keys);
    return NULL;
}

RV_VERB(ro_diverse) {
    (void)n;
    ray_val *v = args[0];
    if (rv_is_atom(v) || rv_is_callable(v)) return rv_b8_new(true);
    if (!ro_is_collection(v)) return ro_refuse("diverse", "a vector, list or atom", v);
    ro_groups g;
    RB_TRY(ro_group_rows(rt, &v, 1, &g), NULL);
    bool all = g.count == v->len;
    ro_groups_free(&g);
    return rv_b8_new(all);
}
