/* Sets and numberings of 64-bit keys, by hashing and by position. Tables larger than a cache are met with prefetches a
 * few keys ahead: that, not arithmetic, is what they cost. */
#include "../base/bits.h"
#include "collect_kernels.h"

#define AHEAD 16

/* Fibonacci hashing: the product's high bits choose the slot. */
static inline uint64_t slot_of(uint64_t key, int shift) { return (key ^ key >> 29) * 0x9e3779b97f4a7c15u >> shift; }
static inline int shift_of(int64_t slots) { return slots > 1 ? 64 - rb_bits_highest((uint64_t)slots) : 63; }

void rk_set_add(rk_set *s, const uint64_t *keys, int64_t n) {
    int shift = shift_of(s->slots);
    uint64_t mask = (uint64_t)s->slots - 1;
    for (int64_t i = 0; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(&s->slot[slot_of(keys[i + AHEAD], shift) & mask], 1);
        uint64_t key = keys[i], at = slot_of(key, shift) & mask, bit = slot_of(key, shift - RK_SET_FINE);
        if (s->fine) s->fine[bit >> 6] |= (uint64_t)1 << (bit & 63);
        if (key == 0) {
            s->has_zero = true;
            continue;
        }
        while (s->slot[at] && s->slot[at] != key) at = (at + 1) & mask;
        s->slot[at] = key;
    }
}

static inline bool set_has(const rk_set *s, uint64_t key, int shift, uint64_t mask) {
    uint64_t at = slot_of(key, shift) & mask;
    if (key == 0) return s->has_zero;
    while (s->slot[at] && s->slot[at] != key) at = (at + 1) & mask;
    return s->slot[at] == key;
}

/* Most keys are settled without a branch; those that may be members are looked at one by one. */
static void has_with_fine(const rk_set *s, const uint64_t *restrict keys, int64_t n, uint8_t *restrict out) {
    int shift = shift_of(s->slots);
    uint64_t mask = (uint64_t)s->slots - 1;
    for (int64_t i = 0; i < n; i++) {
        uint64_t bit = slot_of(keys[i], shift - RK_SET_FINE);
        out[i] = s->fine[bit >> 6] >> (bit & 63) & 1;
    }
    for (int64_t i = 0; i < n; i += 8) {
        uint64_t eight = 0;
        int64_t m = n - i < 8 ? n - i : 8;
        memcpy(&eight, out + i, (size_t)m);
        for (; eight; eight &= eight - 1) {
            int64_t k = i + (__builtin_ctzll(eight) >> 3);
            out[k] = set_has(s, keys[k], shift, mask);
        }
    }
}

void rk_set_has(const rk_set *s, const uint64_t *keys, int64_t n, uint8_t *out) {
    if (s->fine) {
        has_with_fine(s, keys, n, out);
        return;
    }
    int shift = shift_of(s->slots);
    uint64_t mask = (uint64_t)s->slots - 1;
    for (int64_t i = 0; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(&s->slot[slot_of(keys[i + AHEAD], shift) & mask]);
        out[i] = set_has(s, keys[i], shift, mask);
    }
}

void rk_bits_add(rk_bits *b, const uint64_t *keys, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(&b->word[keys[i + AHEAD] >> 6], 1);
        uint64_t at = keys[i];
        b->word[at >> 6] |= (uint64_t)1 << (at & 63);
    }
}

/* Place of a key in the bitmap, past its end if it has none. */
static inline uint64_t bit_of(const rk_bits *b, uint64_t key) {
    return key > b->base ? key - b->base : key ? UINT64_MAX : 0;
}

void rk_bits_has(const rk_bits *b, const uint64_t *keys, int64_t n, uint8_t *out) {
    for (int64_t i = 0; i < n; i++) {
        if (i + AHEAD < n) {
            uint64_t next = bit_of(b, keys[i + AHEAD]);
            __builtin_prefetch(&b->word[(next <= b->top ? next : 0) >> 6]);
        }
        uint64_t at = bit_of(b, keys[i]);
        out[i] = at <= b->top && (b->word[at >> 6] >> (at & 63) & 1);
    }
}

int64_t rk_bits_count(const rk_bits *b) {
    int64_t n = 0;
    for (uint64_t w = 0; w <= b->top >> 6; w++) n += rb_bits_count(b->word[w]);
    return n;
}

void rk_bits_list(const rk_bits *b, uint64_t *out) {
    for (uint64_t w = 0; w <= b->top >> 6; w++)
        for (uint64_t bits = b->word[w]; bits; bits &= bits - 1) *out++ = w * 64 + (uint64_t)rb_bits_lowest(bits);
}

