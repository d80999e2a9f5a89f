/* The smallest of many keys, without sorting the others. */
#include "collect_kernels.h"

static inline bool before(const rk_pair *a, const rk_pair *b) {
    return a->key != b->key ? a->key < b->key : a->at < b->at;
}

/* Lets x sink from the top of a heap of n whose top is free. */
static void sink(rk_pair *heap, int64_t n, rk_pair x) {
    int64_t i = 0, child;
    while ((child = 2 * i + 1) < n) {
        if (child + 1 < n && before(&heap[child], &heap[child + 1])) child++;
        if (!before(&x, &heap[child])) break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = x;
}

static void rise(rk_pair *heap, int64_t n, rk_pair x) {
    int64_t i = n;
    while (i > 0 && before(&heap[(i - 1) / 2], &x)) {
        heap[i] = heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap[i] = x;
}

/* Later rows with the key of the top come behind it. */
static bool add(rk_top *t, uint64_t key, int64_t row) {
    rk_pair x = {key, (uint64_t)row};
    if (t->n < t->room)
        rise(t->heap, t->n++, x);
    else
        sink(t->heap, t->n, x);
    if (t->n < t->room) return true;
    if (t->heap[0].key == 0) return false;
    if (t->heap[0].key - 1 < t->bound) t->bound = t->heap[0].key - 1;
    return true;
}

/* A chunk is looked at as a whole first: in most of them there is nothing to be had. */
#define CHUNK 32

RB_HOT static bool any_within(const uint64_t *keys, int64_t n, uint64_t bound) {
    uint64_t any = 0;
    for (int64_t i = 0; i < n; i++) any |= keys[i] <= bound;
    return any;
}

void rk_top_add(rk_top *t, const uint64_t *keys, int64_t n, int64_t row) {
    for (int64_t at = 0; at < n && !t->closed; at += CHUNK) {
        int64_t len = n - at < CHUNK ? n - at : CHUNK;
        if (!any_within(keys + at, len, t->bound)) continue;
        for (int64_t i = at; i < at + len && !t->closed; i++)
            if (keys[i] <= t->bound) t->closed = !add(t, keys[i], row + i);
    }
}

RB_HOT void rk_keys_within(const uint64_t *restrict keys, int64_t n, uint64_t bound, uint8_t *restrict out) {
    for (int64_t i = 0; i < n; i++) out[i] = keys[i] <= bound;
}
