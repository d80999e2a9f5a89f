/* Sorting. A key and a row number travel as one word of 64 bits, which halves the memory that moves. Keys that are too
 * wide for that lose their lowest bits, and rows that then look equal are compared once more, unless a sample says that
 * they would be many. Sorting values alone needs no row numbers, and few different keys are counted rather than moved.
 */
#include "order.h"

#include "../base/bits.h"
#include "collect.h"
#include "sort_values.h"

static int bits_of(uint64_t top) { return top ? rb_bits_highest(top) + 1 : 0; }

/* ---- packing ----------------------------------------------------------------------------------------------------- */

typedef struct packing {
    const rk_keys *keys;
    uint64_t top;
    bool down, cut;  /* cut: different keys may have the same word */
    int shift, drop; /* of a word: bits of the row number; lowest bits of the key that are left out */
    uint64_t *words; /* or */
    rk_pair *pairs;
    _Atomic uint64_t differ; /* bits in which keys differ from the first one */
    uint64_t *sorted_words;
    rk_pair *sorted_pairs;
    int64_t *at;
} packing;

static int pack_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const packing *p = ctx;
    uint64_t block[RK_KEY_BLOCK];
    for (; begin < end; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_keys_into(p->keys, begin, n, block);
        if (p->words)
            rk_pack_words(block, n, p->top, p->down, p->drop, p->shift, begin, p->words + begin);
        else
            rk_pack_pairs(block, n, p->top, p->down, begin, p->pairs + begin);
    }
    return 0;
}

static int rows_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const packing *p = ctx;
    if (p->sorted_words)
        rk_rows_of_words(p->sorted_words + begin, end - begin, p->shift, p->at + begin);
    else
        rk_rows_of_pairs(p->sorted_pairs + begin, end - begin, p->at + begin);
    return 0;
}

/* Room for n words or pairs twice, and for the counters of the radix sort. */
static void *sort_room(int64_t n, size_t each, int64_t **counters) {
    *counters = RO_ROOM(int64_t, RK_RADIX_SCRATCH);
    void *room = *counters ? ro_room(2 * n, each) : NULL;
    if (!room && *counters) RO_ROOM_FREE(*counters, RK_RADIX_SCRATCH);
    return room;
}

static void sort_room_free(void *room, int64_t n, size_t each, int64_t *counters) {
    rb_block_free(room, (size_t)(2 * n) * each);
    RO_ROOM_FREE(counters, RK_RADIX_SCRATCH);
}

static int differ_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    packing *p = ctx;
    uint64_t block[RK_KEY_BLOCK], first, differ = 0;
    rk_keys_into(p->keys, 0, 1, &first);
    for (; begin < end; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_keys_into(p->keys, begin, n, block);
        differ |= rk_differing_bits(block, n, first);
    }
    atomic_fetch_or_explicit(&p->differ, differ, memory_order_relaxed);
    return 0;
}

static uint64_t key_of(const rk_keys *k, int64_t row) {
    uint64_t key;
    rk_keys_into(k, row, 1, &key);
    return key;
}

static int by_key(const void *keys, int64_t i, int64_t j) {
    uint64_t a = key_of(keys, i), b = key_of(keys, j);
    return a < b ? -1 : a > b;
}

/* Equal words are mostly those of equal keys. */
static bool in_order(const packing *p, const int64_t *at, int64_t n) {
    uint64_t last = key_of(p->keys, at[0]);
    for (int64_t i = 1; i < n; i++) {
        uint64_t key = key_of(p->keys, at[i]);
        if (p->down ? key > last : key < last) return false;
        last = key;
    }
    return true;
}

static int by_key_down(const void *keys, int64_t i, int64_t j) { return by_key(keys, j, i); }

