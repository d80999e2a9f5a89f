/* Rows by equality: numbers of groups in the order of their first appearance. Keys that lie close together are looked
 * up in an array; that wins as long as it is not much larger than the column. Others are hashed. */
#include "../base/bits.h"
#include "collect.h"
#include "group_parts.h"

#define DENSE_ALWAYS ((uint64_t)1 << 16) /* slots that are cheap whatever the column's length */
#define DENSE_PER_ROW 4                  /* slots a row */
#define HASH_FIRST ((int64_t)1 << 12)
#define HASH_GROWTH 8

void ro_groups_free(ro_groups *g) {
    if (g->id) RO_ROOM_FREE(g->id, g->n);
    if (g->first) RO_ROOM_FREE(g->first, g->count);
    g->id = NULL;
    g->first = NULL;
}

/* `first` was made with more room than groups were found. */
static int trim_first(ro_groups *g, int64_t *first, int64_t room) {
    g->first = RO_ROOM(int64_t, g->count);
    if (g->first) memcpy(g->first, first, (size_t)g->count * sizeof *first);
    RO_ROOM_FREE(first, room);
    return g->first ? 0 : -1;
}

static int number_dense(ray_rt *rt, const ro_keyer *k, uint64_t top, ro_groups *g) {
    int64_t slots = (int64_t)top + 1, room = slots < k->n ? slots : k->n;
    int32_t *slot = RO_ROOM(int32_t, slots);
    int64_t *first = slot ? RO_ROOM(int64_t, room) : NULL;
    int ok = first ? 0 : -1;
    if (first) memset(slot, 0, (size_t)slots * sizeof *slot);
    uint64_t block[RK_KEY_BLOCK];
    for (int64_t at = 0; ok == 0 && at < k->n; at += RK_KEY_BLOCK) {
        int64_t n = k->n - at < RK_KEY_BLOCK ? k->n - at : RK_KEY_BLOCK;
        if (at % RO_GRAIN == 0) ok = rb_rt_check(rt);
        rk_keys_into(&k->keys, at, n, block);
        g->count = rk_numbering_dense(slot, block, n, at, g->count, g->id + at, first);
    }
    if (slot) RO_ROOM_FREE(slot, slots);
    if (ok == 0) return trim_first(g, first, room);
    if (first) RO_ROOM_FREE(first, room);
    return -1;
}

/* ---- few keys, many rows: in parallel
 * ----------------------------------------------------------------------------------- */

#define SIDE_KEYS ((uint64_t)1 << 14) /* first rows of all keys, for each part, stay in a cache */
#define SIDE_PARTS 16
#define SIDE_ROWS (8 * RO_GRAIN)

typedef struct side {
    const rk_keys *keys;
    int64_t n, part, slots; /* rows in all and in a part; keys that may occur */
    int64_t most;           /* how many of them can: a part that has seen that many knows all it can */
    int64_t *first;         /* of each part */
    int32_t *number, *id;
} side;

static int first_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const side *s = ctx;
    uint64_t block[RK_KEY_BLOCK];
    int64_t *first = s->first + begin / s->part * s->slots, seen = 0;
    for (; begin < end && seen < s->most; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_keys_into(s->keys, begin, n, block);
        seen += rk_first_rows(block, n, begin, first);
    }
    return 0;
}

static int numbers_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const side *s = ctx;
    uint64_t block[RK_KEY_BLOCK];
    for (; begin < end; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_keys_into(s->keys, begin, n, block);
        rk_numbers_of(s->number, block, n, s->id + begin);
    }
    return 0;
}

static int by_first_row(const void *first, int64_t i, int64_t j) {
    const int64_t *f = first;
    return f[i] < f[j] ? -1 : f[i] > f[j];
}

