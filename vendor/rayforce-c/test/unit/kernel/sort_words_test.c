/* Words sorted in a cache: every small length, patterns that mislead the choice of a middle, and the radix sort on top,
 * with and without the processor's own instructions. */
#include "base/cpu.h"
#include "kernel/collect_kernels.h"
#include "ut.h"

static uint64_t seed = 88172645463325252u;
static uint64_t random_word(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

static int by_size(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

enum shape { RANDOM, FEW, RISING, FALLING, PIPES, SAME, EXTREMES, SAWS, SHAPES };

static void fill(uint64_t *a, int64_t n, enum shape shape) {
    for (int64_t i = 0; i < n; i++) {
        const uint64_t u = (uint64_t)i, r = random_word();
        switch (shape) {
        case RANDOM: a[i] = r; break;
        case FEW: a[i] = r % 3; break;
        case RISING: a[i] = u; break;
        case FALLING: a[i] = (uint64_t)n - u; break;
        case PIPES: a[i] = i < n / 2 ? u : (uint64_t)n - u; break;
        case SAME: a[i] = 7; break;
        case EXTREMES: a[i] = r % 2 ? UINT64_MAX : r % 3; break;
        default: a[i] = u % 17 << 40 | u % 5; break;
        }
    }
}

static void check(int64_t n, enum shape shape) {
    const size_t bytes = (size_t)(n + 1) * sizeof(uint64_t);
    uint64_t *a = malloc(bytes), *tmp = malloc(bytes), *wanted = malloc(bytes);
    fill(a, n, shape);
    a[n] = tmp[n] = 0x1234; /* nothing is written behind them */
    memcpy(wanted, a, bytes);
    qsort(wanted, (size_t)n, sizeof *wanted, by_size);
    const bool done = rk_sort_words(a, tmp, n);
    UT_EQ_INT(done, rb_cpu_wide());
    if (done) UT_EQ_MEM(a, wanted, bytes);
    UT_EQ_INT(tmp[n], 0x1234);
    free(a);
    free(tmp);
    free(wanted);
}

static void lengths(void) {
    for (int shape = 0; shape < SHAPES; shape++) {
        for (int64_t n = 0; n < 200; n++) check(n, (enum shape)shape);
        for (int64_t n = 200; n < 70000; n = n * 3 + 1) check(n, (enum shape)shape);
    }
}

/* A sequence for which the middle of nine is always among the least: the depth runs out. */
static void misleading(void) {
    enum { N = 4096 };
    static uint64_t a[N], tmp[N], wanted[N];
    int64_t n = N, order[N];
    for (int64_t i = 0; i < N; i++) order[i] = i;
    for (uint64_t least = 0; n > 64;) { /* the nine places that are looked at get the least words that are left */
        bool taken[N] = {false};
        int64_t left = 0;
        for (int k = 1; k <= 9; k++) {
            int64_t place = n * k / 10;
            if (taken[place]) continue;
            taken[place] = true;
            a[order[place]] = least++;
        }
        for (int64_t i = 0; i < n; i++)
            if (!taken[i]) order[left++] = order[i];
        n = left;
    }
    for (int64_t i = 0; i < n; i++) a[order[i]] = N + (uint64_t)i;
    memcpy(wanted, a, sizeof a);
    qsort(wanted, N, sizeof *wanted, by_size);
    if (rk_sort_words(a, tmp, N)) UT_EQ_MEM(a, wanted, sizeof a);
}

static void whole(void) {
    static const int64_t sizes[] = {0, 1, 1000, 300000, 700000};
    int64_t *scratch = malloc(RK_RADIX_SCRATCH * sizeof *scratch);
    for (size_t s = 0; s < RB_COUNT(sizes); s++)
        for (int shape = 0; shape < SHAPES; shape++) {
            const int64_t n = sizes[s];
            uint64_t *a = malloc((size_t)(3 * n + 1) * 8), *wanted = a + 2 * n, *sorted;
            fill(a, n, (enum shape)shape);
            memcpy(wanted, a, (size_t)n * 8);
            qsort(wanted, (size_t)n, 8, by_size);
            UT_CHECK(rk_radix_words(NULL, a, a + n, n, 0, 64, scratch, &sorted) == 0);
            UT_EQ_MEM(sorted, wanted, (size_t)n * 8);
            free(a);
        }
    free(scratch);
}

UT_CASE(as_found) {
    lengths();
    misleading();
    whole();
}

UT_CASE(plain) {
    rb_cpu_plain(true);
    check(100, RANDOM);
    whole();
    rb_cpu_plain(false);
}

UT_MAIN(as_found, plain)