/* Runs of rows whose words differ in the row number only, by their whole keys. */
static int sort_cut_keys(ray_rt *rt, const packing *p, int64_t n) {
    int64_t *tmp = RO_ROOM(int64_t, n), looked = 0;
    if (!tmp) return -1;
    int ok = 0;
    for (int64_t i = 0, end; ok == 0 && i < n; i = end) {
        uint64_t cut = p->sorted_words[i] >> p->shift;
        for (end = i + 1; end < n && p->sorted_words[end] >> p->shift == cut;) end++;
        if (end - looked > RO_GRAIN) {
            ok = rb_rt_check(rt);
            looked = end;
        }
        if (ok == 0 && end - i > 1 && !in_order(p, p->at + i, end - i))
            ok = rk_merge_sort(rt, p->at + i, tmp, end - i, p->down ? by_key_down : by_key, p->keys);
    }
    RO_ROOM_FREE(tmp, n);
    return ok;
}

static int sort_by_words(ray_rt *rt, packing *p, int64_t n) {
    int64_t *counters;
    if (!(p->words = sort_room(n, sizeof *p->words, &counters))) return -1;
    int ok = ro_parallel(rt, n, RO_GRAIN, pack_range, p), bits = bits_of(p->top) - p->drop;
    if (ok == 0) ok = rk_radix_words(rt, p->words, p->words + n, n, p->shift, bits, counters, &p->sorted_words);
    if (ok == 0) ok = ro_parallel(rt, n, RO_GRAIN, rows_range, p);
    if (ok == 0 && p->cut) ok = sort_cut_keys(rt, p, n);
    sort_room_free(p->words, n, sizeof *p->words, counters);
    return ok;
}

#define SAMPLE 512
#define SAMPLE_TIES 8 /* of these rows may look equal without being so */

/* Would many rows look equal without the lowest bits of their keys? */
static bool cutting_hurts(const packing *p, int64_t n) {
    uint64_t keys[SAMPLE], tmp[SAMPLE], *sorted;
    int64_t ties = 0, counters[1] = {0};
    for (int64_t i = 0; i < SAMPLE; i++) keys[i] = key_of(p->keys, n / SAMPLE * i);
    if (rk_radix_words(NULL, keys, tmp, SAMPLE, 0, 64, counters, &sorted) < 0) return true;
    for (int64_t i = 1; i < SAMPLE; i++)
        ties += sorted[i] != sorted[i - 1] && sorted[i] >> p->drop == sorted[i - 1] >> p->drop;
    return ties > SAMPLE_TIES;
}