/* The first rows of the parts, which follow each other, become those of the whole; then keys are numbered by them. */
static int number_keys(side *s, ro_groups *g) {
    for (int64_t p = 1; p < SIDE_PARTS; p++)
        for (int64_t k = 0; k < s->slots; k++)
            if (s->first[k] < 0) s->first[k] = s->first[p * s->slots + k];
    int64_t *key = RO_ROOM(int64_t, 2 * s->slots);
    if (!key) return -1;
    for (int64_t k = 0; k < s->slots; k++)
        if (s->first[k] >= 0) key[g->count++] = k;
    rk_merge_sort(key, key + s->slots, g->count, by_first_row, s->first);
    g->first = RO_ROOM(int64_t, g->count);
    for (int64_t i = 0; g->first && i < g->count; i++) {
        g->first[i] = s->first[key[i]];
        s->number[key[i]] = (int32_t)i;
    }
    RO_ROOM_FREE(key, 2 * s->slots);
    return g->first ? 0 : -1;
}

static int number_side_by_side(ray_rt *rt, const ro_keyer *k, uint64_t top, ro_groups *g) {
    int64_t slots = (int64_t)top + 1, part = (k->n + SIDE_PARTS - 1) / SIDE_PARTS;
    side s = {.keys = &k->keys, .n = k->n, .part = part, .slots = slots, .most = slots - !k->null, .id = g->id};
    s.first = RO_ROOM(int64_t, slots * SIDE_PARTS);
    s.number = s.first ? RO_ROOM(int32_t, slots) : NULL;
    int ok = s.number ? 0 : -1;
    if (ok == 0) {
        memset(s.first, 0xff, (size_t)(slots * SIDE_PARTS) * sizeof *s.first);
        ok = ro_parallel(rt, k->n, part, first_range, &s);
    }
    if (ok == 0) ok = number_keys(&s, g);
    if (ok == 0) ok = ro_parallel(rt, k->n, RO_GRAIN, numbers_range, &s);
    if (s.number) RO_ROOM_FREE(s.number, slots);
    if (s.first) RO_ROOM_FREE(s.first, slots * SIDE_PARTS);
    return ok;
}

/* ---- hashed
 * --------------------------------------------------------------------------------------------------------------- */

/* A table HASH_GROWTH times as large, with the same entries; `first` grows along. */
static int grow(rk_numbering *t, int64_t **first) {
    rk_numbering to = {.slots = t->slots ? t->slots * HASH_GROWTH : HASH_FIRST};
    to.slot = RO_ROOM(rk_slot, to.slots);
    int64_t *more = to.slot ? RO_ROOM(int64_t, to.slots / 2) : NULL;
    if (!more) {
        if (to.slot) RO_ROOM_FREE(to.slot, to.slots);
        return -1;
    }
    memset(to.slot, 0, (size_t)to.slots * sizeof *to.slot);
    if (*first) {
        rk_numbering_move(t, &to);
        memcpy(more, *first, (size_t)t->count * sizeof *more);
        RO_ROOM_FREE(t->slot, t->slots);
        RO_ROOM_FREE(*first, t->slots / 2);
    }
    *t = to;
    *first = more;
    return 0;
}

static int number_hashed(ray_rt *rt, const ro_keyer *k, ro_groups *g) {
    rk_numbering t = {0};
    int64_t *first = NULL;
    int ok = grow(&t, &first);
    uint64_t block[RK_KEY_BLOCK];
    for (int64_t at = 0; ok == 0 && at < k->n; at += RK_KEY_BLOCK) {
        int64_t n = k->n - at < RK_KEY_BLOCK ? k->n - at : RK_KEY_BLOCK, done = 0;
        if (at % RO_GRAIN == 0) ok = rb_rt_check(rt);
        rk_keys_into(&k->keys, at, n, block);
        while (ok == 0) {
            done += rk_numbering_add(&t, block + done, n - done, at + done, g->id + at + done, first);
            if (done == n) break;
            ok = grow(&t, &first);
        }
    }
    g->count = t.count;
    if (t.slots) RO_ROOM_FREE(t.slot, t.slots);
    if (ok == 0) return trim_first(g, first, t.slots / 2);
    if (t.slots) RO_ROOM_FREE(first, t.slots / 2);
    return -1;
}

