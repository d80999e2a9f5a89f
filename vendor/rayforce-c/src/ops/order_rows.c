/* Rows in the order of several columns. Their keys side by side, the first one on top, make one word of 64 bits with the
 * row number at its end, so that one sort does for all of them. Where they do not fit, what is left out is looked at
 * only among rows whose words are equal without it, unless a sample says that they would be many: then the columns are
 * sorted one after the other, from the last to the first. */
#include "../base/bits.h"
#include "collect.h"

typedef struct joined_keys {
    ro_keyer *keyer;
    uint64_t *top;
    const bool *down;
    int n;
    int columns; /* that are in the word, the last of them maybe in part */
    int drop;    /* its bits that are not */
    int shift;   /* bits of the row number */
    bool cut;    /* rows may differ whose words do not */
    uint64_t *words, *sorted;
    int64_t *at;
} joined_keys;

static int bits_of(uint64_t top) { return top ? rb_bits_highest(top) + 1 : 0; }

/* Column c of n rows, the other way round if it goes down. */
static void column_keys(const joined_keys *j, int c, int64_t begin, int64_t n, uint64_t *out) {
    uint64_t up[RK_KEY_BLOCK];
    rk_keys_into(&j->keyer[c].keys, begin, n, j->down[c] ? up : out);
    if (j->down[c]) rk_pack_words(up, n, j->top[c], true, 0, 0, 0, out);
}

static void words_into(const joined_keys *j, int64_t begin, int64_t n, uint64_t *out) {
    uint64_t block[RK_KEY_BLOCK];
    memset(out, 0, (size_t)n * sizeof *out);
    for (int c = 0; c < j->columns; c++) {
        const int drop = c == j->columns - 1 ? j->drop : 0, bits = bits_of(j->top[c]) - drop;
        column_keys(j, c, begin, n, block);
        rk_join_digit(out, n, bits, block, drop);
    }
    rk_join_rows(out, n, j->shift, begin);
}

static int words_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const joined_keys *j = ctx;
    for (; begin < end; begin += RK_KEY_BLOCK)
        words_into(j, begin, end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK, j->words + begin);
    return 0;
}

static int rows_range(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    const joined_keys *j = ctx;
    rk_rows_of_words(j->sorted + begin, end - begin, j->shift, j->at + begin);
    return 0;
}

static int by_keys(const void *ctx, int64_t a, int64_t b) {
    const joined_keys *j = ctx;
    for (int c = j->columns - 1; c < j->n; c++) {
        uint64_t x, y;
        column_keys(j, c, a, 1, &x);
        column_keys(j, c, b, 1, &y);
        if (x != y) return x < y ? -1 : 1;
    }
    return 0;
}

static int sort_equal_words(ray_rt *rt, const joined_keys *j, int64_t n) {
    int64_t *tmp = RO_ROOM(int64_t, n), looked = 0;
    if (!tmp) return -1;
    int ok = 0;
    for (int64_t i = 0, end; ok == 0 && i < n; i = end) {
        const uint64_t word = j->sorted[i] >> j->shift;
        for (end = i + 1; end < n && j->sorted[end] >> j->shift == word;) end++;
        if (end - looked > RO_GRAIN) {
            ok = rb_rt_check(rt);
            looked = end;
        }
        if (ok == 0 && end - i > 1) ok = rk_merge_sort(rt, j->at + i, tmp, end - i, by_keys, j);
    }
    RO_ROOM_FREE(tmp, n);
    return ok;
}

/* As many keys as fit, from the first on. */
static void lay_out(joined_keys *j, int64_t n) {
    j->shift = bits_of((uint64_t)n);
    int room = 64 - j->shift;
    for (j->columns = 0; j->columns < j->n && room > 0; j->columns++) {
        const int bits = bits_of(j->top[j->columns]);
        j->drop = bits > room ? bits - room : 0;
        room -= bits - j->drop;
    }
    j->cut = j->drop > 0 || j->columns < j->n;
}

#define SAMPLE 512
#define SAMPLE_TIES 8 /* of these rows may look equal without being so */

