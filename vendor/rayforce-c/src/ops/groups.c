/* Rows by equality: numbers of groups in the order of their first appearance. Keys that lie close together are looked
 * up in an array; that wins as long as it is not much larger than the column. Others are hashed. */
#include "../base/bits.h"
#include "../kernel/kernel.h"
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

/* ---- few keys, many rows: in parallel ---------------------------------------------------------------------------- */

#define SIDE_KEYS ((uint64_t)1 << 14) /* first rows of all keys, for each part, stay in a cache */
#define SIDE_PARTS 16
#define SIDE_ROWS (8 * RO_GRAIN)

/* Keys of n rows from `begin` on. */
typedef void (*keys_fn)(const void *of, int64_t begin, int64_t n, uint64_t *out);
static void column_keys(const void *of, int64_t begin, int64_t n, uint64_t *out) { rk_keys_into(of, begin, n, out); }

typedef struct side {
    keys_fn keys_into;
    const void *keys;
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
        s->keys_into(s->keys, begin, n, block);
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
        s->keys_into(s->keys, begin, n, block);
        rk_numbers_of(s->number, block, n, s->id + begin);
    }
    return 0;
}

static int by_first_row(const void *first, int64_t i, int64_t j) {
    const int64_t *f = first;
    return f[i] < f[j] ? -1 : f[i] > f[j];
}

/* The first rows of the parts, which follow each other, become those of the whole; then keys are numbered by them. */
static int number_keys(ray_rt *rt, side *s, ro_groups *g) {
    for (int64_t p = 1; p < SIDE_PARTS; p++)
        for (int64_t k = 0; k < s->slots; k++)
            if (s->first[k] < 0) s->first[k] = s->first[p * s->slots + k];
    int64_t *key = RO_ROOM(int64_t, 2 * s->slots);
    if (!key) return -1;
    for (int64_t k = 0; k < s->slots; k++)
        if (s->first[k] >= 0) key[g->count++] = k;
    int ok = rk_merge_sort(rt, key, key + s->slots, g->count, by_first_row, s->first);
    if (ok == 0) g->first = RO_ROOM(int64_t, g->count);
    for (int64_t i = 0; g->first && i < g->count; i++) {
        g->first[i] = s->first[key[i]];
        s->number[key[i]] = (int32_t)i;
    }
    RO_ROOM_FREE(key, 2 * s->slots);
    return g->first ? 0 : -1;
}

/* Keys are at most `top`, and `most` of them can occur. */
static int number_side_by_side(ray_rt *rt, keys_fn keys_into, const void *keys, uint64_t top, int64_t most,
                               ro_groups *g) {
    int64_t slots = (int64_t)top + 1, part = (g->n + SIDE_PARTS - 1) / SIDE_PARTS;
    side s = {keys_into, keys, .n = g->n, .part = part, .slots = slots, .most = most, .id = g->id};
    s.first = RO_ROOM(int64_t, slots * SIDE_PARTS);
    s.number = s.first ? RO_ROOM(int32_t, slots) : NULL;
    int ok = s.number ? 0 : -1;
    if (ok == 0) {
        memset(s.first, 0xff, (size_t)(slots * SIDE_PARTS) * sizeof *s.first);
        ok = ro_parallel(rt, g->n, part, first_range, &s);
    }
    if (ok == 0) ok = number_keys(rt, &s, g);
    if (ok == 0) ok = ro_parallel(rt, g->n, RO_GRAIN, numbers_range, &s);
    if (s.number) RO_ROOM_FREE(s.number, slots);
    if (s.first) RO_ROOM_FREE(s.first, slots * SIDE_PARTS);
    return ok;
}

/* ---- hashed ------------------------------------------------------------------------------------------------------ */

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

static int groups_new(ro_groups *g, int64_t n) {
    *g = (ro_groups){.n = n};
    if (n > INT32_MAX)
        return rb_fail(RB_E_LIMIT, "grouping takes at most %d rows, got %lld", INT32_MAX, (long long)n);
    g->id = RO_ROOM(int32_t, n);
    return g->id ? 0 : -1;
}

static bool is_side(uint64_t top, int64_t n) { return top < SIDE_KEYS && n >= SIDE_ROWS; }

static bool is_dense(uint64_t top, int64_t n) { return top < DENSE_ALWAYS || top / DENSE_PER_ROW < (uint64_t)n; }

/* Keys are at most `top`. */
static int number_within(ray_rt *rt, ro_keyer *k, uint64_t top, ro_groups *out) {
    RB_TRY(groups_new(out, k->n), -1);
    const bool dense = is_dense(top, k->n);
    int64_t most = (int64_t)top + k->null; /* for small keys; 0 is that of null */
    bool parts = k->n >= RO_PARTS_ROWS && k->n <= INT32_MAX;
    int ok = is_side(top, k->n) ? number_side_by_side(rt, column_keys, &k->keys, top, most, out)
             : dense            ? number_dense(rt, k, top, out)
             : parts            ? ro_number_parts(rt, &k->keys, out)
                                : number_hashed(rt, k, out);
    if (ok < 0) ro_groups_free(out);
    return ok;
}

int ro_number_rows(ray_rt *rt, ro_keyer *k, ro_groups *out) {
    uint64_t top;
    *out = (ro_groups){.n = k->n};
    RB_TRY(ro_keyer_rebase(rt, k, &top), -1);
    if (!is_dense(top, k->n)) RB_TRY(ro_keyer_narrow(rt, k, &top), -1);
    return number_within(rt, k, top, out);
}

/* ---- several columns --------------------------------------------------------------------------------------------- */

