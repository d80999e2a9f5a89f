/* Loops over raw arrays for ordering, membership, grouping, taking apart and moving windows. Nothing here allocates:
 * scratch memory comes from the caller. Types are vector codes of type.h; SYM counts as its 32-bit ids. */
#ifndef RK_COLLECT_KERNELS_H
#define RK_COLLECT_KERNELS_H

#include "../base/base.h"
#include "../base/rt.h"
#include "../type/null.h"
#include "../type/type.h"

/* ---- moving elements by width, not by type: gather.c ---------------------------------------------------------- */

/* out[i] = src[at[i]]; where at[i] is negative, the element at `null`. Widths 1, 2, 4, 8, 16. */
void rk_gather(int width, const void *src, const int64_t *at, int64_t n, const void *null, void *out);
/* out[i] = names[numbers[i]]; numbers have no sign and one, two or four bytes. And numbers[at[i]], of which there may be none:
 * the empty symbol. */
void rk_named(int width, const void *numbers, int64_t n, const int32_t *names, int32_t *out);
void rk_named_at(int width, const void *numbers, const int64_t *at, int64_t n, const int32_t *names, int32_t *out);
void rk_reverse(int width, const void *src, int64_t n, void *out);
void rk_fill(int width, const void *element, int64_t n, void *out);
/* out[i] = mask[i] ? a[i] : b[i]. */
void rk_blend(int width, const uint8_t *mask, const void *a, const void *b, int64_t n, void *out);
/* The elements of src again and again, n in all, starting at `from`; 0 <= from < len. */
void rk_cycle(int width, const void *src, int64_t len, int64_t from, int64_t n, void *out);
/* out[i] = from + i. */
void rk_iota(int64_t from, int64_t n, int64_t *out);
void rk_negate(uint8_t *mask, int64_t n);
int64_t rk_mask_count(const uint8_t *mask, int64_t n);
/* base + i for each true mask[i]; returns how many. `out` has room for rk_mask_count of them. */
int64_t rk_mask_positions(const uint8_t *mask, int64_t n, int64_t base, int64_t *out);
/* The elements whose mask is true; returns how many. */
int64_t rk_mask_select(int width, const void *src, const uint8_t *mask, int64_t n, void *out);
/* The same three; -1 and nothing done: not for this width or processor. select_wide.c */
int64_t rk_count_wide(const uint8_t *mask, int64_t n);
int64_t rk_positions_wide(const uint8_t *mask, int64_t n, int64_t base, int64_t *out);
int64_t rk_select_wide(int width, const void *src, const uint8_t *mask, int64_t n, void *out);
/* out[i] = mask[i] ? src[i] : null. */
void rk_mask_blank(int width, const void *src, const uint8_t *mask, const void *null, int64_t n, void *out);
/* rk_mask_select, quicker; out has room for n elements, and what lies behind the chosen ones is undefined. */
int64_t rk_mask_compact(int width, const void *src, const uint8_t *mask, int64_t n, void *out);
/* Positions outside [0, count) become -1; returns how many did. */
int64_t rk_clip_positions(const int64_t *at, int64_t n, int64_t count, int64_t *out);

bool rk_any_missing(const int64_t *at, int64_t n); /* is one negative? */

/* ---- keys: keys.c ----------------------------------------------------------------------------------------------- */

/* Order- and equality-preserving 64-bit keys of types of at most 8 bytes. Integers, temporals and ids by their value;
 * floats and everything asked for `as_float` by their value as a double, -0.0 as 0.0, NaN as 0. With `nulls` the null
 * of an integer type becomes that of a wider one. Null is the smallest key either way. */