static bool cutting_hurts(const joined_keys *j, int64_t n) {
    uint64_t word[SAMPLE], tmp[SAMPLE], *sorted;
    int64_t ties = 0, row[SAMPLE], counters[1] = {0};
    if (n < 2 * SAMPLE) return false;
    for (int64_t i = 0; i < SAMPLE; i++) {
        row[i] = n / SAMPLE * i;
        words_into(j, row[i], 1, &word[i]);
        word[i] = word[i] >> j->shift << j->shift | (uint64_t)i;
    }
    if (rk_radix_words(NULL, word, tmp, SAMPLE, 0, 64, counters, &sorted) < 0) return true;
    for (int64_t i = 1; i < SAMPLE; i++)
        ties += sorted[i] >> j->shift == sorted[i - 1] >> j->shift &&
                by_keys(j, row[sorted[i] % SAMPLE], row[sorted[i - 1] % SAMPLE]) != 0;
    return ties > SAMPLE_TIES;
}

/* 1: they are sorted, 0: it does not pay. */
static int sort_joined(ray_rt *rt, joined_keys *j, int64_t n, int64_t *at) {
    lay_out(j, n);
    if (j->cut && cutting_hurts(j, n)) return 0;
    int64_t *counters = RO_ROOM(int64_t, RK_RADIX_SCRATCH);
    j->words = counters ? RO_ROOM(uint64_t, 2 * n) : NULL;
    j->at = at;
    int ok = j->words ? ro_parallel(rt, n, RO_GRAIN, words_range, j) : -1, bits = 64 - j->shift;
    if (ok == 0) ok = rk_radix_words(rt, j->words, j->words + n, n, j->shift, bits, counters, &j->sorted);
    if (ok == 0) ok = ro_parallel(rt, n, RO_GRAIN, rows_range, j);
    if (ok == 0 && j->cut) ok = sort_equal_words(rt, j, n);
    if (j->words) RO_ROOM_FREE(j->words, 2 * n);
    if (counters) RO_ROOM_FREE(counters, RK_RADIX_SCRATCH);
    return ok == 0 ? 1 : -1;
}

/* 1, 0 or -1 likewise. Texts and guids have keys that tell their first bytes only, lists none. */
static int sort_together(ray_rt *rt, ray_val *const *columns, const bool *down, int n, int64_t *at) {
    for (int c = 0; c < n; c++)
        if (rv_is_list(columns[c]) || columns[c]->type == RY_STR || columns[c]->type == RY_GUID) return 0;
    joined_keys j = {.down = down, .n = n, .keyer = rb_alloc_zero((size_t)n * sizeof *j.keyer)};
    j.top = j.keyer ? rb_alloc_zero((size_t)n * sizeof *j.top) : NULL;
    int ok = j.top ? 0 : -1;
    for (int c = 0; ok == 0 && c < n; c++) {
        bool ties;
        ok = ro_sort_keyer(rt, columns[c], &j.keyer[c], &ties);
        if (ok == 0) ok = ro_keyer_rebase(rt, &j.keyer[c], &j.top[c]);
    }
    if (ok == 0) ok = sort_joined(rt, &j, columns[0]->len, at);
    for (int c = 0; j.keyer && c < n; c++) ro_keyer_free(&j.keyer[c]);
    if (j.top) rb_free(j.top, (size_t)n * sizeof *j.top);
    if (j.keyer) rb_free(j.keyer, (size_t)n * sizeof *j.keyer);
    return ok;
}

/* From the last key to the first: each sort is stable. Consumes at. */
static ray_val *sort_in_turn_take(ray_rt *rt, ray_val *const *columns, const bool *down, int n, ray_val *at) {
    int64_t rows = at->len;
    ray_val *by = rv_vec_new(RY_I64, rows);
    rk_iota(0, rows, at->data);
    bool ok = by != NULL;
    for (int k = n; ok && k-- > 0;) {
        if (rv_is_list(columns[k])) continue;
        ray_val *column = ro_gather(rt, columns[k], at->data, rows), *next = NULL;
        ok = column && ro_sort_rows(rt, column, down[k], by->data) == 0;
        if (ok) next = ro_gather(rt, at, by->data, rows);
        rv_release(column);
        if (!ok) break;
        rv_release(at);
        at = next;
        ok = at != NULL;
    }
    rv_release(by);
    if (ok) return at;
    rv_release(at);
    return NULL;
}

ray_val *ro_sorted_rows(ray_rt *rt, ray_val *const *columns, const bool *down, int n) {
    ray_val *at = rv_vec_new(RY_I64, columns[0]->len);
    int together = !at ? -1 : n > 1 ? sort_together(rt, columns, down, n, at->data) : 0;
    if (together == 0 && n == 1 && !rv_is_list(columns[0]))
        together = ro_sort_rows(rt, columns[0], down[0], at->data) == 0 ? 1 : -1;
    if (together == 1) return at;
    if (together == 0) return sort_in_turn_take(rt, columns, down, n, at);
    rv_release(at);
    return NULL;
}
