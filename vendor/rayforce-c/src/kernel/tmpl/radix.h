/* Stable radix sort of elements E by RK_KEY(e); names end in RK_SUFFIX. The first digit, from the top, splits the whole
 * array into buckets in parallel; each bucket then fits a cache and is sorted by RK_CACHED(a, tmp, n), which may decline,
 * or from the low end. */
#define RK_JOIN_(a, b) a##_##b
#define RK_JOIN(a, b) RK_JOIN_(a, b)
#define RK_FN(name) RK_JOIN(name, RK_SUFFIX)

static void RK_FN(insertion)(E *a, int64_t n) {
    for (int64_t i = 1; i < n; i++) {
        E x = a[i];
        int64_t j = i;
        for (; j > 0 && RK_KEY(a[j - 1]) > RK_KEY(x); j--) a[j] = a[j - 1];
        a[j] = x;
    }
}

static void RK_FN(count)(const E *a, int64_t n, int shift, uint64_t mask, int64_t *counter) {
    for (int64_t i = 0; i < n; i++) counter[RK_KEY(a[i]) >> shift & mask]++;
}

static void RK_FN(scatter)(const E *a, int64_t n, int shift, uint64_t mask, int64_t *place, E *out) {
    for (int64_t i = 0; i < n; i++) out[place[RK_KEY(a[i]) >> shift & mask]++] = a[i];
}

/* From the low end, digit by digit; a is left sorted. */
static void RK_FN(lsd)(E *a, E *tmp, int64_t n, int low, int bits) {
    if (n < 48) {
        RK_FN(insertion)(a, n);
        return;
    }
    int widest = n < 4096 ? 8 : RK_RADIX_DIGIT, passes = (bits + widest - 1) / widest;
    E *from = a, *to = tmp;
    for (int done = 0, left = passes; left > 0; left--) {
        int digit = (bits - done + left - 1) / left, shift = low + done;
        uint64_t mask = ((uint64_t)1 << digit) - 1;
        int64_t place[1 << RK_RADIX_DIGIT] = {0};
        RK_FN(count)(from, n, shift, mask, place);
        done += digit;
        if (place[RK_KEY(from[0]) >> shift & mask] == n) continue;
        int64_t sum = 0;
        for (uint64_t d = 0; d <= mask; d++) {
            int64_t c = place[d];
            place[d] = sum;
            sum += c;
        }
        RK_FN(scatter)(from, n, shift, mask, place, to);
        E *swap = from;
        from = to;
        to = swap;
    }
    if (from != a) memcpy(a, from, (size_t)n * sizeof *a);
}

/* Wide keys: one pass by the bits that tell as many elements apart as there are, insertion for the few that remain
 * together. Where many do, they are sorted the same way by the bits below; a is left sorted. */
static void RK_FN(wide)(E *a, E *tmp, int64_t n, int low, int bits) {
    int digit = 63 - __builtin_clzll((uint64_t)n | 1);
    digit = digit < 4 ? 4 : digit > RK_RADIX_DIGIT ? RK_RADIX_DIGIT : digit;
    if (n < 48 || bits <= 2 * RK_RADIX_DIGIT) {
        RK_FN(lsd)(a, tmp, n, low, bits);
        return;
    }
    int shift = low + bits - digit;
    uint64_t mask = ((uint64_t)1 << digit) - 1;
    int64_t place[(1 << RK_RADIX_DIGIT) + 1];
    memset(place, 0, sizeof *place * (mask + 2));
    RK_FN(count)(a, n, shift, mask, place + 1);
    for (uint64_t d = 0; d <= mask; d++) place[d + 1] += place[d];
    RK_FN(scatter)(a, n, shift, mask, place, tmp);
    /* Each place has moved to the end of its run. */
    for (int64_t d = 0, from = 0; d <= (int64_t)mask; from = place[d++]) {
        int64_t k = place[d] - from;
        if (k > 1) RK_FN(wide)(tmp + from, a + from, k, low, bits - digit);
    }
    memcpy(a, tmp, (size_t)n * sizeof *a);
}

static void RK_FN(bucket)(E *a, E *tmp, int64_t n, int low, int bits) {
    if (!RK_CACHED(a, tmp, n)) RK_FN(wide)(a, tmp, n, low, bits);
}

typedef struct RK_FN(split) {
    ray_rt *rt; /* null: nobody to ask whether to go on */
    E *from, *to;
    int64_t n, chunk, *counter; /* counter[chunk][digit]: how many, then where they go */
    int64_t *start;             /* of each bucket, and n */
    int shift, digit, low, left;
} RK_FN(split);