int ro_number_rows(ray_rt *rt, ro_keyer *k, ro_groups *out) {
    *out = (ro_groups){.n = k->n};
    if (k->n > INT32_MAX)
        return rb_fail(RB_E_LIMIT, "grouping takes at most %d rows, got %lld", INT32_MAX, (long long)k->n);
    uint64_t top;
    RB_TRY(ro_keyer_rebase(rt, k, &top), -1);
    out->id = RO_ROOM(int32_t, k->n);
    if (!out->id) return -1;
    bool dense = top < DENSE_ALWAYS || top / DENSE_PER_ROW < (uint64_t)k->n;
    bool beside = top < SIDE_KEYS && k->n >= SIDE_ROWS;
    bool parts = k->n >= RO_PARTS_ROWS && k->n <= INT32_MAX;
    int ok = beside  ? number_side_by_side(rt, k, top, out)
             : dense ? number_dense(rt, k, top, out)
             : parts ? ro_number_parts(rt, &k->keys, out)
                     : number_hashed(rt, k, out);
    if (ok < 0) ro_groups_free(out);
    return ok;
}

/* ---- several columns ------------------------------------------------------------------------------------------------
 */

/* Rows of the columns so far as one number each: the key of a column is a digit of it. */
typedef struct composite {
    int64_t *value;
    uint64_t size; /* values are below it */
} composite;

#define COMPOSITE_MAX ((uint64_t)1 << 62)

typedef struct digit {
    const rk_keys *keys;
    int64_t *value;
    uint64_t scale;
} digit;

static int add_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const digit *d = ctx;
    uint64_t block[RK_KEY_BLOCK];
    for (; begin < end; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_keys_into(d->keys, begin, n, block);
        rk_add_digit(block, n, d->scale, d->value + begin);
    }
    return 0;
}

/* Group numbers in place of values, so that they are small. */
static int renumber(ray_rt *rt, composite *c, int64_t n) {
    ro_keyer k = {.keys = {.type = RY_I64, .data = c->value}, .n = n};
    ro_groups g;
    RB_TRY(ro_number_rows(rt, &k, &g), -1);
    for (int64_t i = 0; i < n; i++) c->value[i] = g.id[i];
    c->size = (uint64_t)g.count + 1;
    ro_groups_free(&g);
    return 0;
}

static int add_column(ray_rt *rt, composite *c, const ray_val *column, int64_t n) {
    ro_keyer k;
    ro_groups g = {0};
    uint64_t top;
    RB_TRY(ro_keyer_of(rt, column, &k), -1);
    int ok = ro_keyer_rebase(rt, &k, &top);
    if (ok == 0 && top >= INT32_MAX) {
        ok = ro_number_rows(rt, &k, &g);
        top = (uint64_t)g.count;
    }
    if (ok == 0 && c->size > COMPOSITE_MAX / (top + 1)) ok = renumber(rt, c, n);
    if (ok == 0) {
        rk_keys ids = {.type = RY_I32, .data = g.id, .base = ((uint64_t)1 << 63) - 1};
        digit d = {g.id ? &ids : &k.keys, c->value, c->size};
        ok = ro_parallel(rt, n, RO_GRAIN, add_range, &d);
        c->size *= top + 1;
    }
    ro_groups_free(&g);
    ro_keyer_free(&k);
    return ok;
}

int ro_group_rows(ray_rt *rt, ray_val *const *columns, int ncolumns, ro_groups *out) {
    ro_keyer k;
    if (ncolumns == 1) {
        RB_TRY(ro_keyer_of(rt, columns[0], &k), -1);
        int ok = ro_number_rows(rt, &k, out);
        ro_keyer_free(&k);
        return ok;
    }
    *out = (ro_groups){0};
    int64_t n = ncolumns ? columns[0]->len : 0;
    composite c = {RO_ROOM(int64_t, n), 1};
    if (!c.value) return -1;
    memset(c.value, 0, (size_t)n * sizeof *c.value);
    int ok = 0;
    for (int i = 0; ok == 0 && i < ncolumns; i++) ok = add_column(rt, &c, columns[i], n);
    k = (ro_keyer){.keys = {.type = RY_I64, .data = c.value}, .n = n};
    if (ok == 0) ok = ro_number_rows(rt, &k, out);
    RO_ROOM_FREE(c.value, n);
    return ok;
}