typedef struct rk_keys {
    int type;
    bool as_float, nulls;
    const void *data;
    const int32_t *names; /* null, or: the data are numbers of these, U8, I16 or I32 without a sign */
    uint64_t base; /* subtracted from all keys but that of null: 0, or less than the smallest of them */
    uint64_t step; /* 0, or: without the base these are 1 + a multiple of it, and 1 + how often it goes is the key */
} rk_keys;
void rk_keys_into(const rk_keys *k, int64_t begin, int64_t n, uint64_t *out);
/* Smallest and largest key of [begin, begin+n), null left out: lo > hi if there is none. True: there is a null. */
bool rk_keys_span(const rk_keys *k, int64_t begin, int64_t n, uint64_t *lo, uint64_t *hi);
/* The largest step that some of n keys have, made with a base one less than the smallest of all; 0: any. */
uint64_t rk_keys_step(const rk_keys *k, int64_t n, int64_t every);
#define RK_STEP_TOP ((uint64_t)1 << 53)   /* keys that are taken by steps are below it */
#define RK_STEP_COUNT ((uint64_t)1 << 31) /* and so many steps away from the first at most */
/* Are all keys of the range, which must be made without a step, 1 + a multiple of it, or null? */
bool rk_keys_keep_step(const rk_keys *k, int64_t begin, int64_t n, uint64_t step);
/* The elements that keys made with this base, and no step, stand for. */
void rk_keys_back(int type, uint64_t base, const uint64_t *keys, int64_t n, void *out);
#define RK_KEY_BLOCK 1024 /* rows for which keys are made at a time */

/* ---- sorting: radix.c, mergesort.c ------------------------------------------------------------------------------ */

typedef struct rk_pair {
    uint64_t key, at;
} rk_pair;

#define RK_RADIX_DIGIT 11
#define RK_RADIX_CHUNKS 16
#define RK_RADIX_SCRATCH (RK_RADIX_CHUNKS << RK_RADIX_DIGIT) /* counters */

/* Sort stably by the `bits` bits from bit `low` on; words that are equal there must ascend. The result lies in a or in
 * tmp, *sorted says where; the other one is destroyed. scratch: RK_RADIX_SCRATCH counters. -1: the evaluation
 * is to end. A null rt: by this thread, and nobody is asked. */
RB_NODISCARD int rk_radix_words(ray_rt *rt, uint64_t *a, uint64_t *tmp, int64_t n, int low, int bits,
                                int64_t *scratch, uint64_t **sorted);
RB_NODISCARD int rk_radix_pairs(ray_rt *rt, rk_pair *a, rk_pair *tmp, int64_t n, int low, int bits, int64_t *scratch,
                                rk_pair **sorted);

/* Words that fit a cache, by all of their bits; tmp is as large. False, and nothing done, where the processor has no
 * instructions for it. sort_words.c */
bool rk_sort_words(uint64_t *a, uint64_t *tmp, int64_t n);

/* Words to be sorted: (key >> drop << shift | row), whole keys alone without a shift; with `down` the key is taken from
 * `top`. */
void rk_pack_words(const uint64_t *keys, int64_t n, uint64_t top, bool down, int drop, int shift, int64_t row,
                   uint64_t *out);
void rk_pack_pairs(const uint64_t *keys, int64_t n, uint64_t top, bool down, int64_t row, rk_pair *out);
/* The same with several keys, one call each, the first one on top: keys >> drop, which have that many bits; then the row. */
void rk_join_digit(uint64_t *words, int64_t n, int bits, const uint64_t *keys, int drop);
void rk_join_rows(uint64_t *words, int64_t n, int shift, int64_t row);
/* And the rows of sorted ones. */
void rk_rows_of_words(const uint64_t *words, int64_t n, int shift, int64_t *out);
void rk_rows_of_pairs(const rk_pair *pairs, int64_t n, int64_t *out);
/* Bits in which some key differs from `from`. */
uint64_t rk_differing_bits(const uint64_t *keys, int64_t n, uint64_t from);
/* Counts by key; all keys are below the number of counters. */
void rk_key_counts(const uint64_t *keys, int64_t n, int64_t *counter);
/* Counts by what is left of a key without its lowest bits; and keys to the places of these, which move on. */
void rk_digit_counts(const uint64_t *keys, int64_t n, int shift, int64_t *counter);
void rk_digit_deal(const uint64_t *keys, int64_t n, int shift, int64_t *place, uint64_t *out);
/* Sorted words without repetitions, in place; returns how many are left. */
int64_t rk_unique(uint64_t *words, int64_t n);
/* out[at[i]] = i. */
void rk_invert(const int64_t *at, int64_t n, int64_t *out);
/* out[i] = map[id[i]]. */
void rk_translate(const int32_t *id, int64_t n, const int64_t *map, int64_t *out);
bool rk_has_negative_zero(int type, const void *src, int64_t n); /* F32, F64 */

