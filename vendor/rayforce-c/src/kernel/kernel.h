/* Loops over raw arrays: pure, re-entrant, no allocation, no values. A kernel sees pointers, counts and the null
 * constants of type/null.h, and knows nothing of threads: callers cut ranges of RK_GRAIN elements, which rb_pool_for may
 * run anywhere, and merge what comes back in the order of the ranges, so that no result depends on the number of threads.
 *
 * Kernels exist for equal operand types. Unequal ones are first widened, block by block, to one of two domains: RY_I64
 * for everything stored as an integer, RY_F64 as soon as one operand is floating. */
#ifndef RK_KERNEL_H
#define RK_KERNEL_H

#include "../base/base.h"
#include "../type/null.h"
#include "../type/type.h"

#define RK_BLOCK 1024             /* elements of a scratch block: three of 8 KiB stay in the first-level cache */
#define RK_GRAIN ((int64_t)65536) /* elements of one range, a multiple of RK_BLOCK */

/* Before loops whose arrays are the same or apart, never shifted. Clang has no such promise that it may also break. */
#if defined(__clang__)
#define RK_IVDEP
#else
#define RK_IVDEP _Pragma("GCC ivdep")
#endif

/* Ranges of a vector of n elements, at least one. */
static inline int64_t rk_ranges(int64_t n) { return n <= 0 ? 1 : (n + RK_GRAIN - 1) / RK_GRAIN; }

/* The type whose array looks the same: U8 I16 I32 I64 F32 F64 GUID, -1 for STR and LIST. */
int rk_storage(int type);

/* ---- conversion: convert.c ----------------------------------------------------------------------------------- */

/* To the two domains. Floats become integers by truncation and saturate; NaN becomes the null. With `nulls` the
 * sentinels of narrow integers become the domain's null, without they are numbers. Null entries: GUID SYM STR LIST. */
typedef void (*rk_to_i64_fn)(const void *in, int64_t n, int64_t *out, bool nulls);
typedef void (*rk_to_f64_fn)(const void *in, int64_t n, double *out, bool nulls);
extern const rk_to_i64_fn rk_to_i64[RY_VECTOR_END];
extern const rk_to_f64_fn rk_to_f64[RY_VECTOR_END];
/* And back. Integers keep their low bits; with `nulls` the domain's null becomes the type's (0 for B8 and U8). */
typedef void (*rk_from_i64_fn)(const int64_t *in, int64_t n, void *out, bool nulls);
typedef void (*rk_from_f64_fn)(const double *in, int64_t n, void *out);
extern const rk_from_i64_fn rk_from_i64[RY_VECTOR_END];
extern const rk_from_f64_fn rk_from_f64[RY_VECTOR_END];
/* One double as an integer: truncated, saturated to ±(2^63-1), NaN to null. Rounded half away from zero first. */
int64_t rk_f64_trunc(double x);
int64_t rk_f64_round(double x);

/* ---- vector ∘ vector, vector ∘ atom: binary.c ---------------------------------------------------------------- */

enum rk_verb {
    RK_ADD, RK_SUB, RK_MUL, RK_DIV, RK_MOD, RK_IDIV, RK_POW, RK_XBAR, RK_MIN, RK_MAX, RK_FILL,
    RK_EQ, RK_NE, RK_LT, RK_LE, RK_GT, RK_GE, /* out: B8 */
    RK_AND, RK_OR,                            /* of B8 */
    RK_VERBS
};

/* a, b and out hold n elements of one type (relations: out holds B8) and may be the same array. True: an element of out
 * is null, because an operand was, a divisor was zero, or a double is not finite. */
typedef bool (*rk_binary_fn)(const void *a, const void *b, void *out, int64_t n);
extern const rk_binary_fn rk_binary[RK_VERBS][RY_VECTOR_END][2]; /* [verb][storage type][may hold nulls]; null: none */

/* One operand of a range: an array or one element for all. */
typedef struct rk_side {
    const void *data;
    int64_t scale; /* what one unit counts in the domain; 1 */
    int64_t within; /* only what lies past the last multiple of this counts: the time of a day; 0: all */
    int8_t type;
    int8_t via;    /* converted to this integer type before anything else; 0: not */
    bool scalar, nulls;
    bool round;    /* floats become integers by rounding */
    bool saturate; /* what scale makes too large stops at the end of the domain; else it wraps */
} rk_side;

typedef struct rk_job {
    enum rk_verb verb;
    int8_t domain; /* storage type to compute in; other than I64 and F64 only if both sides and out are of it */
    int8_t type;   /* of out */
    rk_side a, b;
    void *out;
    bool marks; /* a result that overflows onto the pattern of a null counts as null too */
} rk_job;