static int sort_by_pairs(ray_rt *rt, packing *p, int64_t n) {
    int64_t *counters;
    if (!(p->pairs = sort_room(n, sizeof *p->pairs, &counters))) return -1;
    int ok = ro_parallel(rt, n, RO_GRAIN, pack_range, p);
    if (ok == 0)
        ok = rk_radix_pairs(rt, p->pairs, p->pairs + n, n, 0, bits_of(p->top), counters, &p->sorted_pairs);
    if (ok == 0) ok = ro_parallel(rt, n, RO_GRAIN, rows_range, p);
    sort_room_free(p->pairs, n, sizeof *p->pairs, counters);
    return ok;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

static int compare_down(const void *v, int64_t i, int64_t j) { return ro_compare_bytes(v, j, i); }

/* Runs of rows whose keys are equal, by the whole of their elements. */
static int sort_ties(ray_rt *rt, const ray_val *v, const int64_t *keys, bool down, int64_t *at) {
    int64_t *tmp = RO_ROOM(int64_t, v->len), looked = 0;
    if (!tmp) return -1;
    int ok = 0;
    for (int64_t i = 0, end; ok == 0 && i < v->len; i = end) {
        if (i - looked > RO_GRAIN) {
            ok = rb_rt_check(rt);
            looked = i;
        }
        for (end = i + 1; end < v->len && keys[at[end]] == keys[at[i]];) end++;
        if (ok == 0 && end - i > 1)
            ok = rk_merge_sort(rt, at + i, tmp, end - i, down ? compare_down : ro_compare_bytes, v);
    }
    RO_ROOM_FREE(tmp, v->len);
    return ok;
}

int ro_sort_rows(ray_rt *rt, const ray_val *v, bool down, int64_t *at) {
    ro_keyer k;
    bool ties;
    RB_TRY(ro_sort_keyer(rt, v, &k, &ties), -1);
    packing p = {.keys = &k.keys, .down = down, .at = at, .shift = bits_of((uint64_t)v->len)};
    int ok = ro_keyer_rebase(rt, &k, &p.top);
    int bits = bits_of(p.top) + p.shift;
    p.drop = bits > 64 ? bits - 64 : 0;
    if (ok == 0 && p.drop) ok = ro_parallel(rt, v->len, RO_GRAIN, differ_range, &p);
    /* Bits in which no key differs are not missed. */
    bool exact = p.drop && (p.differ & (((uint64_t)1 << p.drop) - 1)) == 0;
    p.cut = p.drop && !exact;
    if (ok == 0)
        ok = p.cut && cutting_hurts(&p, v->len) ? sort_by_pairs(rt, &p, v->len) : sort_by_words(rt, &p, v->len);
    if (ok == 0 && ties) ok = sort_ties(rt, v, k.classes, down, at);
    ro_keyer_free(&k);
    return ok;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

typedef struct writing {
    int type;
    uint64_t base, top;
    bool down;
    const uint64_t *sorted;
    uint8_t *out;
} writing;

static int back_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const writing *w = ctx;
    uint64_t block[RK_KEY_BLOCK];
    for (; begin < end; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_pack_words(w->sorted + begin, n, w->top, w->down, 0, 0, 0, block);
        rk_keys_back(w->type, w->base, block, n, w->out + begin * ry_width(w->type));
    }
    return 0;
}

static int sort_values(ray_rt *rt, const ro_keyer *k, uint64_t top, bool down, ray_val *out) {
    packing p = {.keys = &k->keys, .top = top, .down = down};
    int64_t *counters, n = k->n;
    if (!(p.words = sort_room(n, sizeof *p.words, &counters))) return -1;
    int ok = ro_parallel(rt, n, RO_GRAIN, pack_range, &p);
    if (ok == 0) ok = rk_radix_words(rt, p.words, p.words + n, n, 0, bits_of(top), counters, &p.sorted_words);
    writing w = {out->type, k->keys.base, top, down, p.sorted_words, out->data};
    if (ok == 0) ok = ro_parallel(rt, n, RO_GRAIN, back_range, &w);
    sort_room_free(p.words, n, sizeof *p.words, counters);
    return ok;
}

#define COUNT_MAX ((uint64_t)1 << 16) /* counters that stay in the cache */
#define COUNT_ROWS 4                  /* and that many rows a counter, or sorting is as good */

/* Few different keys: how often each comes says all. */
static int count_values(ray_rt *rt, const ro_keyer *k, uint64_t top, bool down, ray_val *out) {
    int64_t keys = (int64_t)top + 1, *counter = RO_ROOM(int64_t, keys), at = 0, looked = 0;
    if (!counter) return -1;
    memset(counter, 0, (size_t)keys * sizeof *counter);
    uint64_t block[RK_KEY_BLOCK];
    int ok = 0, width = ry_width(out->type);
    for (int64_t i = 0; ok == 0 && i < k->n; i += RK_KEY_BLOCK) {
        int64_t n = k->n - i < RK_KEY_BLOCK ? k->n - i : RK_KEY_BLOCK;
        if (i % RO_GRAIN == 0) ok = rb_rt_check(rt);
        rk_keys_into(&k->keys, i, n, block);
        rk_key_counts(block, n, counter);
    }
    for (int64_t i = 0; ok == 0 && i < keys; i++) {
        uint64_t key = (uint64_t)(down ? keys - 1 - i : i);
        uint8_t element[8];
        rk_keys_back(out->type, k->keys.base, &key, 1, element);
        for (int64_t end = at + counter[key], n; ok == 0 && at < end; at += n) {
            if (at - looked >= RO_GRAIN) {
                ok = rb_rt_check(rt);
                looked = at;
            }
            n = end - at < RO_GRAIN ? end - at : RO_GRAIN;
            rk_fill(width, element, n, RV_DATA(uint8_t, out) + at * width);
        }
    }
    RO_ROOM_FREE(counter, keys);
    return ok;
}

static ray_val *sorted_by_rows(ray_rt *rt, const ray_val *v, bool down) {
    int64_t *at = RO_ROOM(int64_t, v->len);
    if (!at) return NULL;
    ray_val *out = ro_sort_rows(rt, v, down, at) < 0 ? NULL : ro_gather(rt, v, at, v->len);
    RO_ROOM_FREE(at, v->len);
    return out;
}

typedef struct zeros {
    const ray_val *v;
    _Atomic bool negative;
} zeros;

static int zeros_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    zeros *z = ctx;
    if (rk_has_negative_zero(z->v->type, RV_DATA(uint8_t, z->v) + begin * ry_width(z->v->type), end - begin))
        atomic_store_explicit(&z->negative, true, memory_order_relaxed);
    return 0;
}

