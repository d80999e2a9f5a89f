/* What the joins share: the columns they join on, numbers for the keys of two tables, and the table that comes out. */
#ifndef RQ_JOINS_H
#define RQ_JOINS_H

#include "../kernel/join_kernels.h"
#include "../ops/collect.h"
#include "query.h"

/* ---- names: join_on.c -------------------------------------------------------------------------------------------- */

typedef struct rq_on {
    ray_val *names;        /* SYM vector of at least one, owned */
    int64_t *left, *right; /* where each is found, -1: nowhere */
} rq_on;

/* Symbols in a vector or list. RB_E_TYPE; RB_E_DOMAIN for none. */
RB_NODISCARD int rq_on_new(rq_on *on, const char *verb, const ray_val *names, const ray_val *left,
                           const ray_val *right);
void rq_on_free(rq_on *on);
bool rq_on_has(const rq_on *on, int32_t name);
/* Names and columns of a table, with room for more: what rv_table_new_take makes a longer table of. */
RB_NODISCARD int rq_columns_copy(const ray_val *table, int64_t more, ray_val **names, ray_val **columns);

/* ---- numbers of keys: joint.c ------------------------------------------------------------------------------------ */

/* Two tables' rows as numbers that are equal where their keys are. Keys close together are their own numbers; others
 * are numbered by the right table. */
typedef struct rq_named {
    const ray_val *numbers; /* of the column; null: it is not coded */
    int32_t *id;            /* by name: its number among the keys of both tables, owned */
    int64_t n;
} rq_named;

typedef struct rq_joint {
    ro_keyer l, r; /* of the columns, or of the names of coded ones */
    rq_named named[2]; /* left, right */
    rk_span span;
    rk_numbering numbering; /* no slots: keys lie close together */
    int32_t *rid;           /* with a numbering: of each right key */
    int64_t count;          /* numbers are below it */
    bool never;             /* no two rows have equal keys */
    bool always;            /* no columns: all rows have the number 0 */
    int64_t *values[2];     /* several columns: of left and right rows, owned */
} rq_joint;

/* By the first `nkeys` names, maybe none. With `holes` a row with a null key has no number. RB_E_TYPE. */
RB_NODISCARD int rq_joint_open(rq_joint *j, ray_rt *rt, const rq_on *on, int64_t nkeys, const ray_val *left,
                               const ray_val *right, bool holes);
void rq_joint_close(rq_joint *j);
/* Numbers of n rows; -1: no row on the right has this key. */
void rq_joint_ids(const rq_joint *j, bool right, int64_t begin, int64_t n, int32_t *id);
/* Of all rows of one side; free with RO_ROOM_FREE. */
RB_NODISCARD int32_t *rq_joint_all_ids(ray_rt *rt, const rq_joint *j, bool right, int64_t n);
/* Equality keys of as-of and window joins: integers, temporals, symbols. RB_E_NYI for others. */
RB_NODISCARD int rq_joint_check(const char *verb, const rq_on *on, int64_t nkeys, const ray_val *left,
                                const ray_val *right);
/* May times of these types be compared? */
bool rq_times_compare(int a, int b);
/* Keys of a column of times; null is 0. */
static inline rk_keys rq_time_keys(const ray_val *v, bool as_float) {
    return (rk_keys){.type = v->type, .as_float = as_float, .nulls = true, .data = v->data};
}

/* ---- results: joined.c ------------------------------------------------------------------------------------------- */

#define RQ_JOIN_GRAIN ((int64_t)1 << 13) /* left rows a range; a multiple of RK_KEY_BLOCK */
#define RQ_ROWS_MAX ((int64_t)INT32_MAX) /* of a table that is joined */

typedef struct rq_matches {
    int64_t nl, nr;
    int32_t *row;    /* of each left row: the last right row with its key, -1: none */
    rk_link *link;   /* of right rows; null: no key comes twice */
    int64_t missing; /* left rows without one */
} rq_matches;

/* Room for matches of these tables. RB_E_LIMIT. */
RB_NODISCARD int rq_matches_new(rq_matches *m, const ray_val *left, const ray_val *right);
void rq_matches_free(rq_matches *m);
/* All columns of the left table, then those of the right that are no keys. With `outer` left rows without a match come
 * with nulls, else not at all. */
RB_NODISCARD ray_val *rq_joined(ray_rt *rt, const rq_on *on, const ray_val *left, const ray_val *right,
                                const rq_matches *m, bool outer);
/* What stands where there is no row: for lists the null object. */
void rq_missing_into(const ray_val *column, uint8_t out[16]);

#endif
