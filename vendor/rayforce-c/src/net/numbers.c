#include "numbers.h"

#include "../base/alloc.h"

#include <pthread.h>

struct rn_numbers {
    pthread_mutex_t lock;
    uint64_t *taken; /* a bit a number */
    int64_t words;
    int64_t first; /* no word before it has room */
};

rn_numbers *rn_numbers_new(void) {
    rn_numbers *n = rb_alloc_zero(sizeof *n);
    if (n) pthread_mutex_init(&n->lock, NULL);
    return n;
}

void rn_numbers_free(rn_numbers *n) {
    if (!n) return;
    pthread_mutex_destroy(&n->lock);
    rb_free(n->taken, (size_t)n->words * sizeof *n->taken);
    rb_free(n, sizeof *n);
}

static bool grow(rn_numbers *n) {
    int64_t words = n->words ? n->words * 2 : 1;
    uint64_t *more = rb_realloc(n->taken, (size_t)n->words * sizeof *more, (size_t)words * sizeof *more);
    if (!more) return false;
    memset(more + n->words, 0, (size_t)(words - n->words) * sizeof *more);
    n->taken = more;
    n->words = words;
    return true;
}

int64_t rn_numbers_take(rn_numbers *n) {
    int64_t number = 0;
    pthread_mutex_lock(&n->lock);
    while (n->first < n->words && !~n->taken[n->first]) n->first++;
    if (n->first < n->words || grow(n)) {
        int bit = __builtin_ctzll(~n->taken[n->first]);
        n->taken[n->first] |= UINT64_C(1) << bit;
        number = n->first * 64 + bit + 1;
    }
    pthread_mutex_unlock(&n->lock);
    return number;
}

void rn_numbers_give(rn_numbers *n, int64_t number) {
    int64_t word = (number - 1) / 64;
    pthread_mutex_lock(&n->lock);
    n->taken[word] &= ~(UINT64_C(1) << ((number - 1) % 64));
    if (word < n->first) n->first = word;
    pthread_mutex_unlock(&n->lock);
}