/* Rows of several columns as one number each: the key of a column is a digit of it. A column whose keys are too large
 * counts by the numbers of its groups; so do the columns so far where the number would be. */
typedef struct digit {
    rk_keys keys;
    uint64_t scale;
    ro_keyer keyer; /* owned, as is */
    ro_groups g;    /* what the keys look at */
} digit;

typedef struct composite {
    digit *digits;
    int n;
    uint64_t size; /* numbers are below it */
    uint64_t most; /* so many of them can occur: 0 is the key of null alone */
    int64_t rows;
    void *value; /* I32 or I64 */
    bool narrow;
} composite;

#define COMPOSITE_MAX ((uint64_t)1 << 62)
/* With it a number that is its own key counts from 1. */
#define BASE_ONE (((uint64_t)1 << 63) - 1)

static void digits_free(composite *c) {
    for (int i = 0; i < c->n; i++) {
        ro_groups_free(&c->digits[i].g);
        ro_keyer_free(&c->digits[i].keyer);
    }
    c->n = 0;
}

static void composite_into(const void *of, int64_t begin, int64_t n, uint64_t *out) {
    const composite *c = of;
    uint64_t block[RK_KEY_BLOCK];
    memset(out, 0, (size_t)n * sizeof *out);
    for (int i = 0; i < c->n; i++) {
        rk_keys_into(&c->digits[i].keys, begin, n, block);
        rk_add_digit(block, n, c->digits[i].scale, (int64_t *)out);
    }
}

static int value_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const composite *c = ctx;
    uint64_t block[RK_KEY_BLOCK];
    for (; begin < end; begin += RK_KEY_BLOCK) {
        int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        composite_into(c, begin, n, block);
        if (c->narrow)
            rk_from_i64[RY_I32]((const int64_t *)block, n, (int32_t *)c->value + begin, false);
        else
            memcpy((int64_t *)c->value + begin, block, (size_t)n * sizeof *block);
    }
    return 0;
}

/* Groups by the digits that are there. */
static int number_digits(ray_rt *rt, composite *c, ro_groups *out) {
    if (is_side(c->size, c->rows)) {
        RB_TRY(groups_new(out, c->rows), -1);
        int ok = number_side_by_side(rt, composite_into, c, c->size - 1, (int64_t)c->most, out);
        if (ok < 0) ro_groups_free(out);
        return ok;
    }
    c->narrow = c->size <= INT32_MAX;
    const size_t width = c->narrow ? 4 : 8;
    *out = (ro_groups){0};
    if (!(c->value = ro_room(c->rows, width))) return -1;
    ro_keyer k = {.keys = {.type = c->narrow ? RY_I32 : RY_I64, .data = c->value, .base = BASE_ONE}, .n = c->rows};
    int ok = ro_parallel(rt, c->rows, RO_GRAIN, value_range, c);
    if (ok == 0) ok = number_within(rt, &k, c->size, out);
    rb_block_free(c->value, (size_t)c->rows * width);
    return ok;
}

static rk_keys keys_of_groups(const ro_groups *g) {
    return (rk_keys){.type = RY_I32, .data = g->id, .base = BASE_ONE};
}

/* Group numbers in place of the digits so far. */
static int renumber(ray_rt *rt, composite *c) {
    ro_groups g;
    RB_TRY(number_digits(rt, c, &g), -1);
    digits_free(c);
    c->digits[c->n++] = (digit){.keys = keys_of_groups(&g), .scale = 1, .g = g};
    c->most = (uint64_t)g.count;
    c->size = c->most + 1;
    return 0;
}

static int add_column(ray_rt *rt, composite *c, const ray_val *column) {
    uint64_t top;
    digit d = {.scale = 0};
    RB_TRY(ro_keyer_of(rt, column, &d.keyer), -1);
    int ok = ro_keyer_rebase(rt, &d.keyer, &top);
    if (ok == 0 && top >= SIDE_KEYS) ok = ro_keyer_narrow(rt, &d.keyer, &top);
    d.keys = d.keyer.keys;
    if (ok == 0 && top >= INT32_MAX && (ok = ro_number_rows(rt, &d.keyer, &d.g)) == 0) {
        d.keys = keys_of_groups(&d.g);
        top = (uint64_t)d.g.count;
        d.keyer.null = false;
    }
    if (ok == 0 && c->size > COMPOSITE_MAX / (top + 1)) ok = renumber(rt, c);
    if (ok < 0) {
        ro_groups_free(&d.g);
        ro_keyer_free(&d.keyer);
        return -1;
    }
    d.scale = c->size;
    c->size *= top + 1;
    c->most *= top + d.keyer.null;
    c->digits[c->n++] = d;
    return 0;
}

int ro_group_rows(ray_rt *rt, ray_val *const *columns, int ncolumns, ro_groups *out) {
    *out = (ro_groups){0};
    if (ncolumns == 1) {
        ro_keyer k;
        RB_TRY(ro_keyer_of(rt, columns[0], &k), -1);
        int ok = ro_number_rows(rt, &k, out);
        ro_keyer_free(&k);
        return ok;
    }
    const size_t size = (size_t)ncolumns * sizeof(digit);
    composite c = {.digits = rb_alloc_zero(size), .size = 1, .most = 1, .rows = ncolumns ? columns[0]->len : 0};
    if (!c.digits) return -1;
    int ok = 0;
    for (int i = 0; ok == 0 && i < ncolumns; i++) ok = add_column(rt, &c, columns[i]);
    if (ok == 0) ok = number_digits(rt, &c, out);
    digits_free(&c);
    rb_free(c.digits, size);
    return ok;
}