/* Keys do not know the sign of a zero. 1, 0 or -1. */
static int has_signed_zero(ray_rt *rt, const ray_val *v) {
    zeros z = {.v = v};
    if (v->type != RY_F32 && v->type != RY_F64) return 0;
    RB_TRY(ro_parallel(rt, v->len, RO_GRAIN, zeros_range, &z), -1);
    return z.negative;
}

ray_val *ro_sorted(ray_rt *rt, const ray_val *v, bool down) {
    const int zero = has_signed_zero(rt, v);
    RB_TRY(zero, NULL);
    if (zero || v->type == RY_SYM || v->type == RY_STR || v->type == RY_GUID) return sorted_by_rows(rt, v, down);
    ro_keyer k;
    uint64_t top;
    RB_TRY(ro_keyer_of(rt, v, &k), NULL);
    RB_TRY(ro_keyer_rebase(rt, &k, &top), NULL);
    ray_val *out = rv_vec_new(v->type, v->len);
    if (!out) return NULL;
    bool few = top < COUNT_MAX && top < (uint64_t)v->len / COUNT_ROWS;
    int ok = few                  ? count_values(rt, &k, top, down, out)
             : ro_deals_values(v) ? ro_deal_values(rt, &k, top, down, out)
                                  : sort_values(rt, &k, top, down, out);
    if (ok < 0) {
        rv_release(out);
        return NULL;
    }
    out->attrs |= v->attrs & RV_A_NULLS;
    return out;
}

int ro_sorted_unique(ray_rt *rt, const ro_keyer *k, uint64_t top, uint64_t **out, int64_t *count) {
    packing p = {.keys = &k->keys, .top = top};
    int64_t *counters, n = k->n;
    if (!(p.words = sort_room(n, sizeof *p.words, &counters))) return -1;
    int ok = ro_parallel(rt, n, RO_GRAIN, pack_range, &p);
    if (ok == 0) ok = rk_radix_words(rt, p.words, p.words + n, n, 0, bits_of(top), counters, &p.sorted_words);
    *out = ok == 0 ? RO_ROOM(uint64_t, n) : NULL;
    if (*out) {
        *count = rk_unique(p.sorted_words, n);
        memcpy(*out, p.sorted_words, (size_t)*count * sizeof **out);
    }
    sort_room_free(p.words, n, sizeof *p.words, counters);
    return *out ? 0 : -1;
}

/* ---- verbs ------------------------------------------------------------------------------------------------------- */

static ray_val *sort_verb(ray_rt *rt, const char *verb, ray_val *v, bool down) {
    if (rv_is_atom(v) || rv_is_callable(v)) return rv_retain(v);
    if (!rv_is_vector(v)) return ro_refuse(verb, "a vector or an atom", v);
    return ro_sorted(rt, v, down);
}

static ray_val *grade_verb(ray_rt *rt, const char *verb, const ray_val *v, bool down) {
    if (!rv_is_vector(v)) return ro_refuse(verb, "a vector", v);
    ray_val *out = rv_vec_new(RY_I64, v->len);
    if (out && ro_sort_rows(rt, v, down, out->data) < 0) {
        rv_release(out);
        return NULL;
    }
    return out;
}

RV_VERB(ro_asc) {
    (void)n;
    return sort_verb(rt, "asc", args[0], false);
}

RV_VERB(ro_desc) {
    (void)n;
    return sort_verb(rt, "desc", args[0], true);
}

RV_VERB(ro_iasc) {
    (void)n;
    return grade_verb(rt, "iasc", args[0], false);
}

RV_VERB(ro_idesc) {
    (void)n;
    return grade_verb(rt, "idesc", args[0], true);
}