/* Elements of chunk c from `at` on that are gone through before the next question whether to go on. */
static int64_t RK_FN(step)(const RK_FN(split) *s, int64_t c, int64_t at) {
    int64_t end = (c + 1) * s->chunk < s->n ? (c + 1) * s->chunk : s->n;
    return end - at < RK_STEP ? end - at : RK_STEP;
}

static int RK_FN(count_chunks)(void *ctx, int64_t begin, int64_t end, int worker) {
    RK_FN(split) *s = ctx;
    for (int64_t c = begin; c < end; c++) {
        int64_t *counter = s->counter + (c << s->digit);
        memset(counter, 0, sizeof *counter << s->digit);
        for (int64_t at = c * s->chunk, n; (n = RK_FN(step)(s, c, at)) > 0; at += n) {
            if (worker == 0) RB_TRY(rb_rt_check(s->rt), -1);
            RK_FN(count)(s->from + at, n, s->shift, ((uint64_t)1 << s->digit) - 1, counter);
        }
    }
    return 0;
}

static int RK_FN(scatter_chunks)(void *ctx, int64_t begin, int64_t end, int worker) {
    RK_FN(split) *s = ctx;
    for (int64_t c = begin; c < end; c++) {
        int64_t *place = s->counter + (c << s->digit);
        for (int64_t at = c * s->chunk, n; (n = RK_FN(step)(s, c, at)) > 0; at += n) {
            if (worker == 0) RB_TRY(rb_rt_check(s->rt), -1);
            RK_FN(scatter)(s->from + at, n, s->shift, ((uint64_t)1 << s->digit) - 1, place, s->to);
        }
    }
    return 0;
}

static int RK_FN(sort_buckets)(void *ctx, int64_t begin, int64_t end, int worker) {
    RK_FN(split) *s = ctx;
    for (int64_t b = begin; b < end; b++) {
        int64_t at = s->start[b], n = s->start[b + 1] - at;
        if (worker == 0) RB_TRY(rb_rt_check(s->rt), -1);
        if (n > 1 && n <= RK_BUCKET) RK_FN(bucket)(s->to + at, s->from + at, n, s->low, s->left);
    }
    return 0;
}

static int RK_FN(msd)(ray_rt *rt, E *a, E *tmp, int64_t n, int low, int bits, int64_t *scratch, E **sorted) {
    *sorted = a;
    if (bits <= 0) return 0;
    if (n <= RK_BUCKET) {
        RK_FN(bucket)(a, tmp, n, low, bits);
        return 0;
    }
    int digit = bits < RK_RADIX_DIGIT ? bits : RK_RADIX_DIGIT;
    int64_t start[(1 << RK_RADIX_DIGIT) + 1], buckets = (int64_t)1 << digit;
    int64_t chunks = RK_RADIX_CHUNKS, chunk = (n + chunks - 1) / chunks;
    chunks = (n + chunk - 1) / chunk;
    rb_pool *pool = rt ? rt->pool : NULL;
    RK_FN(split) s = {rt, a, tmp, n, chunk, scratch, start, low + bits - digit, digit, low, bits - digit};
    RB_TRY(rb_pool_for(pool, chunks, 1, RK_FN(count_chunks), &s), -1);
    int64_t sum = 0;
    for (int64_t b = 0; b < buckets; b++) {
        start[b] = sum;
        for (int64_t c = 0; c < chunks; c++) {
            int64_t k = scratch[(c << digit) + b];
            scratch[(c << digit) + b] = sum;
            sum += k;
        }
    }
    start[buckets] = n;
    RB_TRY(rb_pool_for(pool, chunks, 1, RK_FN(scatter_chunks), &s), -1);
    *sorted = tmp;
    if (s.left == 0) return 0;
    RB_TRY(rb_pool_for(pool, buckets, 4, RK_FN(sort_buckets), &s), -1);
    for (int64_t b = 0; b < buckets; b++) {
        int64_t at = start[b], k = start[b + 1] - at;
        if (k <= RK_BUCKET) continue;
        E *where;
        RB_TRY(RK_FN(msd)(rt, tmp + at, a + at, k, low, s.left, scratch, &where), -1);
        if (where != tmp + at) memcpy(tmp + at, where, (size_t)k * sizeof *a);
    }
    return 0;
}

#undef RK_FN
#undef RK_JOIN
#undef RK_JOIN_
#undef RK_SUFFIX
#undef RK_CACHED
#undef RK_BUCKET
#undef RK_KEY
#undef E