int64_t rk_numbering_add(rk_numbering *t, const uint64_t *keys, int64_t n, int64_t row, int32_t *id, int64_t *first) {
    int shift = shift_of(t->slots);
    uint64_t mask = (uint64_t)t->slots - 1;
    int64_t count = t->count, limit = t->slots / 2, i = 0;
    for (; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(&t->slot[slot_of(keys[i + AHEAD], shift) & mask], 1);
        uint64_t key = keys[i], at = slot_of(key, shift) & mask;
        while (t->slot[at].id1 && t->slot[at].key != key) at = (at + 1) & mask;
        if (!t->slot[at].id1) {
            if (count == limit) break;
            if (first) first[count] = row + i;
            t->slot[at] = (rk_slot){key, ++count};
        }
        id[i] = (int32_t)(t->slot[at].id1 - 1);
    }
    t->count = count;
    return i;
}

void rk_numbering_find(const rk_numbering *t, const uint64_t *keys, int64_t n, int64_t *id) {
    int shift = shift_of(t->slots);
    uint64_t mask = (uint64_t)t->slots - 1;
    for (int64_t i = 0; i < n; i++) {
        if (i + AHEAD < n) __builtin_prefetch(&t->slot[slot_of(keys[i + AHEAD], shift) & mask]);
        uint64_t key = keys[i], at = slot_of(key, shift) & mask;
        while (t->slot[at].id1 && t->slot[at].key != key) at = (at + 1) & mask;
        id[i] = t->slot[at].id1 - 1;
    }
}

void rk_numbering_move(const rk_numbering *from, rk_numbering *to) {
    int shift = shift_of(to->slots);
    uint64_t mask = (uint64_t)to->slots - 1;
    for (int64_t i = 0; i < from->slots; i++) {
        if (!from->slot[i].id1) continue;
        uint64_t at = slot_of(from->slot[i].key, shift) & mask;
        while (to->slot[at].id1) at = (at + 1) & mask;
        to->slot[at] = from->slot[i];
    }
    to->count = from->count;
}

int64_t rk_numbering_dense(int32_t *slot, const uint64_t *keys, int64_t n, int64_t row, int64_t count, int32_t *id,
                           int64_t *first) {
    for (int64_t i = 0; i < n; i++) {
        int32_t *s = &slot[keys[i]];
        if (!*s) {
            if (first) first[count] = row + i;
            *s = (int32_t)++count;
        }
        id[i] = *s - 1;
    }
    return count;
}

int64_t rk_first_rows(const uint64_t *keys, int64_t n, int64_t row, int64_t *first) {
    int64_t fresh = 0;
    for (int64_t i = 0; i < n; i++)
        if (first[keys[i]] < 0) {
            first[keys[i]] = row + i;
            fresh++;
        }
    return fresh;
}

RB_HOT void rk_numbers_of(const int32_t *restrict number, const uint64_t *restrict keys, int64_t n,
                          int32_t *restrict id) {
    for (int64_t i = 0; i < n; i++) id[i] = number[keys[i]];
}

RB_HOT void rk_ids_span(const int32_t *id, int64_t n, int32_t *low, int32_t *high) {
    int32_t lo = id[0], hi = id[0];
    for (int64_t i = 1; i < n; i++) {
        lo = id[i] < lo ? id[i] : lo;
        hi = id[i] > hi ? id[i] : hi;
    }
    *low = lo;
    *high = hi;
}

void rk_group_starts(const int32_t *id, int64_t n, int64_t count, int64_t *start) {
    memset(start, 0, (size_t)(count + 1) * sizeof *start);
    for (int64_t i = 0; i < n; i++) start[id[i] + 1]++;
    for (int64_t g = 0; g < count; g++) start[g + 1] += start[g];
}

void rk_group_rows(const int32_t *id, int64_t n, int64_t count, int64_t *start, int64_t *rows) {
    for (int64_t i = 0; i < n; i++) rows[start[id[i]]++] = i;
    /* Each start has moved to its end, which is the next one's start. */
    memmove(start + 1, start, (size_t)count * sizeof *start);
    start[0] = 0;
}

RB_HOT void rk_add_digit(const uint64_t *restrict keys, int64_t n, uint64_t scale, int64_t *restrict value) {
    for (int64_t i = 0; i < n; i++) value[i] = (int64_t)((uint64_t)value[i] + keys[i] * scale);
}
