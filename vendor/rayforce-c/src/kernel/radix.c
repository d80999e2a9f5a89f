/* Radix sort of words and of words with a companion. */
#include "collect_kernels.h"

#define BUCKET_MAX ((int64_t)1 << 15) /* elements that are sorted by one thread in its own cache */

#define E uint64_t
#define RK_KEY(e) (e)
#define RK_SUFFIX word
#include "tmpl/radix.h"

#define E rk_pair
#define RK_KEY(e) ((e).key)
#define RK_SUFFIX pair
#include "tmpl/radix.h"

int rk_radix_words(rb_pool *pool, uint64_t *a, uint64_t *tmp, int64_t n, int low, int bits, int64_t *scratch,
                   uint64_t **sorted) {
    return msd_word(pool, a, tmp, n, low, bits, scratch, sorted);
}

int rk_radix_pairs(rb_pool *pool, rk_pair *a, rk_pair *tmp, int64_t n, int low, int bits, int64_t *scratch,
                   rk_pair **sorted) {
    return msd_pair(pool, a, tmp, n, low, bits, scratch, sorted);
}