/* Negative, zero or positive as row i orders before, with or after row j. */
typedef int (*rk_compare_fn)(const void *ctx, int64_t i, int64_t j);
/* Sorts the row numbers at[0..n) stably; tmp has room for n. -1: the evaluation is to end. A null rt: nobody is asked. */
RB_NODISCARD int rk_merge_sort(ray_rt *rt, int64_t *at, int64_t *tmp, int64_t n, rk_compare_fn compare, const void *ctx);

/* The first `room` of keys in ascending order, rows with one key by their numbers: a heap, the last of them on top.
 * top.c */
typedef struct rk_top {
    rk_pair *heap;
    int64_t n, room; /* room > 0 */
    uint64_t bound;  /* greater keys are none of them; UINT64_MAX at the start */
    bool closed;     /* nothing that still comes is one of them */
} rk_top;
/* Rows come in ascending order. */
void rk_top_add(rk_top *t, const uint64_t *keys, int64_t n, int64_t row);
/* out[i] = keys[i] <= bound. */
void rk_keys_within(const uint64_t *keys, int64_t n, uint64_t bound, uint8_t *out);

/* Position of the last element <= x in ascending a, -1 if there is none; of the first >= x, n if there is none. */
int64_t rk_bin_last(const int64_t *a, int64_t n, int64_t x);
int64_t rk_bin_first(const int64_t *a, int64_t n, int64_t x);

/* ---- hashing: hashset.c ------------------------------------------------------------------------------------------ */

/* Set of keys with room for all that will be added: slots is a power of two at least twice their number and 64 at
 * least, zeroed. `fine`, which may be null, says at once that most other keys are none of it; that pays while it fits a
 * cache. */
#define RK_SET_FINE 3 /* bits of `fine` a slot, as a power of two: slots / 8 words, zeroed */
typedef struct rk_set {
    uint64_t *slot;
    uint64_t *fine;
    int64_t slots;
    bool has_zero;
} rk_set;
void rk_set_add(rk_set *s, const uint64_t *keys, int64_t n);
void rk_set_has(const rk_set *s, const uint64_t *keys, int64_t n, uint8_t *out);

/* The same as a bitmap over keys 0 .. top that were made with a base. What is looked for has keys without one. */
typedef struct rk_bits {
    uint64_t *word; /* zeroed; top / 64 + 1 words */
    uint64_t top, base;
} rk_bits;
void rk_bits_add(rk_bits *b, const uint64_t *keys, int64_t n);
void rk_bits_has(const rk_bits *b, const uint64_t *keys, int64_t n, uint8_t *out);
int64_t rk_bits_count(const rk_bits *b);
/* The keys in it, ascending. */
void rk_bits_list(const rk_bits *b, uint64_t *out);

/* Numbers keys 0, 1, … by first appearance. */
typedef struct rk_slot {
    uint64_t key;
    int64_t id1; /* number + 1; 0: free */
} rk_slot;
typedef struct rk_numbering {
    rk_slot *slot;
    int64_t slots; /* a power of two; at most half of them are used */
    int64_t count;
} rk_numbering;
/* Numbers keys until all are done or the table is half full; returns how many keys were done. first (may be null) gets
 * row + i for each new number. */
int64_t rk_numbering_add(rk_numbering *t, const uint64_t *keys, int64_t n, int64_t row, int32_t *id, int64_t *first);
/* Number of each key, -1 for one never added. */
void rk_numbering_find(const rk_numbering *t, const uint64_t *keys, int64_t n, int64_t *id);
/* Copies all entries into the empty, larger table `to`. */
void rk_numbering_move(const rk_numbering *from, rk_numbering *to);
/* The same with an array over all keys that can come: slot holds number + 1, zeroed. Returns the new count. */
int64_t rk_numbering_dense(int32_t *slot, const uint64_t *keys, int64_t n, int64_t row, int64_t count, int32_t *id,
                           int64_t *first);

