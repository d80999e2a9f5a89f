/* Sorting the values of a long column of eight-byte elements where words in a cache are sorted by the processor's own
 * instructions: the keys go straight from the column to their buckets, and come back as values from a bucket that is
 * still in the cache. Memory is read three times and written twice. */
#include "sort_values.h"

#include "../base/bits.h"
#include "../base/cpu.h"
#include "collect.h"

#define LEAST ((int64_t)1 << 18)       /* elements: below that everything lies in a cache */
#define BUCKET_MAX ((int64_t)1 << 18)  /* elements that one worker sorts in scratch of its own */
#define BUCKETS_A_RANGE 4

typedef struct dealing {
    const rk_keys *keys;
    int type;
    bool down;
    uint64_t top;
    int shift;
    int64_t n, chunk, *counter; /* by chunk and bucket: how many, then where they go */
    int64_t start[(1 << RK_RADIX_DIGIT) + 1];
    uint64_t *out;     /* keys, then values */
    uint64_t *scratch; /* BUCKET_MAX for each worker */
} dealing;

typedef void (*block_fn)(const uint64_t *keys, int64_t n, int shift, int64_t *counter, uint64_t *out);

static void count_block(const uint64_t *keys, int64_t n, int shift, int64_t *counter, uint64_t *out) {
    (void)out;
    rk_digit_counts(keys, n, shift, counter);
}

static int each_block(const dealing *d, int64_t begin, int64_t end, block_fn fn) {
    uint64_t keys[RK_KEY_BLOCK], turned[RK_KEY_BLOCK];
    int64_t *counter = d->counter + (begin / d->chunk << RK_RADIX_DIGIT);
    for (; begin < end; begin += RK_KEY_BLOCK) {
        const int64_t n = end - begin < RK_KEY_BLOCK ? end - begin : RK_KEY_BLOCK;
        rk_keys_into(d->keys, begin, n, keys);
        if (d->down) rk_pack_words(keys, n, d->top, true, 0, 0, 0, turned);
        fn(d->down ? turned : keys, n, d->shift, counter, d->out);
    }
    return 0;
}

static int count_chunk(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    return each_block(ctx, begin, end, count_block);
}

static int deal_chunk(void *ctx, int64_t begin, int64_t end, int worker) {
    (void)worker;
    return each_block(ctx, begin, end, rk_digit_deal);
}

static void find_places(dealing *d) {
    const int64_t chunks = (d->n + d->chunk - 1) / d->chunk;
    int64_t sum = 0;
    for (int64_t b = 0; b < (int64_t)1 << RK_RADIX_DIGIT; b++) {
        d->start[b] = sum;
        for (int64_t c = 0; c < chunks; c++) {
            int64_t *at = &d->counter[(c << RK_RADIX_DIGIT) + b], k = *at;
            *at = sum;
            sum += k;
        }
    }
    d->start[1 << RK_RADIX_DIGIT] = sum;
}

static void back(const dealing *d, uint64_t *words, int64_t n) {
    uint64_t sorted[RK_KEY_BLOCK], keys[RK_KEY_BLOCK];
    for (int64_t i = 0; i < n; i += RK_KEY_BLOCK) {
        const int64_t m = n - i < RK_KEY_BLOCK ? n - i : RK_KEY_BLOCK;
        memcpy(sorted, words + i, (size_t)m * sizeof *words);
        if (d->down) rk_pack_words(sorted, m, d->top, true, 0, 0, 0, keys);
        rk_keys_back(d->type, d->keys->base, d->down ? keys : sorted, m, words + i);
    }
}

static int sort_buckets(void *ctx, int64_t begin, int64_t end, int worker) {
    const dealing *d = ctx;
    for (int64_t b = begin; b < end; b++) {
        uint64_t *words = d->out + d->start[b];
        const int64_t n = d->start[b + 1] - d->start[b];
        if (n > BUCKET_MAX) continue;
        const bool sorted = rk_sort_words(words, d->scratch + worker * BUCKET_MAX, n);
        RB_ASSERT(sorted);
        (void)sorted;
        back(d, words, n);
    }
    return 0;
}

/* Buckets with more than one worker's share: by all of them. */
static int sort_large(ray_rt *rt, const dealing *d, int64_t at, int64_t n) {
    uint64_t *words = d->out + at, *tmp = RO_ROOM(uint64_t, n), *sorted;
    if (!tmp) return -1;
    int ok = rk_radix_words(rt, words, tmp, n, 0, d->shift, d->counter, &sorted);
    if (ok == 0 && sorted != words) memcpy(words, sorted, (size_t)n * sizeof *words);
    RO_ROOM_FREE(tmp, n);
    if (ok == 0) back(d, words, n);
    return ok;
}

static int sort_all(ray_rt *rt, dealing *d) {
    memset(d->counter, 0, RK_RADIX_SCRATCH * sizeof *d->counter);
    RB_TRY(ro_parallel(rt, d->n, d->chunk, count_chunk, d), -1);
    find_places(d);
    RB_TRY(ro_parallel(rt, d->n, d->chunk, deal_chunk, d), -1);
    RB_TRY(ro_parallel(rt, (int64_t)1 << RK_RADIX_DIGIT, BUCKETS_A_RANGE, sort_buckets, d), -1);
    for (int64_t b = 0; b < (int64_t)1 << RK_RADIX_DIGIT; b++) {
        const int64_t n = d->start[b + 1] - d->start[b];
        if (n > BUCKET_MAX) RB_TRY(sort_large(rt, d, d->start[b], n), -1);
    }
    return 0;
}

bool ro_deals_values(const ray_val *v) { return rb_cpu_wide() && v->len >= LEAST && ry_width(v->type) == 8; }

int ro_deal_values(ray_rt *rt, const ro_keyer *k, uint64_t top, bool down, ray_val *out) {
    const int bits = top ? rb_bits_highest(top) + 1 : 0;
    const int64_t scratch = BUCKET_MAX * rb_pool_threads(rt->pool);
    dealing *d = rb_alloc(sizeof *d);
    if (!d) return -1;
    *d = (dealing){.keys = &k->keys, .type = out->type, .down = down, .top = top, .n = k->n, .out = out->data};
    d->shift = bits > RK_RADIX_DIGIT ? bits - RK_RADIX_DIGIT : 0;
    d->chunk = (k->n + RK_RADIX_CHUNKS - 1) / RK_RADIX_CHUNKS;
    d->counter = RO_ROOM(int64_t, RK_RADIX_SCRATCH);
    d->scratch = d->counter ? RO_ROOM(uint64_t, scratch) : NULL;
    int ok = d->scratch ? sort_all(rt, d) : -1;
    if (d->scratch) RO_ROOM_FREE(d->scratch, scratch);
    if (d->counter) RO_ROOM_FREE(d->counter, RK_RADIX_SCRATCH);
    rb_free(d, sizeof *d);
    return ok;
}