/* Computes out[begin .. end); true if one of these is null. */
bool rk_binary_range(const rk_job *job, int64_t begin, int64_t end);

/* ---- text: text_order.c -------------------------------------------------------------------------------------- */

/* Bytes of the i-th element of something only the caller understands. */
typedef const char *(*rk_text_fn)(const void *of, int64_t i, size_t *n);
typedef struct rk_text_side {
    rk_text_fn at;
    const void *of;
    bool scalar; /* element 0 for all */
} rk_text_side;
/* A relation, bytewise, prefix smaller. */
void rk_text_range(enum rk_verb verb, const rk_text_side *a, const rk_text_side *b, uint8_t *out, int64_t begin,
                   int64_t end);
int rk_text_order(const char *a, size_t na, const char *b, size_t nb);
/* Position of the first smallest (or greatest) non-empty element in [begin, end), -1 if there is none. */
int64_t rk_text_extreme(rk_text_fn at, const void *of, bool greatest, int64_t begin, int64_t end);

/* ---- one operand: unary.c ------------------------------------------------------------------------------------ */

enum rk_unary_verb {
#define R(verb, ...) RK_U_##verb,
#include "unary.def"
#undef R
    RK_UNARY_VERBS
};
/* in and out may be the same array; true: an element of out is null. NEG ABS: I16 I32 I64 F32 F64 to the same type;
 * SIGNUM: I64 and F64 to I64; all others F64 to F64. */
typedef bool (*rk_unary_fn)(const void *in, void *out, int64_t n, bool nulls);
extern const rk_unary_fn rk_unary[RK_UNARY_VERBS][RY_VECTOR_END]; /* [verb][storage type] */
typedef struct rk_unary_job {
    enum rk_unary_verb verb;
    int8_t type; /* of out */
    rk_side side;
    void *out;
} rk_unary_job;
/* Computes out[begin .. end) from elements of any numeric type or, NEG and ABS, timespans; true if one is null. */
bool rk_unary_range(const rk_unary_job *job, int64_t begin, int64_t end);
/* 1 where the element counts as true: not zero, not null. Any type but LIST. */
void rk_truth(int type, const void *in, int64_t n, bool nulls, uint8_t *out);

/* ---- vector → atom: reduce.c, moments.c, select.c ------------------------------------------------------------- */

enum rk_reduce_verb {
#define R(verb, ...) RK_R_##verb,
#include "reduce.def"
#undef R
    RK_REDUCE_VERBS
};

/* What is known of a range. */
typedef struct rk_acc {
    int64_t n; /* elements that are not null */
    union {
        int64_t i; /* integers and temporals */
        double f;  /* floats */
    } u;
} rk_acc;

typedef void (*rk_reduce_fn)(const void *in, int64_t n, bool nulls, rk_acc *out);
extern const rk_reduce_fn rk_reduce[RK_REDUCE_VERBS][RY_VECTOR_END]; /* [verb][storage type]; out is overwritten */
/* What is known of nothing. `real`: the type is F32 or F64. */
void rk_reduce_start(enum rk_reduce_verb verb, bool real, rk_acc *out);
/* Takes in the range that follows. */
void rk_reduce_merge(enum rk_reduce_verb verb, bool real, rk_acc *into, const rk_acc *next);

/* rk_reduce of F64, the same to the last bit, where the elements come piece by piece, each but the last one of a multiple
 * of RK_LANES elements. `l` is used up at the end. */
#define RK_LANES 32
typedef struct rk_lanes {
    double lane[RK_LANES];
    int64_t gone[RK_LANES], n;
} rk_lanes;
void rk_pieces_start(enum rk_reduce_verb verb, rk_lanes *out);
void rk_pieces_add(enum rk_reduce_verb verb, const double *in, int64_t n, rk_lanes *into);
void rk_pieces_end(enum rk_reduce_verb verb, rk_lanes *l, rk_acc *out);

/* Sum of at most RK_GRAIN integers as a double, which their 64 bits could overflow, and how many are not null. */
double rk_total_i64(const int64_t *x, int64_t n, bool nulls, int64_t *count);

typedef struct rk_moments {
    int64_t n;
    double mean, m2; /* m2: sum of squared distances from the mean */
} rk_moments;
void rk_moments_range(int type, const void *in, int64_t n, bool nulls, rk_moments *out);
void rk_moments_merge(rk_moments *into, const rk_moments *next);

typedef struct rk_comoments { /* of pairs without a null */
    int64_t n;
    double mx, my, xx, yy, xy; /* means, sums of products of distances from them */
    double sum_x, sum_xy;      /* plain sums of x and x·y */
} rk_comoments;
void rk_comoments_range(const rk_side *x, const rk_side *y, int64_t begin, int64_t end, rk_comoments *out);
void rk_comoments_merge(rk_comoments *into, const rk_comoments *next);