/* Keys dealt out by their hashes to parts, each with its rows in their order. partition.c */
#define RK_PART_BITS 9
#define RK_PARTS ((int64_t)1 << RK_PART_BITS)
void rk_part_counts(const uint64_t *keys, int64_t n, int64_t *count); /* adds */
void rk_part_deal(const uint64_t *keys, int64_t n, int64_t row, int64_t *place, uint64_t *out_keys, int32_t *out_rows);
/* marked[i] = rows[at[i]], and the mask is 1 there. */
void rk_mark_rows(const int64_t *at, int64_t n, const int32_t *rows, int32_t *marked, uint8_t *mask);
/* id[first[i]] = i for i in [begin, end). */
void rk_number_marked(const int64_t *first, int64_t begin, int64_t end, int32_t *id);
/* id[rows[i]] = number[local[i]]. */
void rk_spread_numbers(const int32_t *local, const int32_t *number, const int32_t *rows, int64_t n, int32_t *id);

/* The same for ranges of rows side by side: first[key] is the first row of a key in the range, -1 where it does not
 * occur; returns how many keys were new. Then id[i] = number[keys[i]]. */
int64_t rk_first_rows(const uint64_t *keys, int64_t n, int64_t row, int64_t *first);
void rk_numbers_of(const int32_t *number, const uint64_t *keys, int64_t n, int32_t *id);

/* value[i] += keys[i] * scale: one more column of a composite key. */
void rk_add_digit(const uint64_t *keys, int64_t n, uint64_t scale, int64_t *value);

/* The smallest and the largest of n > 0 numbers. */
void rk_ids_span(const int32_t *id, int64_t n, int32_t *low, int32_t *high);

/* Rows by group: start[g] .. start[g+1] in rows; start has count+1 elements. */
void rk_group_starts(const int32_t *id, int64_t n, int64_t count, int64_t *start);
void rk_group_rows(const int32_t *id, int64_t n, int64_t count, int64_t *start, int64_t *rows);

/* The least k keys of each group, ascending: a cell is how many there are, then they; k + 1 zeroes to start with. To go
 * parallel merge cells. grouped_first.c */
void rk_least_of_groups(uint64_t *cells, int k, const uint64_t *keys, const int32_t *id, int64_t n);
/* Leaves out the keys of nulls, in place, and their groups; with `down` the others count the other way round. */
int64_t rk_keys_present(uint64_t *keys, const int32_t *id, int64_t n, bool down, int32_t *out);
void rk_least_merge(uint64_t *into, const uint64_t *later, int k, int64_t groups);
void rk_group_counts(const int32_t *id, int64_t n, int32_t *count); /* adds */
/* Rows begin .. end of a column, as doubles, to the places of their groups, which move on. */
void rk_deal_f64(int type, const void *data, bool nulls, const int32_t *id, int64_t begin, int64_t end, int32_t *place,
                 double *out);

/* ---- running and moving windows: running.c, moving.c ------------------------------------------------------------- */

/* Nulls are skipped: NaN for floats, the sentinel for integers when `nulls`. Numeric and temporal types but GUID and
 * SYM. */
enum rk_running { RK_SUMS, RK_PRDS, RK_AVGS, RK_MINS, RK_MAXS, RK_DELTAS, RK_RATIOS };
/* Out: AVGS and RATIOS doubles; MINS and MAXS the type of src, but doubles for F32; the others int64, doubles for
 * floats. */
void rk_running(enum rk_running what, int type, bool nulls, const void *src, int64_t n, void *out);
/* Elements differing from the one before; types of at most 8 bytes. out[0] is true. */
void rk_differ(int type, const void *src, int64_t n, uint8_t *out);
/* Nulls take the value before them; leading ones stay. */
void rk_fills(int type, bool nulls, const void *src, int64_t n, void *out);

enum rk_moving { RK_MSUM, RK_MAVG, RK_MMIN, RK_MMAX, RK_MCOUNT, RK_MVAR, RK_MDEV };
/* Rows [begin, begin+n) of the whole column src; row i sees the rows (i-w, i]. begin is a multiple of w. Out (its first
 * element is row begin): as above, MAVG, MVAR and MDEV doubles, MCOUNT int64. scratch: RK_MOVING_SCRATCH(w) bytes. */
#define RK_MOVING_SCRATCH(w) ((size_t)(w) * 32)
void rk_moving(enum rk_moving what, int type, bool nulls, const void *src, int64_t begin, int64_t n, int64_t w,
               void *scratch, void *out);

#endif
