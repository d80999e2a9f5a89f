/* Loops of the joins. Rows and numbers of keys have 32 bits here: they are read once for each column that is brought
 * along. -1 stands for no row and for no number. Nothing allocates. */
#ifndef RK_JOIN_KERNELS_H
#define RK_JOIN_KERNELS_H

#include "collect_kernels.h"

/* ---- numbers of keys: join.c ------------------------------------------------------------------------------------ */

/* What makes numbers of keys that lie close together. */
typedef struct rk_span {
    uint64_t base, top; /* the number is key - base and at most top; the null key 0 is number 0 */
    uint64_t hole;      /* with `holes`: the key that has no number, the null of a table whose nulls match nothing */
    bool holes;
} rk_span;
/* Keys are made without a base. -1: outside the span. */
void rk_span_ids(const rk_span *s, const uint64_t *keys, int64_t n, int32_t *id);
/* The same for numbers that a numbering gave. */
void rk_found_ids(const rk_span *s, const uint64_t *keys, const int64_t *found, int64_t n, int32_t *id);
/* value[i] += id[i] * scale, -1 as soon as one of them is missing. */
void rk_add_id(const int32_t *id, int64_t n, int64_t scale, int64_t *value);

/* ---- rows by number ---------------------------------------------------------------------------------------------- */

/* Rows of one number, from the last to the first. */
typedef struct rk_link {
    int32_t next;  /* the row before, -1: this is the first */
    int32_t depth; /* rows from here on */
} rk_link;
/* head[id] becomes the last row of each number; all -1 at the start. Without `link` it ends where a number comes for
 * the second time. Returns how many ids were done. */
int64_t rk_heads_add(int32_t *head, rk_link *link, const int32_t *id, int64_t n, int64_t row);
/* The links of rows whose numbers all came once. */
void rk_links_single(rk_link *link, int64_t n);
/* row[i] = head[id[i]]. Returns how many are -1. */
int64_t rk_heads_find(const int32_t *head, const int32_t *id, int64_t n, int32_t *row);
/* Sets seen[row] for each; threads may do so at the same time. */
void rk_rows_seen(const int32_t *row, int64_t n, uint8_t *seen);
/* Positions i, from `base` on, whose row is missing or not seen; returns how many. */
int64_t rk_rows_unseen(const int32_t *row, int64_t n, const uint8_t *seen, int64_t base, int32_t *out);
/* out[i]: does row i not exist? */
void rk_rows_missing(const int32_t *row, int64_t n, uint8_t *out);
void rk_rows_found(const int32_t *row, int64_t n, uint8_t *out); /* does it? */

/* ---- pairs ------------------------------------------------------------------------------------------------------- */

/* Pairs of left rows with all rows linked to their matches, in the order of the left rows. */
typedef struct rk_pairs {
    const int32_t *match; /* by left row */
    const rk_link *link;  /* null: single matches */
    bool outer;           /* a left row without a match is a pair with -1 */
    int64_t at, end;      /* left rows that are not done; `end` excluded */
    int32_t row;          /* what is left of the matches of row `at`; -1: all */
} rk_pairs;
/* How many there are in all. */
int64_t rk_pairs_count(const rk_pairs *p);
/* Writes up to `room` of them; how many. 0: there are no more. */
int64_t rk_pairs_next(rk_pairs *p, int64_t room, int32_t *left, int32_t *right);
/* rk_gather with narrow rows. */
void rk_gather_rows(int width, const void *src, const int32_t *at, int64_t n, const void *null, void *out);

/* ---- time: merge_asof.c, intervals.c ----------------------------------------------------------------------------- */

/* Are the keys of rows [begin, begin + n) ascending, the one before them included? */
bool rk_keys_ascend(const rk_keys *k, int64_t begin, int64_t n);

/* Two blocks of rows in the order of their times. */
typedef struct rk_asof {
    const uint64_t *ltime, *rtime;
    const int32_t *lid, *rid;
    int64_t l, nl, r, nr; /* next row and end of each block */
    int32_t rrow;         /* the right block's first row */
    int32_t *last;        /* the last row of each number so far, -1: none; last[-1] is written too */
    int32_t *out;         /* by row of the left block */
} rk_asof;
/* Gives left rows the last row of their number that is not later, until one of the blocks is used up. With `more` false
 * no right block follows, and the left block is finished. No time is null. */
void rk_asof_step(rk_asof *m, bool more);
/* last[id[i]] = row + i. */
void rk_last_rows(const int32_t *id, int64_t n, int32_t row, int32_t *last);

/* The first place in keys[lo .. hi), which ascend, whose key is not below x (with `after`: above x), hi if there is
 * none; looked for from `near` outwards, lo <= near <= hi. */
int64_t rk_keys_bound(const uint64_t *keys, int64_t lo, int64_t hi, int64_t near, uint64_t x, bool after);

#endif
