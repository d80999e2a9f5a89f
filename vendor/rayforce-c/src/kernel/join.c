/* Numbers of keys, rows by number, and pairs of rows. */
#include "join_kernels.h"

#define AHEAD 16

RB_HOT void rk_span_ids(const rk_span *s, const uint64_t *restrict keys, int64_t n, int32_t *restrict id) {
    const uint64_t base = s->base, top = s->top, hole = s->hole;
    const bool holes = s->holes;
    for (int64_t i = 0; i < n; i++) {
        uint64_t key = keys[i], at = key > base ? key - base : key ? UINT64_MAX : 0;
        bool inside = at <= top && !(holes && key == hole);
        id[i] = inside ? (int32_t)at : -1;
    }
}

RB_HOT void rk_found_ids(const rk_span *s, const uint64_t *restrict keys, const int64_t *restrict found, int64_t n,
                         int32_t *restrict id) {
    const uint64_t hole = s->hole;
    const bool holes = s->holes;
    for (int64_t i = 0; i < n; i++) id[i] = holes && keys[i] == hole ? -1 : (int32_t)found[i];
}

RB_HOT void rk_add_id(const int32_t *restrict id, int64_t n, int64_t scale, int64_t *restrict value) {
    for (int64_t i = 0; i < n; i++) value[i] = (value[i] | id[i]) < 0 ? -1 : value[i] + id[i] * scale;
}

/* ---- rows by number ---------------------------------------------------------------------------------------------- */

static int64_t add_single(int32_t *head, const int32_t *id, int64_t n, int64_t row) {
    for (int64_t i = 0; i < n; i++) {
        if (i + AHEAD < n && id[i + AHEAD] >= 0) __builtin_prefetch(&head[id[i + AHEAD]], 1);
        if (id[i] < 0) continue;
        if (head[id[i]] >= 0) return i;
        head[id[i]] = (int32_t)(row + i);
    }
    return n;
}

int64_t rk_heads_add(int32_t *head, rk_link *link, const int32_t *id, int64_t n, int64_t row) {
    if (!link) return add_single(head, id, n, row);
    for (int64_t i = 0; i < n; i++) {
        if (i + AHEAD < n && id[i + AHEAD] >= 0) __builtin_prefetch(&head[id[i + AHEAD]], 1);
        int32_t before = id[i] < 0 ? -1 : head[id[i]];
        link[row + i] = (rk_link){before, before < 0 ? 1 : link[before].depth + 1};
        if (id[i] >= 0) head[id[i]] = (int32_t)(row + i);
    }
    return n;
}

RB_HOT void rk_links_single(rk_link *link, int64_t n) {
    for (int64_t i = 0; i < n; i++) link[i] = (rk_link){-1, 1};
}

RB_HOT int64_t rk_heads_find(const int32_t *restrict head, const int32_t *restrict id, int64_t n,
                             int32_t *restrict row) {
    int64_t missing = 0;
    for (int64_t i = 0; i < n; i++) {
        int32_t at = id[i] < 0 ? -1 : head[id[i]];
        row[i] = at;
        missing += at < 0;
    }
    return missing;
}

void rk_rows_seen(const int32_t *row, int64_t n, uint8_t *seen) {
    for (int64_t i = 0; i < n; i++)
        if (row[i] >= 0) __atomic_store_n(&seen[row[i]], (uint8_t)1, __ATOMIC_RELAXED);
}

int64_t rk_rows_unseen(const int32_t *row, int64_t n, const uint8_t *seen, int64_t base, int32_t *out) {
    int64_t k = 0;
    for (int64_t i = 0; i < n; i++)
        if (row[i] < 0 || !seen[row[i]]) out[k++] = (int32_t)(base + i);
    return k;
}

RB_HOT void rk_rows_missing(const int32_t *restrict row, int64_t n, uint8_t *restrict out) {
    for (int64_t i = 0; i < n; i++) out[i] = row[i] < 0;
}

RB_HOT void rk_rows_found(const int32_t *restrict row, int64_t n, uint8_t *restrict out) {
    for (int64_t i = 0; i < n; i++) out[i] = row[i] >= 0;
}

/* ---- pairs ------------------------------------------------------------------------------------------------------- */

int64_t rk_pairs_count(const rk_pairs *p) {
    int64_t n = 0;
    if (!p->link) {
        for (int64_t i = p->at; i < p->end; i++) n += p->outer || p->match[i] >= 0;
        return n;
    }
    for (int64_t i = p->at; i < p->end; i++) n += p->match[i] >= 0 ? p->link[p->match[i]].depth : p->outer;
    return n;
}

static int64_t some_single(rk_pairs *p, int64_t room, int32_t *left, int32_t *right) {
    int64_t end = p->end - p->at < room ? p->end : p->at + room, k = 0;
    for (int64_t i = p->at; i < end; i++) {
        left[k] = (int32_t)i;
        right[k] = p->match[i];
        k += p->outer || p->match[i] >= 0;
    }
    p->at = end;
    return k;
}

int64_t rk_pairs_next(rk_pairs *p, int64_t room, int32_t *left, int32_t *right) {
    int64_t k = 0;
    if (!p->link) {
        while (k == 0 && p->at < p->end) k = some_single(p, room, left, right);
        return k;
    }
    while (k < room && p->at < p->end) {
        int32_t row = p->row >= 0 ? p->row : p->match[p->at];
        if (row < 0 && p->outer) {
            left[k] = (int32_t)p->at;
            right[k++] = -1;
        }
        for (; row >= 0 && k < room; row = p->link[row].next) {
            left[k] = (int32_t)p->at;
            right[k++] = row;
        }
        p->row = row;
        p->at += row < 0;
    }
    return k;
}

typedef struct wide {
    uint64_t half[2];
} wide;

/* By address, so that there is no branch to mispredict: that would stop the loads that run ahead. */
#define GATHER(W, suffix)                                                                                              \
    RB_HOT static void gather_rows_##suffix(const W *restrict src, const int32_t *restrict at, int64_t n, W null,      \
                                            W *restrict out) {                                                         \
        for (int64_t i = 0; i < n; i++) {                                                                              \
            const W *from = at[i] < 0 ? &null : src + at[i];                                                           \
            out[i] = *from;                                                                                            \
        }                                                                                                              \
    }
GATHER(uint8_t, 1)
GATHER(uint16_t, 2)
GATHER(uint32_t, 4)
GATHER(uint64_t, 8)
GATHER(wide, 16)

void rk_gather_rows(int width, const void *src, const int32_t *at, int64_t n, const void *null, void *out) {
    switch (width) {
    case 1: gather_rows_1(src, at, n, *(const uint8_t *)null, out); return;
    case 2: gather_rows_2(src, at, n, *(const uint16_t *)null, out); return;
    case 4: gather_rows_4(src, at, n, *(const uint32_t *)null, out); return;
    case 8: gather_rows_8(src, at, n, *(const uint64_t *)null, out); return;
    default: {
        wide w;
        memcpy(&w, null, sizeof w);
        gather_rows_16(src, at, n, w, out);
    }
    }
}