/* Writes the elements that are not null as doubles; how many. */
int64_t rk_compact_f64(int type, const void *in, int64_t n, bool nulls, double *out);
/* Buckets of equal width, in the order of the numbers in them; nulls and what is not finite are in none. */
typedef struct rk_buckets {
    int type;
    const void *data;
    bool nulls;
    double low, high; /* of all the numbers; low > high: there are none */
} rk_buckets;
#define RK_BUCKETS 2048
/* Widens low .. high to what is in [begin, end). */
void rk_buckets_span(const rk_buckets *b, int64_t begin, int64_t end, double *low, double *high);
/* Adds how many numbers of [begin, end) are in each. */
void rk_buckets_count(const rk_buckets *b, int64_t begin, int64_t end, int64_t *count);
/* Writes those in the buckets first .. last, in the order of the rows; how many. */
int64_t rk_buckets_take(const rk_buckets *b, int64_t begin, int64_t end, int first, int last, double *out);
/* Reorders so that x[k] is what sorting would put there, smaller ones before it. No NaN; 0 <= k < n. */
void rk_select_f64(double *x, int64_t n, int64_t k);

/* ---- reduction by group: grouped.c ---------------------------------------------------------------------------- */

/* What builtins.def names in its column `grouped`. */
enum rk_grouped_verb {
    RK_G_SUM, RK_G_PROD, RK_G_AVG, RK_G_MIN, RK_G_MAX, RK_G_COUNT, RK_G_FIRST, RK_G_LAST, RK_G_ALL, RK_G_ANY,
    RK_G_DEV, RK_G_STDDEV, RK_G_VAR_POP, RK_G_VAR,
    RK_GROUPED
};

/* One row of the table below. Use: `cells` = cell bytes × groups of zeroed or arbitrary memory → start → step for each
 * range of rows → finish. To go parallel give each worker cells of its own and merge them, in the order of the rows for
 * sums of floats to be the same each time. Rows that are to be left out may be sent to one group more than is finished.
 *
 * FIRST and LAST find the first and last element that is not null, by position: their result is I64 row numbers, -1
 * where there is none, for the caller to gather. So do all four of SYM and STR, and MIN and MAX of GUID, through
 * rk_grouped_text. */
typedef struct rk_grouped_row {
    int8_t result; /* type of what finish writes */
    bool row;      /* finish writes row numbers, -1 for none, whose elements are the result */
    uint16_t cell; /* bytes of state a group */
    void (*start)(void *cells, int64_t groups);
    /* data points at the element of row `row`, id at its group; with `nulls` sentinels are left out. NaN always is. */
    void (*step)(void *cells, const void *data, const int32_t *id, int64_t row, int64_t n, bool nulls);
    void (*merge)(void *into, const void *later, int64_t groups);
    bool (*finish)(const void *cells, int64_t groups, void *out); /* true: one of out is null */
} rk_grouped_row;

/* Null: no such reduction for the type, or one for rk_grouped_text. COUNT counts rows, nulls too: any type, data unused. */
const rk_grouped_row *rk_grouped(enum rk_grouped_verb verb, int type);
/* FIRST LAST MIN MAX by bytes; cells, start and finish are those of rk_grouped(RK_G_FIRST, RY_I64). `at` takes row numbers;
 * no bytes: null. */
void rk_grouped_text(enum rk_grouped_verb verb, rk_text_fn at, const void *of, void *cells, const int32_t *id,
                     int64_t row, int64_t n);
void rk_grouped_text_merge(enum rk_grouped_verb verb, rk_text_fn at, const void *of, void *into, const void *later,
                           int64_t groups);

/* ---- two columns by group: grouped_pairs.c --------------------------------------------------------------------------- */

enum rk_grouped_pairs_verb { RK_P_COV, RK_P_SCOV, RK_P_CORR, RK_P_WSUM, RK_P_WAVG, RK_PAIRS };

/* As above; cells start as zeroes. Pairs with a null are left out. */
typedef struct rk_grouped_pair_row {
    uint16_t cell;
    void (*step)(void *cells, const double *x, const double *y, const int32_t *id, int64_t n);
    void (*merge)(void *into, const void *later, int64_t groups);
    bool (*finish)(const void *cells, int64_t groups, double *out);
} rk_grouped_pair_row;
extern const rk_grouped_pair_row rk_grouped_pairs[RK_PAIRS];
/* Rows begin .. end of two columns of numbers; id[0] is the group of row 0. */
void rk_grouped_pairs_range(const rk_grouped_pair_row *row, const rk_side *x, const rk_side *y, const int32_t *id, int64_t begin,
                    int64_t end, void *cells);

#endif
